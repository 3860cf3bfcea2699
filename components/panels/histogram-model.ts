/** What a histogram panel shows at one moment: pure arithmetic from the store, the view and the size. */
import {
  type Cells,
  type ColumnStep,
  type Counts,
  cellsOf,
  columnsBetween,
  type Range,
  sumColumns,
} from "../draw/heat";
import type { Plot } from "../draw/heatmap";
import { occupied, quantiles, SLOTS, slotUpper, total } from "../draw/slots";
import type { HeatStore } from "./histogram-store";
import { type Box, type HistogramView, type Line, QUANTILES } from "./histogram-view";
import { keptTime, type TimeWindow, windowOf } from "./histogram-window";

/** One heatmap: of everything, or of one value of the dimension. */
export interface Strip {
  name: string;
  cells: Cells;
  plot: Plot;
  sums: Float64Array;
  reading: Reading;
  /** Counts by slot inside the box, if there is one. */
  selected: Float64Array | undefined;
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
  window: TimeWindow;
  kept: { from: number; to: number };
  /** What its cells were made of, and how: those of another model hold for this one where both are the same. */
  store: HeatStore;
  shape: string;
  strips: Strip[];
  /** The whole time shown. */
  sums: Float64Array;
  reading: Reading;
  lines: readonly Line[];
  /** Slots of one cell. */
  slotStep: number;
  /** Milliseconds of one cell, where the columns are as they should be. */
  cellMs: number;
  /** The count that has the last colour, in all strips. */
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
/** Beside the plot: bars, and with several strips their names and numbers. */
const SIDE_GAP = 12;
export const BARS_WIDTH = 104;
export const STRIP_BARS_WIDTH = 56;
export const READING_WIDTH = 112;
/** A cell is at least so many pixels high, and one device pixel wide. */
const CELL_HEIGHT = 3;
/** At least four powers of two, so that noise does not fill the panel. */
const LEAST_SLOTS = 32;

/**
 * Undefined while there is nothing to show, or no room, as in a panel behind an enlarged one. `before`: the model of a
 * moment ago, from which what has not changed is taken.
 */
export function histogramModel(
  store: HeatStore,
  named: readonly { name: string; counts: Counts }[],
  view: HistogramView,
  size: Size,
  ratio: number,
  before?: HistogramModel,
): HistogramModel | undefined {
  const kept = keptTime(store);
  if (!kept || size.width === 0) return undefined;
  const window = windowOf(kept, view);
  const { from, to } = window;
  const columns = columnsBetween(store, from, to);
  const everything = { ...columns, lo: 0, hi: SLOTS };
  const sums = sumColumns(store, store.total, everything);
  const slots = slotRange(sums);
  const side = named.length > 1 ? STRIP_BARS_WIDTH + READING_WIDTH : BARS_WIDTH;
  const width = Math.max(1, size.width - LEFT - SIDE_GAP - side);
  const height = Math.max(1, (size.height - TOP - BOTTOM + STRIP_GAP) / named.length - STRIP_GAP);
  const slotStep = stepFor(slots.hi - slots.lo, height / CELL_HEIGHT);
  const step = columnStep(view.fine, (to - from) / 1000, width * ratio);
  const box = view.box;
  const selectedRange = box && boxRange(store, box, columns);
  const lines = view.lines;
  const shape = [slots.lo, slots.hi, slotStep, step.of, step.by, ...lines].join();
  const same = before?.store === store && before.shape === shape && before.strips.length === named.length;
  const wanted = lines.map((line) => QUANTILES[line]);
  const strips = named.map(({ name, counts }, i): Strip => {
    const own = named.length === 1 ? sums : sumColumns(store, counts, everything);
    const range = { ...columns, ...slots };
    const old = same ? before.strips[i]?.cells : undefined;
    return {
      name,
      cells: cellsOf(store, counts, range, step, slotStep, wanted, old),
      plot: { left: LEFT, top: TOP + i * (height + STRIP_GAP), width, height, from, to, ...slots },
      sums: own,
      reading: readingOf(own),
      selected: selectedRange && sumColumns(store, counts, selectedRange),
    };
  });
  return {
    window,
    kept,
    store,
    shape,
    strips,
    sums,
    reading: readingOf(sums),
    lines,
    slotStep,
    cellMs: step.by * (step.of === "second" ? 1000 : 100),
    peak: niceCeiling(Math.max(...strips.map((s) => s.cells.peak))),
    selection:
      box &&
      selectedRange &&
      selectionOf(box, sumColumns(store, store.total, selectedRange), strips, total(sums)),
  };
}

/** As fine as is asked for and as there are pixels. */
export function columnStep(fine: boolean, seconds: number, pixels: number): ColumnStep {
  if (!fine) return { of: "second", by: Math.max(1, Math.ceil(seconds / pixels)) };
  const by = Math.max(1, Math.ceil((seconds * 10) / pixels));
  // From half a second on whole seconds are steadier than groups of readings.
  return by <= 5 ? { of: "column", by } : { of: "second", by: Math.ceil(by / 10) };
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

/** What of a box is shown; undefined when none of its time is. */
function boxRange(store: HeatStore, box: Box, shown: { begin: number; end: number }): Range | undefined {
  const columns = columnsBetween(store, box.from, box.to);
  const range: Range = {
    begin: Math.max(columns.begin, shown.begin),
    end: Math.min(columns.end, shown.end),
    lo: Math.max(0, box.lo),
    hi: Math.min(SLOTS, box.hi),
  };
  return range.begin < range.end ? range : undefined;
}

function selectionOf(box: Box, sums: Float64Array, strips: readonly Strip[], all: number): Selection {
  const reading = readingOf(sums);
  const parts = strips.map((s) => ({ name: s.name, all: s.selected ? total(s.selected) : 0 }));
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
