/** How a histogram's numbers are said. */

import { clock } from "../draw/axis";
import { slotLower } from "../draw/slots";
import { nsec } from "../format";

export const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** A time, or a dash where nothing was counted. */
export const timeWord = (value: number) => (Number.isNaN(value) ? "–" : nsec(value));

/** Slots [lo, hi) as times, the unit once when it is the same: 8.19–40.9 ms. */
export function valueRange(lo: number, hi: number): string {
  const [low, high] = [nsec(slotLower(lo)), nsec(slotLower(hi))];
  const [number = "", unit] = low.split(" ");
  return high.endsWith(` ${unit}`) ? `${number}–${high}` : `${low} – ${high}`;
}

/** Milliseconds since the epoch: 14:31:07–14:31:08. */
export const clockRange = (from: number, to: number) => `${clock(from)}–${clock(to)}`;
