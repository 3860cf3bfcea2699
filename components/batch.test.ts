import { expect, test } from "vitest";
import { bigintAt, bytesAt, decodeBatch, doublesOf, numberAt, textAt } from "./batch";

type Column = Parameters<typeof decodeBatch>[0][number];

/** Lays parts one behind the other, each aligned to 8 bytes, after `before` bytes of something else. */
function batch(before: number, rows: number, ...parts: ArrayBufferView[]): ArrayBuffer {
  const bytes: number[] = Array(before).fill(0xee);
  const add = (part: ArrayBufferView) => {
    bytes.push(...new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    while (bytes.length % 8 !== 0) bytes.push(0);
  };
  add(Uint32Array.of(rows, 0));
  for (const part of parts) add(part);
  return Uint8Array.from(bytes).buffer;
}

const utf8 = (text: string) => new TextEncoder().encode(text);

test("numbers of every width, text and bytes, each found at its place", () => {
  const schema: Column[] = [
    { type: "u8", size: 1 },
    { type: "s16", size: 2 },
    { type: "u64", size: 8 },
    { type: "text", size: 0 },
    { type: "bytes", size: 3 },
    { type: "s32", size: 4 },
    { type: "s64", size: 8 },
    { type: "bool", size: 1 },
    { type: "stack", size: 4 },
  ];
  const data = batch(
    16,
    3,
    Uint8Array.of(1, 2, 255),
    Int16Array.of(-1, 0, 300),
    BigUint64Array.of(0n, 2n ** 53n + 1n, 2n ** 64n - 1n),
    Uint32Array.of(0, 5, 5, 9),
    utf8("naïve€"),
    Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9),
    Int32Array.of(-2, 0, 7),
    BigInt64Array.of(-1n, 0n, 1n),
    Uint8Array.of(1, 0, 1),
    Uint32Array.of(0, 9, 4_000_000_000),
  );
  const { rows, columns } = decodeBatch(schema, data, 16);
  expect(rows).toBe(3);
  expect([0, 1, 2].map((row) => numberAt(columns[0], row))).toEqual([1, 2, 255]);
  expect([0, 1, 2].map((row) => numberAt(columns[1], row))).toEqual([-1, 0, 300]);
  expect([0, 1, 2].map((row) => bigintAt(columns[2], row))).toEqual([0n, 2n ** 53n + 1n, 2n ** 64n - 1n]);
  expect([0, 1, 2].map((row) => textAt(columns[3], row))).toEqual(["naïv", "", "e€"]);
  expect([...bytesAt(columns[4], 1)]).toEqual([4, 5, 6]);
  expect([0, 1, 2].map((row) => numberAt(columns[5], row))).toEqual([-2, 0, 7]);
  expect([0, 1, 2].map((row) => bigintAt(columns[6], row))).toEqual([-1n, 0n, 1n]);
  expect([0, 1, 2].map((row) => numberAt(columns[7], row))).toEqual([1, 0, 1]);
  expect([0, 1, 2].map((row) => numberAt(columns[8], row))).toEqual([0, 9, 4_000_000_000]);
});

test("columns are views: nothing is copied", () => {
  const data = batch(0, 1, Uint32Array.of(7));
  const [column] = decodeBatch([{ type: "u32", size: 4 }], data).columns;
  expect(column?.kind === "numbers" && column.values.buffer).toBe(data);
});

test("a batch of no rows", () => {
  const schema: Column[] = [
    { type: "u64", size: 8 },
    { type: "text", size: 0 },
  ];
  const { rows, columns } = decodeBatch(schema, batch(0, 0, Uint32Array.of(0)));
  expect(rows).toBe(0);
  expect(columns.map((column) => column.kind)).toEqual(["numbers", "text"]);
});

test("a batch that is shorter than its schema is refused", () => {
  const data = batch(0, 4, Uint32Array.of(1, 2));
  expect(() => decodeBatch([{ type: "u32", size: 4 }], data)).toThrow(RangeError);
  const two = batch(0, 2, Uint32Array.of(1, 2));
  expect(() =>
    decodeBatch(
      [{ type: "u64", size: 8 }],
      new Uint8Array([...new Uint8Array(two), ...Array(8)]).buffer,
      0,
      16,
    ),
  ).toThrow(RangeError);
});

test("all numbers of a column at once are those that are had one by one", () => {
  const columns = [
    BigUint64Array.of(0n, 1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 64n - 1n),
    BigInt64Array.of(0n, -1n, -(2n ** 32n), 2n ** 53n - 1n, -(2n ** 63n)),
    Int16Array.of(0, -1, 32767, -32768, 5),
    Uint8Array.of(0, 1, 255, 7, 8),
  ];
  for (const values of columns) {
    const column = { kind: "numbers" as const, values };
    expect([...doublesOf(column, 5)]).toEqual(Array.from({ length: 5 }, (_, row) => numberAt(column, row)));
  }
  expect([...doublesOf(undefined, 2)]).toEqual([0, 0]);
});
