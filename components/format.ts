/** From numbers and bytes to text: one small function for each meaning (the C typedefs of bpf/meanings.bpf.h). */
import type { Column, Host, NameKind } from "../server/protocol";
import { bytesAt, type ColumnValues, numberAt, textAt } from "./batch";
import { slotLower, slotUpper } from "./draw/slots";
import type { Stacks } from "./stacks";

/** What a number may need to become a name. */
export interface Context {
  host: Pick<Host, "bootedAt" | "startedAt" | "errnos" | "syscalls">;
  functions: readonly string[];
  stacks: Pick<Stacks, "frames" | "stacks">;
  /** "" where the host knows none, or has not answered yet. */
  name(kind: NameKind, id: string): string;
}

/** Three digits that count: 1.18, 11.8, 118. */
export function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function scaled(value: number, units: readonly string[], step: number): string {
  let rest = value;
  let unit = 0;
  // Half a unit below the step would be written as a full one: 999.7 is 1.00 of the next.
  while (Math.abs(rest) >= step - 0.5 && unit < units.length - 1) {
    rest /= step;
    unit++;
  }
  return `${digits(rest)}${units[unit]}`;
}

export function nsec(value: number): string {
  if (value < 60e9) return scaled(value, [" ns", " µs", " ms", " s"], 1000);
  const seconds = Math.round(value / 1e9);
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const bytes = (value: number) => scaled(value, [" B", " KiB", " MiB", " GiB", " TiB"], 1024);

/** A whole number with its thousands apart. A locale's formatter takes milliseconds to make, and a press of Start waits for it. */
export const whole = (value: number) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");

/** In full up to five digits, then k, M, G. */
export const count = (value: number) =>
  Math.abs(value) < 99_999.5 ? whole(value) : scaled(value, ["", "k", " M", " G", " T"], 1000);

/** A share, 0 to 1: 0.41 %, 11.2 %; what is there but less than can be shown is not called nothing. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value > 0 && value < 0.005) return "<0.01 %";
  return `${digits(value)} %`;
}

/** Percent as somebody chose it: 2 %, 7.6 %. */
export const chosenPercent = (value: number) => `${Number(value.toPrecision(3))} %`;

/** A count a second, without the "/s". */
export const rate = (value: number) => (value > 0 && value < 10 ? digits(value) : count(value));

const pad = (value: number, length: number) => String(value).padStart(length, "0");

/** Hours to microseconds, local time; `ms` since the epoch with a fraction. */
export function clockTime(ms: number): string {
  const micros = Math.floor(ms * 1000);
  const date = new Date(Math.floor(micros / 1000));
  const hms = `${pad(date.getHours(), 2)}:${pad(date.getMinutes(), 2)}:${pad(date.getSeconds(), 2)}`;
  return `${hms}.${pad(micros % 1_000_000, 6)}`;
}

/** 2026-11-24 22:50:15, local time; `ms` since the epoch. */
export function dateTime(ms: number): string {
  const date = new Date(ms);
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`;
  return `${day} ${clockTime(ms).slice(0, 8)}`;
}

/** 2026-11-24 22:50. */
export const dateToMinute = (ms: number): string => dateTime(ms).slice(0, 16);

/** 2026-11-24 22:50:15 – 22:51:15 UTC+02:00: the day twice only where there are two. */
export function dateTimeRange(from: number, to: number): string {
  const [start, end] = [dateTime(from), dateTime(to)];
  const minutes = -new Date(to).getTimezoneOffset();
  const sign = minutes < 0 ? "-" : "+";
  const hours = `${pad(Math.floor(Math.abs(minutes) / 60), 2)}:${pad(Math.abs(minutes) % 60, 2)}`;
  const zone = minutes === 0 ? "UTC" : `UTC${sign}${hours}`;
  return `${start} – ${start.slice(0, 10) === end.slice(0, 10) ? end.slice(11) : end} ${zone}`;
}

const escapes: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e" };

/** Control characters and bidirectional overrides written out, so that a file's name cannot play tricks. */
export function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it looks for
  return text.replace(/[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    return (
      escapes[character] ??
      (code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`)
    );
  });
}

/** NUL-separated arguments as one would type them. */
export function argv(text: string): string {
  return text
    .split("\0")
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${visible(word).replaceAll("'", "'\\''")}'`))
    .join(" ");
}

const accessModes = ["O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"];
/** include/uapi/asm-generic/fcntl.h; O_SYNC and O_TMPFILE hold other bits and so come first. */
const genericFlags: [number, string][] = [
  [0o4010000, "O_SYNC"],
  [0o10000, "O_DSYNC"],
  [0o100, "O_CREAT"],
  [0o200, "O_EXCL"],
  [0o400, "O_NOCTTY"],
  [0o1000, "O_TRUNC"],
  [0o2000, "O_APPEND"],
  [0o4000, "O_NONBLOCK"],
  [0o20000, "O_ASYNC"],
  [0o1000000, "O_NOATIME"],
  [0o2000000, "O_CLOEXEC"],
  [0o10000000, "O_PATH"],
];
const x86Flags: [number, string][] = [
  [0o20200000, "O_TMPFILE"],
  [0o40000, "O_DIRECT"],
  [0o100000, "O_LARGEFILE"],
  [0o200000, "O_DIRECTORY"],
  [0o400000, "O_NOFOLLOW"],
];
/** arch/arm64/include/uapi/asm/fcntl.h */
const arm64Flags: [number, string][] = [
  [0o20040000, "O_TMPFILE"],
  [0o200000, "O_DIRECT"],
  [0o400000, "O_LARGEFILE"],
  [0o40000, "O_DIRECTORY"],
  [0o100000, "O_NOFOLLOW"],
];

function openFlags(value: number, { host }: Context): string {
  // Call 0 is read() on x86_64 and io_setup() where the generic table is used.
  const ofMachine = host.syscalls[0] === "io_setup" ? arm64Flags : x86Flags;
  const names = [accessModes[value & 3] ?? ""];
  let rest = value & ~3;
  for (const [bits, name] of [...ofMachine, ...genericFlags]) {
    if ((rest & bits) !== bits) continue;
    names.push(name);
    rest &= ~bits;
  }
  if (rest !== 0) names.push(`0${(rest >>> 0).toString(8)}`);
  return names.join("|");
}

/** enum req_op of include/linux/blk_types.h, those whose numbers have stayed. */
const blockOperations: Record<number, string> = {
  0: "read",
  1: "write",
  2: "flush",
  3: "discard",
  5: "secure erase",
  9: "write zeroes",
  34: "driver in",
  35: "driver out",
};

/** 16 bytes in network order; IPv4 comes mapped into IPv6. */
export function ipAddress(address: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, i) => ((address[2 * i] ?? 0) << 8) | (address[2 * i + 1] ?? 0));
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff)
    return [...address.subarray(12)].join(".");
  // The first longest run of zero words, if longer than one, becomes "::" (RFC 5952).
  const text = words.map((word) => word.toString(16)).join(":");
  const runs = [...text.matchAll(/\b0(:0\b)+/g)].sort((a, b) => b[0].length - a[0].length);
  const [run] = runs;
  if (!run) return text;
  return `${text.slice(0, run.index).replace(/:$/, "")}::${text.slice(run.index + run[0].length).replace(/^:/, "")}`;
}

/** NO_SYSCALL of bpf/meanings.bpf.h: calls are not told apart. */
export const noSyscall = 0xffffffff;

const named = (name: string, id: number | string) => name || String(id);

function stack(id: number, { stacks }: Context): string {
  const frames = stacks.stacks.get(id)?.map((index) => stacks.frames[index]?.name ?? "");
  return id === 0 ? "" : (frames?.join(" ← ") ?? `stack ${id}`);
}

const numbers: Record<string, (value: number, context: Context) => string> = {
  ktime: (value, { host }) => clockTime(host.bootedAt + value / 1e6),
  nsec,
  usec: (value) => nsec(value * 1000),
  bytes,
  count_n: count,
  errno_n: (value, { host }) => {
    const name = host.errnos[Math.abs(value)];
    return value < 0 ? (name ?? String(value)) : String(value);
  },
  open_flags: openFlags,
  file_mode: (value) => (value === 0 ? "" : `0${(value & 0o7777).toString(8)}`),
  port_n: String,
  uid_n: (value, { name }) => named(name("uid", String(value)), value),
  dev_n: (value, { name }) => named(name("dev", String(value)), `${value >>> 20}:${value & 0xfffff}`),
  blk_op: (value) => blockOperations[value] ?? `op ${value}`,
  syscall_n: (value, { host }) => (value === noSyscall ? "" : (host.syscalls[value] ?? `call ${value}`)),
  func_id: (value, { functions }) => functions[value] ?? `function ${value}`,
  slot_nsec: (value) => `${nsec(slotLower(value))} – ${nsec(slotUpper(value))}`,
  stack_id: stack,
};

const texts: Record<string, (text: string) => string> = { argv };

/** The text of one cell, whole and safe to show. */
export function cellText(
  column: Pick<Column, "meaning" | "type">,
  values: ColumnValues | undefined,
  row: number,
  context: Context,
): string {
  if (!values) return "";
  if (values.kind === "text") return (texts[column.meaning] ?? visible)(textAt(values, row));
  if (values.kind === "bytes") {
    const raw = bytesAt(values, row);
    return column.meaning === "ipaddr" ? ipAddress(raw) : Array.from(raw, (byte) => pad2(byte)).join("");
  }
  if (column.type === "stack") return stack(numberAt(values, row), context);
  if (column.type === "bool") return numberAt(values, row) ? "yes" : "no";
  // An id of 64 bits must not be rounded to a double.
  const exact = String(values.values[row] ?? "");
  if (column.meaning === "cgroup_id") return named(context.name("cgroup", exact), exact);
  return numbers[column.meaning]?.(numberAt(values, row), context) ?? exact;
}

const pad2 = (byte: number) => byte.toString(16).padStart(2, "0");
