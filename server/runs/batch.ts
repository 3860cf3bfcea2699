/** Looks into a batch on the server: only for sums and single rows; pages decode batches for themselves. */
import type { ColumnSchema } from "../../native";

const align = (bytes: number): number => (bytes + 7) & ~7;

/** Byte offset of each column in a batch of this schema. */
function columnOffset(batch: Buffer, columns: readonly ColumnSchema[], name: string): number {
  const rows = batch.readUInt32LE(0);
  let offset = 8;
  for (const column of columns) {
    if (column.name === name) return offset;
    if (column.type === "text") {
      const offsets = align(4 * (rows + 1));
      offset += offsets + align(batch.readUInt32LE(offset + 4 * rows));
    } else offset += align(column.size * rows);
  }
  throw new Error(`no column ${name}`);
}

/** Sum over all rows of a u64 column. */
export function sumOf(batch: Buffer, columns: readonly ColumnSchema[], name: string): number {
  const rows = batch.readUInt32LE(0);
  const offset = columnOffset(batch, columns, name);
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += Number(batch.readBigUInt64LE(offset + 8 * row));
  return sum;
}
