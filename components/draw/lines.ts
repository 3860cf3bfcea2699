/** Percentile lines through a heatmap's columns, with a halo so that they are read on any colour. */
import type { Cells } from "./heat";
import { type Plot, xOf, yOf } from "./heatmap";
import type { Pen } from "./pen";

export interface PercentileLine {
  /** Of each column, in slots; NaN: none. */
  positions: Float64Array;
  colour: string;
  dashed: boolean;
}

/** CSS pixels on either side of a line. */
const [HALO, HALF] = [2, 0.75];
const DASHES = [3, 3];

/**
 * Broken where a column has no value, and where time is missing. `ratio`: device pixels per CSS pixel; `layer`: of a canvas
 * that is drawn again and again.
 */
export function drawLines(
  pen: Pen,
  cells: Cells,
  plot: Plot,
  lines: readonly PercentileLine[],
  halo: string,
  ratio: number,
  layer?: LineLayer,
) {
  if (layer && plot.width / cells.columns < DENSE) return layer.draw(pen, cells, plot, lines, halo, ratio);
  pen.save();
  pen.beginPath();
  pen.rect(plot.left, plot.top, plot.width, plot.height);
  pen.clip();
  for (const line of lines) drawPath(pen, cells, plot, line, halo);
  pen.restore();
}

const breaks = (cells: Cells, positions: Float64Array, c: number) =>
  Number.isNaN(positions[c] as number) || (c > 0 && (cells.from[c] as number) > (cells.to[c - 1] as number));

function drawPath(
  pen: Pen,
  cells: Cells,
  plot: Plot,
  { positions, colour, dashed }: PercentileLine,
  halo: string,
) {
  pen.beginPath();
  let drawing = false;
  for (let c = 0; c < cells.columns; c++) {
    const position = positions[c] as number;
    if (breaks(cells, positions, c)) drawing = false;
    if (Number.isNaN(position)) continue;
    const x = xOf(plot, ((cells.from[c] as number) + (cells.to[c] as number)) / 2);
    const y = yOf(plot, position);
    if (drawing) pen.lineTo(x, y);
    else pen.moveTo(x - 0.5, y);
    if (!drawing) pen.lineTo(x, y);
    drawing = true;
  }
  pen.lineJoin = "bevel";
  pen.strokeStyle = halo;
  pen.lineWidth = 2 * HALO;
  pen.stroke();
  pen.setLineDash(dashed ? DASHES : []);
  pen.strokeStyle = colour;
  pen.lineWidth = 2 * HALF;
  pen.stroke();
  pen.setLineDash([]);
}

/** Pixels a column: with narrower ones lines are drawn upright, column by column. */
const DENSE = 3;

/** Pixels of the screen over a plot, row by row from its top. */
export interface Pixels {
  data: Uint32Array;
  width: number;
  height: number;
  /** Rows that are not empty: from the first, to the last and one. */
  first: number;
  end: number;
}

/** For each column a rectangle from the value before it to its own, and `half` pixels beyond both. */
export function paintUpright(
  pixels: Pixels,
  cells: Cells,
  plot: Plot,
  { positions, dashed }: Pick<PercentileLine, "positions" | "dashed">,
  colour: number,
  half: number,
) {
  const { data, width, height } = pixels;
  const perMs = width / (plot.to - plot.from);
  const perSlot = height / (plot.hi - plot.lo);
  let before = Number.NaN;
  for (let c = 0; c < cells.columns; c++) {
    if (breaks(cells, positions, c)) before = Number.NaN;
    const y = height - ((positions[c] as number) - plot.lo) * perSlot;
    if (Number.isNaN(y)) continue;
    const from = Number.isNaN(before) ? y : before;
    before = y;
    if (dashed && (c & 4) === 0) continue;
    const left = Math.round(((cells.from[c] as number) - plot.from) * perMs);
    const right = Math.min(
      width,
      Math.max(left + 1, Math.round(((cells.to[c] as number) - plot.from) * perMs)),
    );
    const x = Math.max(0, left);
    if (right <= x) continue;
    const top = Math.round(Math.min(from, y) - half);
    const bottom = Math.min(height, Math.max(top + 1, Math.round(Math.max(from, y) + half)));
    // TypedArray.fill() takes as long for two pixels as for fifty.
    for (let at = Math.max(0, top) * width; at < bottom * width; at += width)
      for (let pixel = at + x; pixel < at + right; pixel++) data[pixel] = colour;
    if (top < bottom) {
      pixels.first = Math.max(0, Math.min(pixels.first, top));
      pixels.end = Math.max(pixels.end, bottom);
    }
  }
}

/**
 * Lines as pixels of their own, kept between updates. A canvas without a graphics card takes longer for a rectangle a
 * column than for all the rest of a heatmap, and longer still to stroke a path of a thousand turns.
 */
export class LineLayer {
  private readonly canvas = document.createElement("canvas");
  private image: ImageData | undefined;
  private touched = { first: 0, end: 0 };

  draw(pen: Pen, cells: Cells, plot: Plot, lines: readonly PercentileLine[], halo: string, ratio: number) {
    const { canvas } = this;
    const [width, height] = [Math.round(plot.width * ratio), Math.round(plot.height * ratio)];
    if (width < 1 || height < 1) return;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const context = canvas.getContext("2d");
    if (!context) return;
    let { image } = this;
    if (image?.width !== width || image.height !== height) image = this.image = new ImageData(width, height);
    const data = new Uint32Array(image.data.buffer);
    data.fill(0, this.touched.first * width, this.touched.end * width);
    const pixels: Pixels = { data, width, height, first: height, end: 0 };
    for (const line of lines)
      paintUpright(pixels, cells, plot, { ...line, dashed: false }, pixelOf(halo), HALO * ratio);
    for (const line of lines) paintUpright(pixels, cells, plot, line, pixelOf(line.colour), HALF * ratio);
    const { first, end } = pixels;
    const top = Math.min(first, this.touched.first);
    const rows = Math.max(end, this.touched.end) - top;
    context.putImageData(image, 0, 0, 0, top, width, rows);
    this.touched = { first, end };
    if (first >= end) return;
    pen.save();
    pen.imageSmoothingEnabled = false;
    const place = [plot.left, plot.top + first / ratio, width / ratio, (end - first) / ratio] as const;
    pen.drawImage(canvas, 0, first, width, end - first, ...place);
    pen.restore();
  }
}

const known = new Map<string, number>();

/** A CSS colour as a pixel of an ImageData's buffer. */
function pixelOf(colour: string): number {
  const kept = known.get(colour);
  if (kept !== undefined) return kept;
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return 0;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [pixel = 0] = new Uint32Array(context.getImageData(0, 0, 1, 1).data.buffer);
  known.set(colour, pixel);
  return pixel;
}
