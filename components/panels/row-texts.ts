/** The texts of a row's cells, its time as chosen. */
import { numberAt } from "../batch";
import { type Context, cellText } from "../format";
import type { Batch, Table } from "../table";
import type { ShownColumn } from "./columns";

/** Seconds with microseconds and a sign, from an instant in nanoseconds of CLOCK_MONOTONIC. */
export function relativeTime(nsec: number, from: number): string {
  const seconds = (nsec - from) / 1e9;
  return `${seconds < 0 ? "−" : "+"}${Math.abs(seconds).toFixed(6)}`;
}

/** `relativeTo`: where time begins, in nanoseconds of CLOCK_MONOTONIC; undefined: the time of day. */
export const textsOf = (
  batch: Batch,
  row: number,
  columns: readonly ShownColumn[],
  context: Context,
  relativeTo?: number,
) =>
  columns.map(({ column, index }) =>
    column.meaning === "ktime" && relativeTo !== undefined
      ? relativeTime(numberAt(batch.columns[index], row), relativeTo)
      : cellText(column, batch.columns[index], row, context),
  );

export interface Place {
  batch: Batch;
  row: number;
}

/** Where the row at a position is; undefined when it is not kept. */
export function placeAt(table: Table, position: number): Place | undefined {
  const batch = table.locate(position);
  return batch && { batch, row: position - batch.position };
}
