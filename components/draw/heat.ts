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
  /** columns × rows, lowest slots first; a part of a longer array, in which a column keeps its place. */
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
 * steps and quantiles gave a moment ago. A column that has ended never changes, so its columns are taken over, in its
 * own memory: it is not to be read again.
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
  const began = range.begin < range.end ? (time.from[range.begin % time.capacity] as number) : 0;
  let passed = 0;
  while (before && passed < before.columns && (before.to[passed] as number) <= began) passed++;
  const known = before ? Math.min(most, before.columns - passed) : 0;
  const room = (array: Float64Array | undefined, each = 1) =>
    movedOn(array, passed * each, known * each, most * each);
  const cells: Cells = {
    columns: 0,
    rows,
    counts: room(before?.counts, rows),
    from: room(before?.from),
    to: room(before?.to),
    lines: quantiles.map((_, i) => room(before?.lines[i])),
    most: room(before?.most),
    peak: 0,
  };
  // Groups are numbered from the run's beginning, so that cells keep their columns as time moves on.
  const { capacity, second } = time;
  const bySecond = step.of === "second";
  const { by } = step;
  const sums = new Float64Array(SLOTS);
  let columns = 0;
  for (let c = range.begin; c < range.end; columns++) {
    const group = Math.floor((bySecond ? (second[c % capacity] as number) : c) / by);
    let end = c + 1;
    while (
      end < range.end &&
      Math.floor((bySecond ? (second[end % capacity] as number) : end) / by) === group &&
      !gapBefore(time, end)
    )
      end++;
    const from = time.from[c % capacity] as number;
    const to = time.to[(end - 1) % capacity] as number;
    if (columns >= known || cells.from[columns] !== from || cells.to[columns] !== to) {
      cells.from[columns] = from;
      cells.to[columns] = to;
      sums.fill(0, range.lo, range.hi);
      for (let part = c; part < end; part++) addColumn(time, counts, part, range.lo, range.hi, sums);
      closeColumn(cells, columns, sums, range, slotStep, quantiles);
    }
    c = end;
  }
  const cut = (array: Float64Array, each = 1) => array.subarray(0, columns * each);
  cells.columns = columns;
  cells.counts = cut(cells.counts, rows);
  cells.from = cut(cells.from);
  cells.to = cut(cells.to);
  cells.lines = cells.lines.map((line) => cut(line));
  cells.most = cut(cells.most);
  for (let c = 0; c < columns; c++) cells.peak = Math.max(cells.peak, cells.most[c] as number);
  return cells;
}

/**
 * `array` from `begin` on, with room for `length`, of which `kept` are kept. It moves on in its memory as a window does,
 * and is laid in new memory only when it comes to the end of that.
 */
function movedOn(array: Float64Array | undefined, begin: number, kept: number, length: number): Float64Array {
  const start = array ? array.byteOffset + 8 * begin : 0;
  if (array && start + 8 * length <= array.buffer.byteLength)
    return new Float64Array(array.buffer, start, length);
  const laid = new Float64Array(length + Math.ceil(length / 4));
  if (array) laid.set(array.subarray(begin, begin + kept));
  return laid.subarray(0, length);
}

function closeColumn(
  cells: Cells,
  column: number,
  sums: Float64Array,
  range: Range,
  slotStep: number,
  quantiles: readonly number[],
) {
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
