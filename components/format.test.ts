import { expect, test } from "vitest";
import type { ColumnType } from "../server/protocol";
import type { ColumnValues } from "./batch";
import {
  argv,
  bytes,
  type Context,
  cellText,
  clockTime,
  count,
  ipAddress,
  noSyscall,
  nsec,
  rate,
  visible,
} from "./format";

const names = new Map([
  ["uid 0", "root"],
  ["dev 271581184", "nvme0n1"],
  ["cgroup 18446744073709551615", "/a.slice"],
]);
const context: Context = {
  host: {
    bootedAt: new Date(2026, 10, 23, 14, 32, 7, 0).getTime(),
    startedAt: 0,
    errnos: { 2: "ENOENT", 13: "EACCES" },
    syscalls: { 0: "read", 257: "openat" },
  },
  functions: ["vfs_read", "vfs_write"],
  stacks: {
    frames: [
      { name: "main", module: "a", kind: "user" },
      { name: "hot", module: "a", kind: "user" },
    ],
    stacks: new Map([[3, [1, 0]]]),
  },
  name: (kind, id) => names.get(`${kind} ${id}`) ?? "",
};

/** One cell of a number column. */
const cell = (meaning: string, value: number | bigint, type: ColumnType = "u32") => {
  const values =
    typeof value === "bigint"
      ? BigUint64Array.of(value)
      : type === "s32"
        ? Int32Array.of(value)
        : Uint32Array.of(value);
  return cellText({ meaning, type }, { kind: "numbers", values }, 0, context);
};
const textCell = (meaning: string, text: string) => {
  const raw = new TextEncoder().encode(text);
  const values: ColumnValues = { kind: "text", offsets: Uint32Array.of(0, raw.length), bytes: raw };
  return cellText({ meaning, type: "text" }, values, 0, context);
};

test.each([
  [0, "0 ns"],
  [999, "999 ns"],
  [1000, "1 µs"],
  [118_300, "118 µs"],
  [9_800_000, "9.80 ms"],
  [999_700_000, "1.00 s"],
  [12_340_000_000, "12.3 s"],
  [61_000_000_000, "1 min 1 s"],
  [7_500_000_000_000, "2 h 5 min"],
])("nsec %d", (value, text) => expect(nsec(value)).toBe(text));

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1 KiB"],
  [1536, "1.50 KiB"],
  [1_000_000, "977 KiB"],
  [5 * 2 ** 30, "5 GiB"],
])("bytes %d", (value, text) => expect(bytes(value)).toBe(text));

test.each([
  [0, "0"],
  [3180, "3,180"],
  [99_999, "99,999"],
  [412_345, "412k"],
  [999_600, "1.00 M"],
  [1_210_000, "1.21 M"],
])("count %d", (value, text) => expect(count(value)).toBe(text));

test.each([
  [0, "0"],
  [0.25, "0.25"],
  [9.5, "9.50"],
  [98.7, "99"],
])("rate %d", (value, text) => expect(rate(value)).toBe(text));

test("clock times carry to the microsecond", () => {
  const midnight = new Date(2026, 0, 1, 0, 0, 0, 0).getTime();
  expect(clockTime(midnight + 0.0015)).toBe("00:00:00.000001");
  expect(clockTime(midnight - 0.001)).toBe("23:59:59.999999");
});

test.each([
  ["ktime", 429_774_400n, "14:32:07.429774"],
  ["nsec", 118_000n, "118 µs"],
  ["usec", 118n, "118 µs"],
  ["bytes", 2048n, "2 KiB"],
  ["count_n", 7n, "7"],
  ["pid_n", 4121, "4121"],
  ["tid_n", 4121, "4121"],
  ["uid_n", 0, "root"],
  ["uid_n", 1000, "1000"],
  ["errno_n", 3, "3"],
  ["errno_n", -2, "ENOENT"],
  ["errno_n", -9999, "-9999"],
  ["open_flags", 0, "O_RDONLY"],
  ["open_flags", 0o2000000, "O_RDONLY|O_CLOEXEC"],
  ["open_flags", 0o1101, "O_WRONLY|O_CREAT|O_TRUNC"],
  ["open_flags", 0o4010002, "O_RDWR|O_SYNC"],
  ["open_flags", 0o20200002, "O_RDWR|O_TMPFILE"],
  ["open_flags", 0o200000, "O_RDONLY|O_DIRECTORY"],
  ["open_flags", 0o40000000, "O_RDONLY|040000000"],
  ["file_mode", 0o644, "0644"],
  ["file_mode", 0, ""],
  ["port_n", 443, "443"],
  ["dev_n", 259 << 20, "nvme0n1"],
  ["dev_n", (8 << 20) | 17, "8:17"],
  ["blk_op", 1, "write"],
  ["blk_op", 13, "op 13"],
  ["syscall_n", 257, "openat"],
  ["syscall_n", 999, "call 999"],
  ["syscall_n", noSyscall, ""],
  ["cgroup_id", 2n ** 64n - 1n, "/a.slice"],
  ["cgroup_id", 2n ** 64n - 2n, "18446744073709551614"],
  ["slot_nsec", 15, "15 ns – 16 ns"],
  ["slot_nsec", 16, "16 ns – 18 ns"],
  ["func_id", 1, "vfs_write"],
  ["func_id", 9, "function 9"],
  ["stack_id", 3, "hot ← main"],
  ["stack_id", 4, "stack 4"],
  ["stack_id", 0, ""],
  ["unsigned int", 12345, "12345"],
] as const)("%s %s", (meaning, value, text) => {
  expect(cell(meaning, value, meaning === "errno_n" ? "s32" : meaning === "stack_id" ? "stack" : "u32")).toBe(
    text,
  );
});

test("flags of a machine with the generic table of calls", () => {
  const arm64 = { ...context, host: { ...context.host, syscalls: { 0: "io_setup" } } };
  const values: ColumnValues = { kind: "numbers", values: Uint32Array.of(0o40000) };
  expect(cellText({ meaning: "open_flags", type: "u32" }, values, 0, arm64)).toBe("O_RDONLY|O_DIRECTORY");
});

test("text cannot play tricks with the screen", () => {
  expect(visible("a\n\t\x1b[31m\x00\x7f\u202egpj.exe")).toBe("a\\n\\t\\e[31m\\x00\\x7f\\u202egpj.exe");
  expect(textCell("path", "/tmp/é\nb")).toBe("/tmp/é\\nb");
  expect(textCell("comm", "kworker/3:1")).toBe("kworker/3:1");
});

test("arguments as one would type them", () => {
  expect(argv("ls\0-l\0my file\0it's\0\0")).toBe("ls -l 'my file' 'it'\\''s' '' ''");
  expect(textCell("argv", "sh\0-c\0echo \x1b[0m")).toBe("sh -c 'echo \\e[0m'");
});

const address = (...words: number[]) => Uint8Array.from(words.flatMap((word) => [word >> 8, word & 255]));

test.each([
  [address(0, 0, 0, 0, 0, 0xffff, 0x7f00, 1), "127.0.0.1"],
  [address(0, 0, 0, 0, 0, 0, 0, 1), "::1"],
  [address(0, 0, 0, 0, 0, 0, 0, 0), "::"],
  [address(0xfe80, 0, 0, 0, 1, 0, 0, 2), "fe80::1:0:0:2"],
  [address(0x2001, 0xdb8, 0, 1, 0, 0x10, 0, 0x20), "2001:db8:0:1:0:10:0:20"],
  [address(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), "2001:db8::"],
])("address %#", (raw, text) => {
  expect(ipAddress(raw)).toBe(text);
  const values: ColumnValues = { kind: "bytes", size: 16, bytes: raw };
  expect(cellText({ meaning: "ipaddr", type: "bytes" }, values, 0, context)).toBe(text);
});
