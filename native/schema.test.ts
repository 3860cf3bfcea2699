import { expect, test } from "vitest";
import { BpfObject, type ColumnType } from "./index";
import { compiled, open, table } from "./testdata/harness";

/** name, type, meaning, size; the key columns are marked. */
function told(object: BpfObject, name: string): string[] {
  return table(object, name).columns.map(
    (column) => `${column.key ? "key " : ""}${column.name}: ${column.type} ${column.meaning} ${column.size}`,
  );
}

test("every kind of member becomes a column, in order of declaration", () => {
  expect(told(open("kinds"), "events")).toEqual([
    "u8: u8 __u8 1",
    "s8: s8 __s8 1",
    "u16: u16 __u16 2",
    "s16: s16 __s16 2",
    "u32: u32 __u32 4",
    "s32: s32 __s32 4",
    "u64: u64 __u64 8",
    "s64: s64 __s64 8",
    // clang 14 and later name it differently from gcc, but it is 64 bits in BPF.
    expect.stringMatching(/^bare: u64 (long unsigned int|unsigned long) 8$/),
    "flag: bool bool 1",
    "letter: s8 char 1",
    "colour: u32 colour 4",
    "duration: u64 nsec 8",
    "word: u64 nested_word 8",
    "stack: stack stack_id 4",
    "pointer: u64 pointer 8",
    "address: bytes ipaddr 16",
    "pair: bytes __u32 8",
    "inner.port: u16 __u16 2",
    "inner.tail: bytes __u8 3",
    "v4: u32 __u32 4",
    "v6: bytes __u8 16",
    "comm: text comm 0",
    "qualified: u32 __u32 4",
    "text: text char 0",
  ]);
});

test("a map's key comes before its value; a scalar is called key or value; the store of stacks is no table", () => {
  const object = open("kinds");
  expect(object.schema().tables.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    "ring events",
    "map by_process",
  ]);
  expect(told(object, "by_process")).toEqual([
    "key pid: u32 pid_n 4",
    "key comm: text comm 0",
    "value: u64 bytes 8",
  ]);
  expect(told(open("calls"), "plain_array")[0]).toBe("key key: u32 __u32 4");
});

test("parameters are the const volatile globals with their defaults", () => {
  const calls = Buffer.alloc(64);
  calls[0] = 1;
  const parameter = (name: string, type: ColumnType, meaning: string, size: number, value: unknown) => ({
    name,
    type,
    meaning,
    size,
    default: value,
  });
  expect(open("kinds").schema().parameters).toEqual([
    parameter("p_u8", "u8", "__u8", 1, 200),
    parameter("p_s16", "s16", "__s16", 2, -2),
    parameter("p_pid", "u32", "pid_n", 4, 0),
    parameter("p_nsec", "u64", "nsec", 8, 1n << 63n),
    parameter("p_s64", "s64", "__s64", 8, -1n),
    parameter("p_bool", "bool", "bool", 1, true),
    parameter("p_comm", "text", "comm", 16, "swapper"),
    parameter("p_text", "text", "char", 4, "abc"),
    parameter("p_calls", "bytes", "syscall_set", 64, calls),
  ]);
});

test("programs are told with their sections", () => {
  expect(open("kinds").schema().programs).toMatchObject([
    { name: "kinds_program", section: "raw_tp/sys_enter", type: "raw_tracepoint" },
  ]);
});

test("a bit-field is refused by name", () => {
  expect(() => new BpfObject(compiled("bit_field"))).toThrow(
    expect.objectContaining({
      code: "OBJECT",
      message: `Cannot open ${compiled("bit_field")}: table events: low is a bit-field, which no column can hold`,
    }),
  );
});
