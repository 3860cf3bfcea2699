/** A batch as it travels (layout: `BpfObject` in native/index.ts) seen through typed arrays: no copy, no row objects. */
import type { Column } from "../server/protocol";

export type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array;

/** The values of one column. A `stack` column is numbers (dense u32 ids), a `bool` one too (0 or 1). */
export type ColumnValues =
  | { kind: "numbers"; values: Numbers }
  | { kind: "text"; offsets: Uint32Array; bytes: Uint8Array }
  | { kind: "bytes"; size: number; bytes: Uint8Array };

export interface Decoded {
  rows: number;
  /** In the order of the schema. */
  columns: ColumnValues[];
}

/** How the numbers of a type are kept. */
export const arrays = {
  u8: Uint8Array,
  bool: Uint8Array,
  s8: Int8Array,
  u16: Uint16Array,
  s16: Int16Array,
  u32: Uint32Array,
  stack: Uint32Array,
  s32: Int32Array,
  u64: BigUint64Array,
  s64: BigInt64Array,
};

const headBytes = 8;
const align = (offset: number) => (offset + 7) & ~7;

/** `offset` must be a multiple of 8. Throws RangeError when the bytes do not hold what the schema says. */
export function decodeBatch(
  schema: readonly Pick<Column, "type" | "size">[],
  buffer: ArrayBuffer,
  offset = 0,
  length = buffer.byteLength - offset,
): Decoded {
  const rows = new Uint32Array(buffer, offset, 1)[0] ?? 0;
  let at = offset + headBytes;
  const columns = schema.map((column): ColumnValues => {
    if (column.type === "text") {
      const offsets = new Uint32Array(buffer, at, rows + 1);
      const start = align(at + offsets.byteLength);
      const size = offsets[rows] ?? 0;
      at = align(start + size);
      return { kind: "text", offsets, bytes: new Uint8Array(buffer, start, size) };
    }
    if (column.type === "bytes") {
      const bytes = new Uint8Array(buffer, at, rows * column.size);
      at = align(at + bytes.byteLength);
      return { kind: "bytes", size: column.size, bytes };
    }
    const values = new arrays[column.type](buffer, at, rows);
    at = align(at + values.byteLength);
    return { kind: "numbers", values };
  });
  if (at > align(offset + length))
    throw new RangeError(`a batch of ${length} bytes is too short for ${rows} rows`);
  return { rows, columns };
}

/** The rows of several batches of one schema in one, copied. */
export function joinBatches(batches: readonly Decoded[]): Decoded {
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const columns = (batches[0]?.columns ?? []).map((_, i) =>
    joinColumns(
      batches.flatMap((batch) => batch.columns[i] ?? []),
      rows,
    ),
  );
  return { rows, columns };
}

function joinColumns(parts: readonly ColumnValues[], rows: number): ColumnValues {
  const [first] = parts;
  if (first?.kind === "numbers") {
    const values = new (first.values.constructor as new (length: number) => Numbers)(rows);
    const raw = new Uint8Array(values.buffer);
    let at = 0;
    for (const part of parts) if (part.kind === "numbers") at = append(raw, at, rawBytes(part.values));
    return { kind: "numbers", values };
  }
  const bytes = new Uint8Array(
    parts.reduce((sum, part) => sum + (part.kind === "numbers" ? 0 : part.bytes.length), 0),
  );
  let at = 0;
  if (first?.kind === "bytes") {
    for (const part of parts) if (part.kind === "bytes") at = append(bytes, at, part.bytes);
    return { kind: "bytes", size: first.size, bytes };
  }
  const offsets = new Uint32Array(rows + 1);
  let row = 0;
  for (const part of parts) {
    if (part.kind !== "text") continue;
    for (let i = 1; i < part.offsets.length; i++) offsets[++row] = at + (part.offsets[i] as number);
    at = append(bytes, at, part.bytes);
  }
  return { kind: "text", offsets, bytes };
}

function append(to: Uint8Array, at: number, part: Uint8Array): number {
  to.set(part, at);
  return at + part.length;
}

export const rawBytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const utf8 = new TextDecoder();

/** A number of any width; above 2^53 the nearest double. 0 for text and bytes. */
export function numberAt(column: ColumnValues | undefined, row: number): number {
  return column?.kind === "numbers" ? Number(column.values[row]) : 0;
}

/** All numbers of a column; above 2^53 the nearest double. Without a BigInt a row, which would be most of the work. */
export function doublesOf(column: ColumnValues | undefined, rows: number): Float64Array {
  if (column?.kind !== "numbers") return new Float64Array(rows);
  const { values } = column;
  if (!(values instanceof BigUint64Array) && !(values instanceof BigInt64Array))
    return new Float64Array(values);
  const doubles = new Float64Array(rows);
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * rows);
  const signed = values instanceof BigInt64Array;
  for (let row = 0; row < rows; row++) {
    const high = words[2 * row + 1] as number;
    doubles[row] = (signed ? high | 0 : high) * 2 ** 32 + (words[2 * row] as number);
  }
  return doubles;
}

/** The exact value of an integer column. */
export function bigintAt(column: ColumnValues | undefined, row: number): bigint {
  return column?.kind === "numbers" ? BigInt(column.values[row] ?? 0) : 0n;
}

export function bytesAt(column: ColumnValues | undefined, row: number): Uint8Array {
  if (column?.kind === "text") return column.bytes.subarray(column.offsets[row], column.offsets[row + 1]);
  if (column?.kind === "bytes") return column.bytes.subarray(row * column.size, (row + 1) * column.size);
  return new Uint8Array();
}

export function textAt(column: ColumnValues | undefined, row: number): string {
  return utf8.decode(bytesAt(column, row));
}
