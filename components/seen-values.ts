/** The values that a column had most often of late, as a filter writes them. */
import { bytesAt, rawBytes } from "./batch";
import type { SeenValue } from "./filter/completion";
import type { Field } from "./filter/fields";
import { valueText } from "./filter/write";
import type { Context } from "./format";
import { Interner } from "./interner";
import type { Table } from "./table";

const rowsLookedAt = 20_000;
const most = 200;
const longest = 120;

export function seenValues(table: Table, { column, index }: Field, context: Context): SeenValue[] {
  const values = new Interner(rowsLookedAt);
  const counts: number[] = [];
  const texts: string[] = [];
  let left = rowsLookedAt;
  for (let i = table.batches.length - 1; i >= 0 && left > 0; i--) {
    const batch = table.batches[i];
    const cells = batch?.columns[index];
    if (!batch || !cells) continue;
    const raw = cells.kind === "numbers" ? rawBytes(cells.values) : undefined;
    const size = cells.kind === "numbers" ? cells.values.BYTES_PER_ELEMENT : 0;
    for (let row = batch.rows - 1; row >= 0 && left > 0; row--, left--) {
      const bytes = raw ? raw.subarray(row * size, (row + 1) * size) : bytesAt(cells, row);
      const id = values.idOf(bytes, 0, bytes.length);
      if (id < 0) continue;
      if (counts[id] === undefined) texts[id] = valueText(column, cells, row, context);
      counts[id] = (counts[id] ?? 0) + 1;
    }
  }
  return counts
    .map((rows, id) => ({ rows, text: texts[id] ?? "" }))
    .filter(({ text }) => text.length <= longest)
    .sort((a, b) => b.rows - a.rows)
    .slice(0, most);
}
