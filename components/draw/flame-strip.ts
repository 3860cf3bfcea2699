/** The subsecond-offset heatmap on a canvas: seconds from left to right, offsets from the bottom up. */
import { hatch } from "./hatch";
import type { Palette } from "./palette";

/** Weights by second of CLOCK_MONOTONIC and offset within it, of the seconds `first` to `end`. */
export interface Offsets {
  readonly first: number;
  readonly end: number;
  at(second: number, offset: number): number;
}

/** Parts of a second: 50 ms each. */
export const OFFSETS = 20;
export const OFFSET_MS = 1000 / OFFSETS;

export interface StripCell {
  second: number;
  offset: number;
}

/** What of the time is shown where: the newest second stands at the right. CSS pixels. */
export interface Strip {
  width: number;
  height: number;
  /** Width of a second. */
  cell: number;
  first: number;
  end: number;
}

interface Range {
  from: number;
  to: number;
}

/** Seconds get narrower while more come, down to two pixels; then the oldest are left out. `now`: milliseconds. */
export function geometryOf(width: number, height: number, heat: Offsets, now: number): Strip {
  const end = Math.max(heat.end, Math.floor(now / 1000) + 1);
  const cell = Math.min(6, Math.max(2, Math.floor(width / Math.max(1, end - heat.first))));
  return { width, height, cell, first: end - Math.max(1, Math.floor(width / cell)), end };
}

export function cellAt({ cell, first, end, height }: Strip, x: number, y: number): StripCell {
  const second = Math.min(end - 1, Math.max(first, first + Math.floor(x / cell)));
  const offset = Math.min(OFFSETS - 1, Math.max(0, OFFSETS - 1 - Math.floor((y * OFFSETS) / height)));
  return { second, offset };
}

/** When a cell begins, milliseconds of CLOCK_MONOTONIC. */
export const timeOf = ({ second, offset }: StripCell) => second * 1000 + offset * OFFSET_MS;

/** Both cells included, whichever comes first. */
export function rangeBetween(a: StripCell, b: StripCell): Range {
  const [from, to] = [Math.min(timeOf(a), timeOf(b)), Math.max(timeOf(a), timeOf(b))];
  return { from, to: to + OFFSET_MS };
}

/** Where a key leads from a cell; undefined: it is no key of the strip. */
export function step(strip: Strip, from: StripCell | undefined, key: string): StripCell | undefined {
  const ways: Record<string, [seconds: number, offsets: number]> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
    PageUp: [-10, 0],
    PageDown: [10, 0],
    Home: [strip.first - strip.end, 0],
    End: [strip.end - strip.first, 0],
  };
  const way = ways[key];
  if (!way) return undefined;
  if (!from) return { second: strip.end - 1, offset: 0 };
  // Up from the end of a second goes on in the next.
  const cells = (from.second + way[0]) * OFFSETS + from.offset + way[1];
  const second = Math.floor(cells / OFFSETS);
  if (second < strip.first) return { second: strip.first, offset: way[0] < 0 ? from.offset : 0 };
  if (second >= strip.end) return { second: strip.end - 1, offset: way[0] > 0 ? from.offset : OFFSETS - 1 };
  return { second, offset: cells - second * OFFSETS };
}

/** Colours go by the weight to the power of `gamma`: 1 for counts; what spans decades, as times do, wants less. */
export function drawOffsets(
  context: CanvasRenderingContext2D,
  heat: Offsets,
  strip: Strip,
  gamma: number,
  palette: Palette,
) {
  const { width, height, cell, end } = strip;
  context.fillStyle = palette.bg;
  context.fillRect(0, 0, width, height);
  const first = Math.max(strip.first, heat.first);
  let peak = 0;
  for (let second = first; second < end; second++)
    for (let offset = 0; offset < OFFSETS; offset++) peak = Math.max(peak, heat.at(second, offset));
  if (peak === 0) return;
  const columns = Math.max(1, end - strip.first);
  const image = new ImageData(columns, OFFSETS);
  const pixels = new Uint32Array(image.data.buffer);
  for (let second = first; second < end; second++)
    for (let offset = 0; offset < OFFSETS; offset++) {
      const weight = heat.at(second, offset);
      if (weight === 0) continue;
      const shade = Math.round((weight / peak) ** gamma * (palette.ramp.length - 1));
      pixels[(OFFSETS - 1 - offset) * columns + second - strip.first] = palette.ramp[shade] as number;
    }
  scratch ??= new OffscreenCanvas(1, 1);
  scratch.width = columns;
  scratch.height = OFFSETS;
  scratch.getContext("2d")?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(scratch, 0, 0, columns * cell, height);
}
let scratch: OffscreenCanvas | undefined;

/** Times of which rows are missing: not to be taken for times when nothing ran. */
export function drawGaps(
  context: CanvasRenderingContext2D,
  strip: Strip,
  gaps: readonly Range[],
  palette: Palette,
) {
  for (const gap of gaps) {
    const path = stretchPath(strip, gap);
    if (!path) continue;
    context.save();
    context.clip(path);
    hatch(context, 0, 0, strip.width, strip.height, palette);
    context.restore();
  }
}

/** A stretch of time goes up a second, then up the next one: drawn as an outline along its cells; `alone` veils all else. */
export function drawStretch(
  context: CanvasRenderingContext2D,
  strip: Strip,
  range: Range,
  how: "outline" | "dashed" | "alone",
  palette: Palette,
) {
  const path = stretchPath(strip, range);
  if (!path) return;
  context.save();
  context.beginPath();
  context.rect(0, 0, strip.width, strip.height);
  context.clip();
  if (how === "alone") {
    const rest = new Path2D(path);
    rest.rect(0, 0, strip.width, strip.height);
    context.globalAlpha = 0.6;
    context.fillStyle = palette.panel;
    context.fill(rest, "evenodd");
    context.globalAlpha = 1;
  }
  context.setLineDash(how === "dashed" ? [3, 2] : []);
  context.strokeStyle = how === "alone" ? palette.text : palette.dim;
  context.lineWidth = 1;
  context.stroke(path);
  context.restore();
}

/** Undefined when nothing of it is shown. */
function stretchPath({ cell, first, end, height }: Strip, { from, to }: Range): Path2D | undefined {
  const [begin, last] = [Math.floor(from / 1000), Math.ceil(to / 1000) - 1];
  if (last < first || begin >= end) return undefined;
  const x = (second: number) => (Math.min(end, Math.max(first - 1, second)) - first) * cell;
  const y = (time: number, second: number) =>
    height * (1 - Math.min(1, Math.max(0, (time - second * 1000) / 1000)));
  const path = new Path2D();
  const [top, bottom] = [y(to, last), y(from, begin)];
  if (begin === last) path.rect(x(begin), top, cell, bottom - top);
  else {
    path.moveTo(x(begin), bottom);
    path.lineTo(x(begin), 0);
    path.lineTo(x(last), 0);
    if (top > 0) path.lineTo(x(last), top);
    path.lineTo(x(last + 1), top);
    path.lineTo(x(last + 1), height);
    path.lineTo(x(begin + 1), height);
    path.lineTo(x(begin + 1), bottom);
    path.closePath();
  }
  return path;
}

/** A moment that is read on this panel or another. */
export function drawCursor(context: CanvasRenderingContext2D, strip: Strip, time: number, colour: string) {
  const second = Math.floor(time / 1000);
  if (second < strip.first || second >= strip.end) return;
  const x = (second - strip.first) * strip.cell;
  const y = strip.height * (1 - (time - second * 1000 + OFFSET_MS) / 1000);
  context.globalAlpha = 0.35;
  context.fillStyle = colour;
  context.fillRect(x, 0, strip.cell, strip.height);
  context.globalAlpha = 1;
  context.fillRect(x, Math.max(0, y), strip.cell, strip.height / OFFSETS);
}
