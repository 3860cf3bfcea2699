/** A table of latencies as one object for each reading: the whole, and each key by itself. */
import type { Column } from "../../server/protocol";
import { type Decoded, numberAt } from "../batch";
import { occupied, quantiles, SLOTS, slotLower, slotUpper, total } from "../draw/slots";
import type { Context } from "../format";
import { type Field, type Plain, wordedColumns, writtenFields } from "./rows";

/** Nanoseconds; percentiles are within 12.5 % of the exact ones, null where nothing was counted. */
export interface Distribution {
  count: number;
  p50: number | null;
  p90: number | null;
  p99: number | null;
  max: number | null;
  /** What was counted from `from` to before `to`. */
  buckets: { from: number; to: number; count: number }[];
}

function distributionOf(counts: Float64Array): Distribution {
  const range = occupied(counts);
  if (!range) return { count: 0, p50: null, p90: null, p99: null, max: null, buckets: [] };
  const [p50, p90, p99] = quantiles(counts, [0.5, 0.9, 0.99]).map(Math.round) as [number, number, number];
  const buckets: Distribution["buckets"] = [];
  for (let slot = range.lo; slot < range.hi; slot++)
    if (counts[slot]) buckets.push({ from: slotLower(slot), to: slotUpper(slot), count: counts[slot] ?? 0 });
  return { count: total(counts), p50, p90, p99, max: slotUpper(range.hi - 1), buckets };
}

/** Undefined when the table has no slots and counts. */
export function distributions(
  columns: readonly Column[],
  context: Context,
):
  | ((batch: Decoded) => Distribution & { by: (Distribution & { [key: string]: Plain | unknown })[] })
  | undefined {
  const slot = columns.findIndex(({ meaning }) => meaning === "slot_nsec");
  const count = columns.findIndex(({ meaning }) => meaning === "count_n");
  if (slot === -1 || count === -1) return undefined;
  const keys: Field[] = writtenFields(
    wordedColumns(columns).filter(({ column, index }) => column.key && index !== slot),
    context,
  );
  return (batch) => {
    const whole = new Float64Array(SLOTS);
    const parts = new Map<string, { key: [string, Plain][]; counts: Float64Array }>();
    for (let row = 0; row < batch.rows; row++) {
      const at = numberAt(batch.columns[slot], row);
      const much = numberAt(batch.columns[count], row);
      whole[at] = (whole[at] ?? 0) + much;
      const key = keys.map((field): [string, Plain] => [field.name, field.valueOf(batch, row)]);
      const text = JSON.stringify(key);
      const part = parts.get(text) ?? { key, counts: new Float64Array(SLOTS) };
      parts.set(text, part);
      part.counts[at] = (part.counts[at] ?? 0) + much;
    }
    const by = [...parts.values()].map(({ key, counts }) => ({
      ...Object.fromEntries(key),
      ...distributionOf(counts),
    }));
    return { ...distributionOf(whole), by: keys.length > 0 ? by : [] };
  };
}
