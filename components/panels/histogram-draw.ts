/** The whole of a histogram panel with one pen: heatmaps, lines, axes, bars and readings. For its canvas and its picture. */
import { decadeTicks, timeTicks } from "../draw/axis";
import { barsOf, drawBars, enlargement, lengthsOf } from "../draw/bars";
import {
  drawGround,
  drawLineNames,
  drawTimeAxis,
  drawValueAxis,
  type Plot,
  setFont,
  xOf,
  yOf,
} from "../draw/heatmap";
import { drawLines, LineLayer } from "../draw/lines";
import type { Palette } from "../draw/palette";
import type { Pen } from "../draw/pen";
import type { Scale } from "../draw/ramp";
import { Raster } from "../draw/raster";
import { clip } from "../draw/text";
import { count, nsec } from "../format";
import {
  BARS_WIDTH,
  type HistogramModel,
  READING_WIDTH,
  STRIP_BARS_WIDTH,
  type Strip,
  stepFor,
} from "./histogram-model";
import type { Spot } from "./histogram-spot";
import type { Box, Line } from "./histogram-view";
import { timeWord } from "./histogram-words";

export interface Look {
  palette: Palette;
  scale: Scale;
  linear: boolean;
  /** Device pixels per CSS pixel. */
  ratio: number;
  /** Wall clock minus CLOCK_MONOTONIC, milliseconds. */
  epoch: number;
}

/** The slow percentile has the accent; `max` is a lighter thing than the percentiles, since one value makes it. */
export const lineColour = (line: Line, palette: Palette): string =>
  ({ p50: palette.text, p90: palette.dim, p99: palette.accent, max: palette.dim })[line];

/** What a canvas keeps of one strip from one drawing to the next. */
export interface Layers {
  cells: Raster;
  lines: LineLayer;
}

/** `layers`: empty at first, kept for the next time; undefined: drawn just once. */
export function drawHistogram(pen: Pen, layers: Layers[] | undefined, model: HistogramModel, look: Look) {
  const { palette, epoch } = look;
  const { lines, strips } = model;
  const last = strips.at(-1);
  if (!last) return;
  const shading = { scale: palette.scales[look.scale], linear: look.linear, peak: model.peak };
  strips.forEach(({ plot, cells }, s) => {
    drawGround(pen, cells, plot, palette);
    drawValueAxis(pen, plot, decadeTicks(plot.lo, plot.hi), nsec, palette);
    if (layers && !layers[s]) layers[s] = { cells: new Raster(), lines: new LineLayer() };
    const kept = layers?.[s];
    (kept?.cells ?? new Raster()).draw(pen, cells, plot, shading, look.ratio);
    const drawn = lines.map((name, i) => ({
      name,
      positions: cells.lines[i] as Float64Array,
      colour: lineColour(name, palette),
      dashed: name === "max",
    }));
    drawLines(pen, cells, plot, drawn, palette.halo, look.ratio, kept?.lines);
    const ends = drawn.map((line) => ({
      ...line,
      position: line.positions[cells.columns - 1] ?? Number.NaN,
    }));
    drawLineNames(pen, plot, ends.reverse(), palette);
  });
  drawSide(pen, model, palette);
  const { plot } = last;
  drawTimeAxis(pen, plot, timeTicks(plot.from + epoch, plot.to + epoch, plot.width / 90), epoch, palette);
}

const MOST_BARS = 64;
const SIDE_GAP = 12;

/** Bars share one scale over all strips, as the colours do; the selection has its own, which is told. */
function drawSide(pen: Pen, model: HistogramModel, palette: Palette) {
  const { strips } = model;
  const [first] = strips;
  if (!first) return;
  const { lo, hi } = first.plot;
  const many = strips.length > 1;
  const step = Math.max(model.slotStep, stepFor(hi - lo, MOST_BARS));
  const all = strips.map(({ sums }) => lengthsOf(barsOf(sums, lo, hi, step), hi, step));
  const chosen = strips.map(({ selected }) =>
    selected ? lengthsOf(barsOf(selected, lo, hi, step), hi, step) : [],
  );
  const most = Math.max(...all.flat());
  const times = model.selection ? enlargement(most, Math.max(0, ...chosen.flat())) : 1;
  strips.forEach((strip, i) => {
    const { plot } = strip;
    const left = plot.left + plot.width + SIDE_GAP;
    const width = many ? STRIP_BARS_WIDTH : BARS_WIDTH;
    const place = { left, top: plot.top, width, height: plot.height };
    drawBars(pen, all[i] ?? [], most, place, palette.faint);
    drawBars(pen, chosen[i] ?? [], most / times, place, palette.accent);
    if (many) drawReading(pen, strip, left + width + 8, palette);
  });
  const { plot } = strips.at(-1) ?? first;
  setFont(pen, palette);
  pen.textAlign = "left";
  pen.fillStyle = palette.dim;
  const [x, y] = [plot.left + plot.width + SIDE_GAP, plot.top + plot.height + 11];
  const whole = "all ";
  const selection = `selection${times > 1 ? ` ×${count(times)}` : ""}`;
  const room = many ? STRIP_BARS_WIDTH + READING_WIDTH : BARS_WIDTH;
  const both = pen.measureText(whole + selection).width <= room;
  if (!model.selection || both) pen.fillText(whole, x, y);
  if (!model.selection) return;
  pen.fillStyle = palette.accent;
  pen.fillText(selection, both ? x + pen.measureText(whole).width : x, y);
}

const READING_LINE = 15;

/** A small multiple's name and numbers, as many as there is height for. */
function drawReading(pen: Pen, { plot, name, reading }: Strip, left: number, palette: Palette) {
  setFont(pen, palette, 11);
  pen.textAlign = "left";
  const cell = pen.measureText("0").width;
  const room = Math.floor((READING_WIDTH - 8) / cell);
  const lines: [string, string][] = [
    [clip(name, room), palette.text],
    [`p99 ${timeWord(reading.p99)}`, palette.accent],
    [`p50 ${timeWord(reading.p50)}`, palette.dim],
    [count(reading.all), palette.dim],
  ];
  lines.slice(0, Math.max(1, Math.floor(plot.height / READING_LINE))).forEach(([text, colour], i) => {
    pen.fillStyle = colour;
    pen.fillText(text, left, plot.top + (i + 0.5) * READING_LINE);
  });
}

/** What changes with the pointer: the box, the crosshair, and `cursor`, where another panel is being read. */
export function drawOverlay(
  pen: Pen,
  model: HistogramModel,
  palette: Palette,
  { spot, box, cursor }: { spot: Spot | undefined; box: Box | undefined; cursor: number | undefined },
) {
  model.strips.forEach(({ plot }, i) => {
    pen.save();
    pen.beginPath();
    pen.rect(plot.left, plot.top, plot.width, plot.height);
    pen.clip();
    if (box) drawBox(pen, plot, box, palette);
    pen.fillStyle = palette.text;
    pen.globalAlpha = 0.6;
    if (spot) {
      pen.fillRect(Math.round(spot.x), plot.top, 1, plot.height);
      if (spot.strip === i) pen.fillRect(plot.left, Math.round(spot.y), plot.width, 1);
    } else if (cursor !== undefined && cursor >= plot.from && cursor < plot.to) {
      const x = Math.round(xOf(plot, cursor));
      for (let y = plot.top; y < plot.top + plot.height; y += 6) pen.fillRect(x, y, 1, 3);
    }
    pen.restore();
  });
}

function drawBox(pen: Pen, plot: Plot, box: Box, palette: Palette) {
  const [x, right] = [Math.round(xOf(plot, box.from)), Math.round(xOf(plot, box.to))];
  const [y, bottom] = [Math.round(yOf(plot, box.hi)), Math.round(yOf(plot, box.lo))];
  for (const [colour, dash] of [
    [palette.halo, []],
    [palette.text, [4, 3]],
  ] as const) {
    pen.strokeStyle = colour;
    pen.lineWidth = dash.length ? 1 : 3;
    pen.setLineDash([...dash]);
    pen.strokeRect(x + 0.5, y + 0.5, Math.max(1, right - x - 1), Math.max(1, bottom - y - 1));
  }
  pen.setLineDash([]);
}
