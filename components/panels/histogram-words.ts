/** How a histogram's numbers are said. */

import { clock } from "../draw/axis";
import { slotLower } from "../draw/slots";
import { count, nsec } from "../format";
import type { Selection } from "./histogram-model";

/** What is there at all is not 0.0 %. */
export const percent = (share: number) =>
  share > 0 && share < 0.0005 ? "< 0.1 %" : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** A time, or a dash where nothing was counted. */
export const timeWord = (value: number) => (Number.isNaN(value) ? "–" : nsec(value));

/** Slots [lo, hi) as times, the unit once when it is the same: 8.19–40.9 ms. */
export function valueRange(lo: number, hi: number): string {
  const [low, high] = [nsec(slotLower(lo)), nsec(slotLower(hi))];
  const [number = "", unit] = low.split(" ");
  return high.endsWith(` ${unit}`) ? `${number}–${high}` : `${low} – ${high}`;
}

/** Milliseconds since the epoch: 14:31:07–14:31:08; tenths where it is shorter than a second. */
export function clockRange(from: number, to: number): string {
  if (to - from > 900) return `${clock(from)}–${clock(to)}`;
  const tenths = (at: number) => {
    const whole = Math.round(at / 100) * 100;
    return `${clock(whole)}.${(whole / 100) % 10}`;
  };
  return `${tenths(from)}–${tenths(to).slice(6)}`;
}

/** A span in seconds as one says it: 90 s, 2 min, 12.5 s. */
export const spanWord = (seconds: number) =>
  seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.round(seconds * 10) / 10} s`;

/** 24 s × 8–40 ms: 1,204 requests, 0.4 %, mostly write (80 %). */
export function selectionWords(selection: Selection, noun: string): string {
  const { box, reading, share, mostly } = selection;
  const what = `${nsec((box.to - box.from) * 1e6)} × ${valueRange(box.lo, box.hi)}`;
  const most = mostly ? `, mostly ${mostly.name} (${percent(mostly.share)})` : "";
  return `${what}: ${count(reading.all)} ${noun}, ${percent(share)}${most}`;
}
