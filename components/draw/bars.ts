/** A distribution as bars beside a heatmap's rows, and that of a selection over it. */

import type { Pen } from "./pen";
import { logWidth, total } from "./slots";

/** Counts by slot in groups of `step`, highest first: one for each bar. */
export function barsOf(sums: Float64Array, lo: number, hi: number, step: number): number[] {
  const bars: number[] = [];
  for (let s = hi - step; s >= lo; s -= step) bars.push(total(sums, s, s + step));
  return bars;
}

/** The power of two that brings the selection to at most half of the whole. */
export function enlargement(all: number, selected: number): number {
  if (selected <= 0 || selected >= all / 2) return 1;
  return 2 ** Math.floor(Math.log2(all / 2 / selected));
}

/** Bar lengths: slots are not equally wide on a log axis, so by count alone an even distribution would look like a saw. */
export const lengthsOf = (bars: readonly number[], hi: number, step: number) =>
  bars.map((value, i) => (value * step) / logWidth(hi - (i + 1) * step, hi - i * step));

/** `most`: the length that fills the width. Lengths as of `lengthsOf`, the first bar at the top. */
export function drawBars(
  pen: Pen,
  lengths: readonly number[],
  most: number,
  place: { left: number; top: number; width: number; height: number },
  colour: string,
) {
  if (most <= 0) return;
  const each = place.height / lengths.length;
  const gap = each > 4 ? 1 : 0;
  pen.fillStyle = colour;
  lengths.forEach((length, i) => {
    if (length <= 0) return;
    // What is there at all is seen.
    const width = Math.max(0.75, Math.min(1, length / most) * place.width);
    pen.fillRect(place.left, place.top + i * each, width, each - gap);
  });
}
