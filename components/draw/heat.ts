/**
 * The arrays behind a heatmap: columns of time × log-linear slots. A column is one batch, so columns tile the time
 * that was watched and leave holes where nothing was sent.
 */
import { quantilePositions, SLOTS } from "./slots";

/** A ring of columns: column number c lies at c % capacity. */
export interface Timeline {
  readonly capacity: number;
  /** Numbers of the oldest column kept, and of the one after the newest. */
  first: number;
  end: number;
  /** Start and end of what each column covers, milliseconds of CLOCK_MONOTONIC; ascending, never overlapping. */
  from: Float64Array;
  to: Float64Array;
}

/** capacity × SLOTS counts; a count past 2^32 - 1 in one cell is kept as that. */
export type Counts = Uint32Array;

/** Part of a heatmap. Slots in [lo, hi), columns in [begin, end). */
export interface Range {
  begin: number;
  end: number;
  lo: number;
  hi: number;
}

/** Columns that overlap [from, to). */
export function columnsBetween(time: Timeline, from: number, to: number): { begin: number; end: number } {
  let begin = time.first;
  while (begin < time.end && (time.to[begin % time.capacity] as number) <= from) begin++;
  let end = time.end;
  while (end > begin && (time.from[(end - 1) % time.capacity] as number) >= to) end--;
  return { begin, end };
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

/** Counts by slot over some columns. */
export function sumColumns(time: Timeline, counts: Counts, range: Range): Float64Array {
  const sums = new Float64Array(SLOTS);
  for (let c = range.begin; c < range.end; c++) {
    const base = (c % time.capacity) * SLOTS;
    for (let s = range.lo; s < range.hi; s++) sums[s] = (sums[s] as number) + (counts[base + s] as number);
  }
  return sums;
}

/** What is drawn: each cell sums `columnStep` columns and `slotStep` slots; a cell never reaches across a gap. */
export interface Cells {
  columns: number;
  rows: number;
  /** columns × rows, lowest slots first. */
  counts: Float64Array;
  /** Time covered by each column of cells. */
  from: Float64Array;
  to: Float64Array;
  /** Axis positions of each column's p50 and p99; NaN where it has no counts. */
  p50: Float64Array;
  p99: Float64Array;
  /** The highest count of a cell. */
  peak: number;
}

/** `range.hi - range.lo` must be a multiple of `slotStep`. */
export function cellsOf(
  time: Timeline,
  counts: Counts,
  range: Range,
  columnStep: number,
  slotStep: number,
): Cells {
  const rows = (range.hi - range.lo) / slotStep;
  const most = range.end - range.begin;
  const cells: Cells = {
    columns: 0,
    rows,
    counts: new Float64Array(most * rows),
    from: new Float64Array(most),
    to: new Float64Array(most),
    p50: new Float64Array(most),
    p99: new Float64Array(most),
    peak: 0,
  };
  const sums = new Float64Array(SLOTS);
  let c = range.begin;
  while (c < range.end) {
    cells.from[cells.columns] = time.from[c % time.capacity] as number;
    // Steps are counted from column 0, so that cells keep their columns as time moves on.
    const stop = Math.min(range.end, (Math.floor(c / columnStep) + 1) * columnStep);
    let base = (c % time.capacity) * SLOTS;
    for (let s = range.lo; s < range.hi; s++) sums[s] = counts[base + s] as number;
    for (c++; c < stop && !gapBefore(time, c); c++) {
      base = (c % time.capacity) * SLOTS;
      for (let s = range.lo; s < range.hi; s++) sums[s] = (sums[s] as number) + (counts[base + s] as number);
    }
    cells.to[cells.columns] = time.to[(c - 1) % time.capacity] as number;
    closeColumn(cells, sums, range, slotStep);
  }
  return cells;
}

function closeColumn(cells: Cells, sums: Float64Array, range: Range, slotStep: number) {
  const base = cells.columns * cells.rows;
  for (let row = 0, s = range.lo; row < cells.rows; row++) {
    let count = 0;
    for (let i = 0; i < slotStep; i++) count += sums[s++] as number;
    cells.counts[base + row] = count;
    if (count > cells.peak) cells.peak = count;
  }
  const [p50, p99] = quantilePositions(sums, [0.5, 0.99], range.lo, range.hi);
  cells.p50[cells.columns] = p50 as number;
  cells.p99[cells.columns] = p99 as number;
  cells.columns++;
}
