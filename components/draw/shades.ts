/** From counts to colours, cell by cell. */
import type { Cells } from "./heat";
import type { CountScale } from "./palette";

/** How a count becomes a place on the colour scale: `log` from 1 to `peak`, `linear` from 0. */
export interface Shading {
  scale: CountScale;
  linear: boolean;
  /** The count that has the last colour. */
  peak: number;
}

/** Counts with the same seven digits behind their highest bit have the same colour: a look-up instead of a logarithm. */
const DIGITS = 7;

/** One table a scale and peak: a heatmap's changes only when its peak does. */
const tables = new WeakMap<Uint32Array, { peak: number; table: Uint32Array }>();

function logTable(ramp: Uint32Array, peak: number): Uint32Array {
  const kept = tables.get(ramp);
  if (kept?.peak === peak) return kept.table;
  const table = new Uint32Array(31 << DIGITS);
  for (let i = 0; i < table.length; i++)
    table[i] = ramp[logPlace(2 ** (i >> DIGITS) * (1 + (i & 127) / 128), peak, ramp.length)] as number;
  tables.set(ramp, { peak, table });
  return table;
}

const logPlace = (count: number, peak: number, colours: number) =>
  Math.min(colours - 1, Math.round((Math.log2(count) / Math.log2(Math.max(2, peak))) * (colours - 1)));

/** The colour of a count, 0 (transparent) for none. */
export function shadeOf({ scale, linear, peak }: Shading): (count: number) => number {
  const { ramp } = scale;
  const last = ramp.length - 1;
  if (linear) {
    const factor = last / Math.max(1, peak);
    return (count) => (count === 0 ? 0 : (ramp[Math.min(last, Math.round(count * factor))] as number));
  }
  const table = logTable(ramp, peak);
  return (count) => {
    if (count === 0) return 0;
    if (count >= 2 ** 31) return ramp[logPlace(count, peak, ramp.length)] as number;
    const zeros = Math.clz32(count);
    return table[((31 - zeros) << DIGITS) | (((count << zeros) >>> 24) & 127)] as number;
  };
}

/** Counts at the ends and the middle of the colour scale. */
export function legendCounts({ linear, peak }: Pick<Shading, "linear" | "peak">): [number, number, number] {
  const top = Math.max(2, peak);
  return linear ? [0, top / 2, top] : [1, Math.round(Math.sqrt(top)), top];
}

/** Fills `pixels` ((end - begin) × cells.rows, highest slots first) with the colours of columns [begin, end), 0 for an empty cell. */
export function paintCells(
  pixels: Uint32Array,
  cells: Cells,
  begin: number,
  end: number,
  shade: (count: number) => number,
) {
  const { rows, counts } = cells;
  const width = end - begin;
  for (let c = 0, from = begin * rows; c < width; c++)
    for (let at = (rows - 1) * width + c; at >= 0; at -= width) pixels[at] = shade(counts[from++] as number);
}
