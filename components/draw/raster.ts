/** A heatmap's cells as pixels, one for each, kept between updates: only columns that came or changed are painted. */
import type { Cells } from "./heat";
import type { Plot } from "./heatmap";
import type { Pen } from "./pen";
import { paintCells, type Shading, shadeOf } from "./shades";

/** One for each strip of a canvas. A column has the pixels of its place in the memory of `Cells.counts`. */
export class Raster {
  private readonly canvas = document.createElement("canvas");
  private memory: ArrayBufferLike | undefined;
  private shading: Shading | undefined;
  /** The time that each column of pixels was painted for. */
  private from = new Float64Array();
  private to = new Float64Array();

  /** Draws cells into `plot`. `ratio`: device pixels per CSS pixel. */
  draw(pen: Pen, cells: Cells, plot: Plot, shading: Shading, ratio: number) {
    if (cells.columns === 0 || cells.rows === 0) return;
    const at = this.paint(cells, shading);
    const snapped = (time: number) => {
      const x = plot.left + ((time - plot.from) / (plot.to - plot.from)) * plot.width;
      return Math.round(x * ratio) / ratio;
    };
    pen.save();
    pen.beginPath();
    pen.rect(plot.left, plot.top, plot.width, plot.height);
    pen.clip();
    pen.imageSmoothingEnabled = false;
    const half = (0.5 * (plot.to - plot.from)) / (plot.width * ratio);
    for (const [begin, end] of evenRuns(cells, half)) {
      const left = snapped(cells.from[begin] as number);
      const width = Math.max(1 / ratio, snapped(cells.to[end - 1] as number) - left);
      const part = [at + begin, 0, end - begin, cells.rows] as const;
      pen.drawImage(this.canvas, ...part, left, plot.top, width, plot.height);
    }
    pen.restore();
  }

  /** Returns the place of the first column. */
  private paint(cells: Cells, shading: Shading): number {
    const { rows, columns, counts } = cells;
    const all = counts.buffer.byteLength / 8 / rows;
    const at = counts.byteOffset / 8 / rows;
    const { shading: was } = this;
    const same =
      this.memory === counts.buffer &&
      this.canvas.height === rows &&
      was?.scale.ramp === shading.scale.ramp &&
      was.linear === shading.linear &&
      was.peak === shading.peak;
    if (!same) {
      this.memory = counts.buffer;
      this.shading = shading;
      this.canvas.width = Math.ceil(all);
      this.canvas.height = rows;
      this.from = new Float64Array(this.canvas.width).fill(Number.NaN);
      this.to = this.from.slice();
    }
    const shade = shadeOf(shading);
    const context = this.canvas.getContext("2d");
    const painted = (c: number) => this.from[at + c] === cells.from[c] && this.to[at + c] === cells.to[c];
    for (let c = 0; c < columns; c++) {
      if (painted(c)) continue;
      let end = c + 1;
      while (end < columns && !painted(end)) end++;
      const image = new ImageData(end - c, rows);
      paintCells(new Uint32Array(image.data.buffer), cells, c, end, shade);
      context?.putImageData(image, at + c, 0);
      this.from.set(cells.from.subarray(c, end), at + c);
      this.to.set(cells.to.subarray(c, end), at + c);
      c = end;
    }
    return at;
  }
}

/**
 * Splits columns where time is missing, and where columns of equal width would lie `tolerance` milliseconds or more from
 * where they should: what is left between can be drawn as one picture.
 */
export function evenRuns(cells: Cells, tolerance: number): [begin: number, end: number][] {
  const { from, to, columns } = cells;
  const runs: [number, number][] = [];
  const split = (begin: number, end: number) => {
    const start = from[begin] as number;
    const each = ((to[end - 1] as number) - start) / (end - begin);
    let [worst, at] = [tolerance, begin];
    for (let c = begin + 1; c < end; c++) {
      const off = Math.abs((from[c] as number) - start - (c - begin) * each);
      if (off > worst) [worst, at] = [off, c];
    }
    if (at === begin) runs.push([begin, end]);
    else {
      split(begin, at);
      split(at, end);
    }
  };
  let begin = 0;
  for (let c = 1; c <= columns; c++)
    if (c === columns || (from[c] as number) - (to[c - 1] as number) > tolerance) {
      split(begin, c);
      begin = c;
    }
  return runs;
}
