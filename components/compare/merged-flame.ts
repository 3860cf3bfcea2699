/** Two tables of stacks as one: that of before in front of that of after, so that a flame graph shows the difference. */
import type { ColumnValues } from "../batch";
import type { TimeRange } from "../moment";
import type { Stacks } from "../stacks";
import { type Batch, type Table, TableStore } from "../table";

/** Between the two, milliseconds: rows are read up to some seconds after they happened. */
const GAP = 10_000;
const never = () => () => {};

export interface Merged {
  table: Table;
  stacks: Stacks;
  /** The time of those before. */
  base: TimeRange;
}

/** Stack ids of `after` are raised by this. */
const raised = (values: ColumnValues, by: number): ColumnValues =>
  values.kind === "numbers"
    ? {
        kind: "numbers",
        values: Uint32Array.from(values.values as Uint32Array, (id) => (id === 0 ? 0 : id + by)),
      }
    : values;

const later = (values: ColumnValues, nsec: bigint): ColumnValues =>
  values.kind === "numbers" && values.values instanceof BigUint64Array
    ? { kind: "numbers", values: values.values.map((at) => at + nsec) }
    : values;

/** Both of the same columns. */
export function mergedFlame(
  before: { table: Table; stacks: Stacks },
  after: { table: Table; stacks: Stacks },
): Merged {
  const { columns } = after.table;
  const end = before.table.batches.at(-1)?.at ?? 0;
  const begin = after.table.batches[0]?.at ?? 0;
  // Later or not at all: an instant is no number below 0.
  const shift = Math.max(0, Math.ceil(end - begin + GAP));
  const mostId = Math.max(0, ...before.stacks.stacks.keys());
  const moved = (batch: Batch): Batch => ({
    ...batch,
    at: batch.at + shift,
    columns: batch.columns.map((values, i) => {
      const column = columns[i];
      if (column?.type === "stack") return raised(values, mostId);
      return column?.meaning === "ktime" ? later(values, BigInt(shift) * 1_000_000n) : values;
    }),
  });
  const batches = [...before.table.batches, ...after.table.batches.map(moved)];
  let position = 0;
  const numbered = batches.map((batch) => {
    const placed = { ...batch, first: position, position };
    position += batch.rows;
    return placed;
  });
  // One number for a frame that both have: only so is it the same place in the graph.
  const frames = [...before.stacks.frames];
  const keyOf = ({ name, module, kind }: (typeof frames)[number]) => `${kind} ${module} ${name}`;
  const known = new Map(frames.map((frame, i) => [keyOf(frame), i]));
  const numbers = after.stacks.frames.map((frame) => {
    const there = known.get(keyOf(frame));
    return there ?? frames.push(frame) - 1;
  });
  const stacks = new Map(before.stacks.stacks);
  for (const [id, of] of after.stacks.stacks)
    stacks.set(
      id + mostId,
      of.map((frame) => numbers[frame] ?? 0),
    );
  const table = Object.assign(new TableStore(columns), { batches: numbered, rows: position, end: position });
  return {
    table,
    stacks: {
      frames,
      stacks,
      version: 0,
      subscribe: never,
    },
    base: { from: 0, to: Math.ceil(end) + 1 },
  };
}
