/** What a histogram panel shows at one moment: pure arithmetic from the store, the view and the size. */
import { type Cells, type Counts, cellsOf, columnsBetween, type Range, sumColumns } from "../draw/heat";
import type { Plot } from "../draw/heatmap";
import { occupied, quantiles, SLOTS, slotUpper, total } from "../draw/slots";
import type { HeatStore } from "./histogram-store";
import type { Box, HistogramView } from "./histogram-view";

/** One heatmap: of everything, or of one value of the dimension. */
export interface Strip {
  name: string;
  counts: Counts;
  cells: Cells;
  plot: Plot;
  sums: Float64Array;
  reading: Reading;
}

export interface Reading {
  all: number;
  p50: number;
  p90: number;
  p99: number;
  /** Upper edge of the highest slot with a count: no value was above it. */
  max: number;
}

export interface Selection {
  box: Box;
  /** Counts by slot inside the box. */
  sums: Float64Array;
  reading: Reading;
  /** Of everything shown. */
  share: number;
  /** The strip with most of it, and how much of the selection that is. */
  mostly: { name: string; share: number } | undefined;
}

export interface HistogramModel {
  strips: Strip[];
  /** The whole time shown. */
  sums: Float64Array;
  reading: Reading;
  /** Slots of one cell. */
  slotStep: number;
  peak: number;
  selection: Selection | undefined;
}

export interface Size {
  width: number;
  height: number;
}

const LEFT = 62;
const BOTTOM = 22;
const TOP = 4;
const STRIP_GAP = 8;
/** A cell is at least so many pixels high, and one device pixel wide. */
const CELL_HEIGHT = 3;
/** At least four powers of two, so that noise does not fill the panel. */
const LEAST_SLOTS = 32;

/** Undefined while there is nothing to show, or no room, as in a panel behind an enlarged one. */
export function histogramModel(
  store: HeatStore,
  named: readonly { name: string; counts: Counts }[],
  view: HistogramView,
  size: Size,
  ratio: number,
): HistogramModel | undefined {
  if (store.end === 0 || size.width === 0) return undefined;
  const to = store.to[(store.end - 1) % store.capacity] as number;
  const seconds = secondsShown(to - (store.from[store.first % store.capacity] as number), view.last);
  const from = to - seconds * 1000;
  const columns = columnsBetween(store, from, to);
  const everything = { ...columns, lo: 0, hi: SLOTS };
  const sums = sumColumns(store, store.total, everything);
  const slots = slotRange(sums);
  const width = Math.max(1, size.width - LEFT);
  const height = Math.max(1, (size.height - TOP - BOTTOM + STRIP_GAP) / named.length - STRIP_GAP);
  const slotStep = stepFor(slots.hi - slots.lo, height / CELL_HEIGHT);
  const columnStep = Math.max(1, Math.ceil(seconds / (width * ratio)));
  const strips = named.map(({ name, counts }, i): Strip => {
    const own = named.length === 1 ? sums : sumColumns(store, counts, everything);
    return {
      name,
      counts,
      cells: cellsOf(store, counts, { ...columns, ...slots }, columnStep, slotStep),
      plot: { left: LEFT, top: TOP + i * (height + STRIP_GAP), width, height, from, to, ...slots },
      sums: own,
      reading: readingOf(own),
    };
  });
  return {
    strips,
    sums,
    reading: readingOf(sums),
    slotStep,
    peak: niceCeiling(Math.max(...strips.map((s) => s.cells.peak))),
    selection: view.box && selectionOf(store, strips, view.box, columns, total(sums)),
  };
}

/** A run that has just begun is not shown in a corner of the time asked for. */
export function secondsShown(watched: number, last: number): number {
  return [30, 60, 120, 300].find((s) => s < last && watched <= s * 1000) ?? last;
}

/** The slots with counts, out to whole powers of two. */
function slotRange(sums: Float64Array): { lo: number; hi: number } {
  const found = occupied(sums) ?? { lo: 80, hi: 80 };
  let lo = Math.floor(found.lo / 8) * 8;
  let hi = Math.min(SLOTS, Math.ceil(found.hi / 8) * 8);
  while (hi - lo < LEAST_SLOTS) {
    if (hi < SLOTS) hi += 8;
    if (lo > 0) lo -= 8;
  }
  return { lo, hi };
}

/** Slots to a cell so that at most `rows` cells are needed. */
export function stepFor(slots: number, rows: number): number {
  return [1, 2, 4].find((step) => slots / step <= rows) ?? 8;
}

/** The next power of two: the colours stay while the highest count wanders. */
const niceCeiling = (peak: number) => 2 ** Math.ceil(Math.log2(Math.max(1, peak)));

export function readingOf(sums: Float64Array): Reading {
  const [p50, p90, p99] = quantiles(sums, [0.5, 0.9, 0.99]) as [number, number, number];
  const range = occupied(sums);
  return { all: total(sums), p50, p90, p99, max: range ? slotUpper(range.hi - 1) : Number.NaN };
}

function selectionOf(
  store: HeatStore,
  strips: readonly Strip[],
  box: Box,
  shown: { begin: number; end: number },
  all: number,
): Selection | undefined {
  const columns = columnsBetween(store, box.from, box.to);
  const range: Range = {
    begin: Math.max(columns.begin, shown.begin),
    end: Math.min(columns.end, shown.end),
    lo: Math.max(0, box.lo),
    hi: Math.min(SLOTS, box.hi),
  };
  if (range.begin >= range.end) return undefined;
  const sums = sumColumns(store, store.total, range);
  const reading = readingOf(sums);
  const parts = strips.map((s) => ({ name: s.name, all: total(sumColumns(store, s.counts, range)) }));
  const heaviest = parts.reduce((a, b) => (b.all > a.all ? b : a));
  return {
    box,
    sums,
    reading,
    share: all > 0 ? reading.all / all : 0,
    mostly:
      strips.length > 1 && reading.all > 0
        ? { name: heaviest.name, share: heaviest.all / reading.all }
        : undefined,
  };
}

/** Counts by slot in groups of `step`, highest first: one for each bar beside the heatmap. */
export function barsOf(sums: Float64Array, lo: number, hi: number, step: number): number[] {
  const bars: number[] = [];
  for (let s = hi - step; s >= lo; s -= step) bars.push(total(sums, s, s + step));
  return bars;
}
