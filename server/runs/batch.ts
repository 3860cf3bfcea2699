/** Looks into a batch on the server: for sums and for snapshots; pages decode batches for themselves. */
import type { ColumnSchema } from "../../native";

const align = (bytes: number): number => (bytes + 7) & ~7;

type Layout = readonly Pick<ColumnSchema, "name" | "type" | "size">[];

/** Byte offset of each column in a batch of this schema. */
export function columnOffsets(batch: Buffer, columns: Layout): number[] {
  const rows = batch.readUInt32LE(0);
  let offset = 8;
  return columns.map(({ type, size }) => {
    const start = offset;
    if (type === "text") {
      const texts = start + align(4 * (rows + 1));
      offset = texts + align(batch.readUInt32LE(start + 4 * rows));
    } else offset += align(size * rows);
    return start;
  });
}

/** Sum over all rows of a u64 column. */
export function sumOf(batch: Buffer, columns: Layout, name: string): number {
  const rows = batch.readUInt32LE(0);
  const offset = columnOffsets(batch, columns)[columns.findIndex((column) => column.name === name)];
  if (offset === undefined) throw new Error(`no column ${name}`);
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += Number(batch.readBigUInt64LE(offset + 8 * row));
  return sum;
}
