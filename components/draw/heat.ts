/**
 * The arrays behind a heatmap: columns of time × log-linear slots. A column is one batch, so columns tile the time
 * that was watched and leave holes where nothing was sent.
 */
import { SLOTS, walkQuantiles } from "./slots";

/** A ring of columns: column number c lies at c % capacity. */
export interface Timeline {
  readonly capacity: number;
  /** Numbers of the oldest column kept, and of the one after the newest. */
  first: number;
  end: number;
  /** Start and end of what each column covers, milliseconds of CLOCK_MONOTONIC; ascending, never overlapping. */
  from: Float64Array;
  to: Float64Array;
  /** Number of the second that each column belongs to; several columns of one second are neighbours. */
  second: Uint32Array;
  /** Counts are kept for slots [low, low + slots) only; nothing was counted in the others. */
  low: number;
  slots: number;
}

/** capacity × time.slots counts. */
export type Counts = Float64Array;

/** Part of a heatmap. Slots in [lo, hi), columns in [begin, end). */
export interface Range {
  begin: number;
  end: number;
  lo: number;
  hi: number;
}

/** Columns that overlap [from, to). */
export function columnsBetween(time: Timeline, from: number, to: number): { begin: number; end: number } {
  // Both edges ascend: the first column that ends after `from`, the first that starts at `to` or later.
  const begin = search(time, (place) => (time.to[place] as number) > from);
  const end = search(time, (place) => (time.from[place] as number) >= to);
  return { begin, end: Math.max(begin, end) };
}

/** The first column for which `is` holds, as it does for all after it. */
function search(time: Timeline, is: (place: number) => boolean): number {
  let [low, high] = [time.first, time.end];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (is(middle % time.capacity)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The column that covers a moment, or undefined in a gap. */
export function columnAt(time: Timeline, at: number): number | undefined {
  const { begin, end } = columnsBetween(time, at, at + 1e-6);
  return begin < end ? begin : undefined;
}

/** True when something is missing between a column and the one before it. */
export function gapBefore(time: Timeline, column: number): boolean {
  return (
    column > time.first &&
    (time.from[column % time.capacity] as number) > (time.to[(column - 1) % time.capacity] as number)
  );
}

/** Adds the counts of one column to `sums`, by slot. */
function addColumn(
  time: Timeline,
  counts: Counts,
  column: number,
  lo: number,
  hi: number,
  sums: Float64Array,
) {
  const base = (column % time.capacity) * time.slots - time.low;
  const end = Math.min(hi, time.low + time.slots);
  for (let s = Math.max(lo, time.low); s < end; s++)
    sums[s] = (sums[s] as number) + (counts[base + s] as number);
}

/** Counts by slot over some columns. */
export function sumColumns(time: Timeline, counts: Counts, range: Range): Float64Array {
  const sums = new Float64Array(SLOTS);
  for (let c = range.begin; c < range.end; c++) addColumn(time, counts, c, range.lo, range.hi, sums);
  return sums;
}

/** What is drawn: each cell sums some columns and `slotStep` slots; a cell never reaches across a gap. */
export interface Cells {
  columns: number;
  rows: number;
  /** columns × rows, lowest slots first. */
  counts: Float64Array;
  /** Time covered by each column of cells. */
  from: Float64Array;
  to: Float64Array;
  /** For each quantile asked for, its axis position in each column; NaN where a column has no counts. */
  lines: Float64Array[];
  /** The highest count of a cell: in each column, and in all. */
  most: Float64Array;
  peak: number;
}

/** How columns are put together: `by` of them, or those of `by` seconds. */
export interface ColumnStep {
  of: "column" | "second";
  by: number;
}

/**
 * `range.hi - range.lo` must be a multiple of `slotStep`; `quantiles` ascend. `before`: what the same counts, slots,
 * steps and quantiles gave a moment ago; its columns are taken over, as a column that has ended never changes.
 */
export function cellsOf(
  time: Timeline,
  counts: Counts,
  range: Range,
  step: ColumnStep,
  slotStep: number,
  quantiles: readonly number[],
  before?: Cells,
): Cells {
  const rows = (range.hi - range.lo) / slotStep;
  const most = range.end - range.begin;
  const cells: Cells = {
    columns: 0,
    rows,
    counts: new Float64Array(most * rows),
    from: new Float64Array(most),
    to: new Float64Array(most),
    lines: quantiles.map(() => new Float64Array(most)),
    most: new Float64Array(most),
    peak: 0,
  };
  // Groups are numbered from the run's beginning, so that cells keep their columns as time moves on.
  const groupOf = (c: number) =>
    Math.floor((step.of === "column" ? c : (time.second[c % time.capacity] as number)) / step.by);
  const sums = new Float64Array(SLOTS);
  let old = 0;
  for (let c = range.begin; c < range.end; ) {
    const group = groupOf(c);
    let end = c + 1;
    while (end < range.end && groupOf(end) === group && !gapBefore(time, end)) end++;
    const from = time.from[c % time.capacity] as number;
    const to = time.to[(end - 1) % time.capacity] as number;
    while (before && old < before.columns && (before.from[old] as number) < from) old++;
    cells.from[cells.columns] = from;
    cells.to[cells.columns] = to;
    if (before && old < before.columns && before.from[old] === from && before.to[old] === to)
      copyColumn(cells, before, old);
    else {
      sums.fill(0, range.lo, range.hi);
      for (let part = c; part < end; part++) addColumn(time, counts, part, range.lo, range.hi, sums);
      closeColumn(cells, sums, range, slotStep, quantiles);
    }
    c = end;
  }
  for (let c = 0; c < cells.columns; c++) cells.peak = Math.max(cells.peak, cells.most[c] as number);
  return cells;
}

function copyColumn(cells: Cells, before: Cells, old: number) {
  const { rows } = cells;
  const column = cells.columns++;
  for (let to = column * rows, from = old * rows, end = to + rows; to < end; )
    cells.counts[to++] = before.counts[from++] as number;
  for (let i = 0; i < cells.lines.length; i++)
    (cells.lines[i] as Float64Array)[column] = before.lines[i]?.[old] as number;
  cells.most[column] = before.most[old] as number;
}

function closeColumn(
  cells: Cells,
  sums: Float64Array,
  range: Range,
  slotStep: number,
  quantiles: readonly number[],
) {
  const column = cells.columns++;
  const base = column * cells.rows;
  let all = 0;
  let most = 0;
  for (let row = 0, s = range.lo; row < cells.rows; row++) {
    let count = 0;
    for (let i = 0; i < slotStep; i++) count += sums[s++] as number;
    cells.counts[base + row] = count;
    all += count;
    if (count > most) most = count;
  }
  cells.most[column] = most;
  walkQuantiles(sums, quantiles, range.lo, range.hi, all, (i, position) => {
    (cells.lines[i] as Float64Array)[column] = position;
  });
}

/** The column of cells that covers a moment, or undefined in a gap. */
export function cellColumnAt(cells: Cells, at: number): number | undefined {
  let [low, high] = [0, cells.columns];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cells.to[middle] as number) > at) high = middle;
    else low = middle + 1;
  }
  return low < cells.columns && (cells.from[low] as number) <= at ? low : undefined;
}
