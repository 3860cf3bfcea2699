/** How a histogram is set, as text for the address bar: `by:disk,last:300,box:1200-24200:150-176`. */

/** A box of time (milliseconds of CLOCK_MONOTONIC) and slots, `to` and `hi` exclusive. */
export interface Box {
  from: number;
  to: number;
  lo: number;
  hi: number;
}

export interface HistogramView {
  /** Name of the column that small multiples are made by; "": none. */
  by: string;
  /** Seconds shown. */
  last: number;
  box: Box | undefined;
}

export const SPANS = [60, 120, 300, 900];
const USUAL: HistogramView = { by: "", last: 120, box: undefined };

/** What cannot be read is as usual. */
export function readHistogramView(text: string): HistogramView {
  const view = { ...USUAL };
  for (const part of text.split(",")) {
    const colon = part.indexOf(":");
    const value = part.slice(colon + 1);
    if (part.startsWith("by:")) view.by = value;
    if (part.startsWith("last:") && SPANS.includes(Number(value))) view.last = Number(value);
    const box = /^box:(\d+)-(\d+):(\d+)-(\d+)$/.exec(part);
    if (!box) continue;
    const [from, to, lo, hi] = box.slice(1).map(Number) as [number, number, number, number];
    if (from < to && lo < hi) view.box = { from, to, lo, hi };
  }
  return view;
}

export function writeHistogramView({ by, last, box }: HistogramView): string {
  const parts: string[] = [];
  if (by) parts.push(`by:${by}`);
  if (last !== USUAL.last) parts.push(`last:${last}`);
  if (box) parts.push(`box:${Math.round(box.from)}-${Math.round(box.to)}:${box.lo}-${box.hi}`);
  return parts.join(",");
}
