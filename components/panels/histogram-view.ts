/** How a histogram is set, as text for the address bar: `by:disk,last:300,lines:p50.p99,box:1200-24200:150-176`. */
import { SCALES, type Scale } from "../draw/ramp";

/** A box of time (milliseconds of CLOCK_MONOTONIC) and slots, `to` and `hi` exclusive. */
export interface Box {
  from: number;
  to: number;
  lo: number;
  hi: number;
}

/** Lines over the heatmap, ascending; `max` is the upper edge of the highest slot with a count. */
export const LINES = ["p50", "p90", "p99", "max"] as const;
export type Line = (typeof LINES)[number];
export const QUANTILES: Record<Line, number> = { p50: 0.5, p90: 0.9, p99: 0.99, max: 1 };

export interface HistogramView {
  /** Name of the column that small multiples are made by; "": none. */
  by: string;
  /** Seconds shown. */
  last: number;
  /** Where the time shown ends, milliseconds of CLOCK_MONOTONIC; undefined: now, and so it moves. */
  to: number | undefined;
  box: Box | undefined;
  lines: readonly Line[];
  scale: Scale;
  /** Colours grow with the count itself instead of its logarithm. */
  linear: boolean;
  /** Columns of 100 ms instead of a second. */
  fine: boolean;
}

export const SPANS = [60, 120, 300, 900];
/** What is kept, and so the most that can be shown; the least that is still a heatmap. Seconds. */
export const LONGEST = 900;
export const SHORTEST = 5;
export const USUAL: HistogramView = {
  by: "",
  last: 120,
  to: undefined,
  box: undefined,
  lines: ["p50", "p99"],
  scale: "viridis",
  linear: false,
  fine: false,
};

/** What cannot be read is as usual. */
export function readHistogramView(text: string): HistogramView {
  const view = { ...USUAL };
  for (const part of text.split(",")) {
    const colon = part.indexOf(":");
    const value = part.slice(colon + 1);
    const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    if (part.startsWith("by:")) view.by = value;
    if (part.startsWith("last:") && number >= SHORTEST && number <= LONGEST) view.last = number;
    if (part.startsWith("to:") && Number.isFinite(number)) view.to = number;
    if (part.startsWith("lines:")) view.lines = LINES.filter((line) => value.split(".").includes(line));
    if (part.startsWith("scale:")) view.scale = SCALES.find((scale) => scale === value) ?? USUAL.scale;
    if (part === "count:linear") view.linear = true;
    if (part === "every:100ms") view.fine = true;
    const box = /^box:(\d+)-(\d+):(\d+)-(\d+)$/.exec(part);
    if (!box) continue;
    const [from, to, lo, hi] = box.slice(1).map(Number) as [number, number, number, number];
    if (from < to && lo < hi) view.box = { from, to, lo, hi };
  }
  return view;
}

export function writeHistogramView(view: HistogramView): string {
  const { by, last, to, box, lines, scale, linear, fine } = view;
  const parts: string[] = [];
  if (by) parts.push(`by:${by}`);
  if (last !== USUAL.last) parts.push(`last:${Math.round(last * 10) / 10}`);
  if (to !== undefined) parts.push(`to:${Math.round(to)}`);
  if (fine) parts.push("every:100ms");
  if (lines.join() !== USUAL.lines.join()) parts.push(`lines:${lines.join(".")}`);
  if (scale !== USUAL.scale) parts.push(`scale:${scale}`);
  if (linear) parts.push("count:linear");
  if (box) parts.push(`box:${Math.round(box.from)}-${Math.round(box.to)}:${box.lo}-${box.hi}`);
  return parts.join(",");
}
