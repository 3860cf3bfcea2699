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

/**
 * Fills `pixels` (width × cells.rows, highest slots first) with the colours of cells, pixel column by pixel column;
 * 0 (transparent) where a cell is empty or nothing was watched.
 */
export function paintCells(
  pixels: Uint32Array,
  width: number,
  cells: Cells,
  span: { from: number; to: number },
  shading: Shading,
) {
  const { columns, rows, counts } = cells;
  const shade = shadeOf(shading);
  // A row of colours for each row of cells; its last one stays 0: what no column covers shows that one.
  const stride = columns + 1;
  const colours = new Uint32Array(rows * stride);
  for (let c = 0, from = 0; c < columns; c++)
    for (let at = (rows - 1) * stride + c; at >= 0; at -= stride)
      colours[at] = shade(counts[from++] as number);
  const columnOf = columnsOfPixels(width, cells, span);
  // Row by row, so that memory is written in one sweep.
  for (let row = 0; row < rows; row++) {
    const base = row * width;
    const own = colours.subarray(row * stride, (row + 1) * stride);
    for (let x = 0; x < width; x++) pixels[base + x] = own[columnOf[x] as number] as number;
  }
}

/** Which column of cells covers each pixel column; `cells.columns` where none does. */
function columnsOfPixels(width: number, cells: Cells, span: { from: number; to: number }): Uint32Array {
  const columnOf = new Uint32Array(width).fill(cells.columns);
  let column = 0;
  for (let x = 0; x < width; x++) {
    const at = span.from + ((x + 0.5) / width) * (span.to - span.from);
    while (column < cells.columns && (cells.to[column] as number) <= at) column++;
    if (column === cells.columns) break;
    if ((cells.from[column] as number) <= at) columnOf[x] = column;
  }
  return columnOf;
}
