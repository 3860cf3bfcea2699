import { describe, expect, test } from "vitest";
import type { ColumnType, ParameterValue } from "./index";
import { decode, encode } from "./parameters";
import { drained, GETPPID, open } from "./testdata/harness";

function place(type: ColumnType, size: number) {
  return { name: "some", type, size };
}

describe("values that fit come back as they went", () => {
  test.each<[ColumnType, number, ParameterValue]>([
    ["u8", 1, 255],
    ["s8", 1, -128],
    ["u16", 2, 65535],
    ["s16", 2, -32768],
    ["u32", 4, 4294967295],
    ["s32", 4, -2147483648],
    ["u64", 8, 2n ** 64n - 1n],
    ["s64", 8, -(2n ** 63n)],
    ["bool", 1, true],
    ["bool", 1, false],
    ["text", 8, "sevené"],
    ["text", 8, ""],
    ["bytes", 3, Buffer.from([1, 2, 3])],
  ])("%s of %i: %s", (type, size, value) => {
    const bytes = encode(place(type, size), value);
    expect(bytes).toHaveLength(size);
    expect(decode(place(type, size), bytes)).toEqual(value);
  });

  test("a number stands for a u64", () => {
    expect(decode(place("u64", 8), encode(place("u64", 8), 5))).toBe(5n);
  });
});

describe("values that do not fit are refused with the parameter's name and what it takes", () => {
  test.each<[ColumnType, number, unknown, string]>([
    ["u8", 1, 256, "a whole number from 0 to 255"],
    ["u8", 1, -1, "a whole number from 0 to 255"],
    ["s8", 1, 128, "a whole number from -128 to 127"],
    ["u32", 4, 1.5, "a whole number from 0 to 4294967295"],
    ["u32", 4, Number.NaN, "a whole number from 0 to 4294967295"],
    ["u32", 4, "1", "a whole number from 0 to 4294967295"],
    ["u64", 8, 2n ** 64n, "a whole number from 0 to 18446744073709551615"],
    ["u64", 8, 2 ** 53, "a whole number from 0 to 18446744073709551615"],
    ["bool", 1, 1, "true or false"],
    ["text", 4, "four", "a text of at most 3 bytes"],
    ["text", 4, "éé", "a text of at most 3 bytes"],
    ["text", 4, "a\0", "a text of at most 3 bytes"],
    ["bytes", 4, Buffer.alloc(3), "a Buffer of 4 bytes"],
    ["bytes", 4, "abcd", "a Buffer of 4 bytes"],
  ])("%s of %i: %s", (type, size, value, wanted) => {
    expect(() => encode(place(type, size), value as ParameterValue)).toThrow(
      expect.objectContaining({ code: "ARGUMENT", message: `Parameter some takes ${wanted}` }),
    );
  });
});

test("what is configured is what the kernel's program sees, and the default stays told", async () => {
  const object = open("calls");
  object.configure("pid", process.pid);
  object.configure("call", GETPPID);
  await object.load(["calls_record"]);
  await object.attach("calls_record");
  expect(process.ppid).toBeGreaterThan(0);
  expect(drained(object, "events")?.readUInt32LE(0)).toBe(1);
  expect(object.schema().parameters.find(({ name }) => name === "pid")?.default).toBe(0);
});
