/** What stands around and above a heatmap's cells (raster.ts): arrays and a viewport in, pixels out. */
import { clock, type Tick } from "./axis";
import { hatch } from "./hatch";
import type { Cells } from "./heat";
import type { Palette } from "./palette";
import type { Pen } from "./pen";

/** Where a heatmap lies, in CSS pixels, and what of the data it shows. */
export interface Plot {
  left: number;
  top: number;
  width: number;
  height: number;
  /** Milliseconds of CLOCK_MONOTONIC. */
  from: number;
  to: number;
  /** Slots, `hi` exclusive. */
  lo: number;
  hi: number;
}

export const xOf = (plot: Plot, at: number) =>
  plot.left + ((at - plot.from) / (plot.to - plot.from)) * plot.width;
export const yOf = (plot: Plot, position: number) =>
  plot.top + plot.height * (1 - (position - plot.lo) / (plot.hi - plot.lo));
export const timeAt = (plot: Plot, x: number) =>
  plot.from + ((x - plot.left) / plot.width) * (plot.to - plot.from);
export const positionAt = (plot: Plot, y: number) =>
  plot.lo + (1 - (y - plot.top) / plot.height) * (plot.hi - plot.lo);

/** Watched time gets a ground of its own, gaps between watched times a hatch: neither can be taken for the other. */
export function drawGround(context: Pen, cells: Cells, plot: Plot, palette: Palette) {
  const clampX = (at: number) => Math.min(plot.left + plot.width, Math.max(plot.left, xOf(plot, at)));
  let start = 0;
  for (let c = 0; c < cells.columns; c++) {
    const end = cells.to[c] as number;
    const next = c + 1 < cells.columns ? (cells.from[c + 1] as number) : end;
    if (c + 1 < cells.columns && next <= end) continue;
    const x = clampX(cells.from[start] as number);
    context.fillStyle = palette.bg;
    context.fillRect(x, plot.top, clampX(end) - x, plot.height);
    if (next > end) {
      const left = clampX(end);
      context.save();
      context.beginPath();
      context.rect(left, plot.top, clampX(next) - left, plot.height);
      context.clip();
      hatch(context, left, plot.top, clampX(next) - left, plot.height, palette);
      context.restore();
    }
    start = c + 1;
  }
}

/** Names a line at its end; leaves out what would stand on top of the name above it. */
export function drawLineNames(
  context: Pen,
  plot: Plot,
  lines: readonly { name: string; colour: string; position: number }[],
  palette: Palette,
) {
  setFont(context, palette);
  context.textAlign = "right";
  let above = Number.NEGATIVE_INFINITY;
  for (const { name, colour, position } of lines) {
    const y = Math.max(plot.top + 6, yOf(plot, position) - 9);
    if (Number.isNaN(y) || y - above < 12) continue;
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = palette.halo;
    context.strokeText(name, plot.left + plot.width - 4, y);
    context.fillStyle = colour;
    context.fillText(name, plot.left + plot.width - 4, y);
    above = y;
  }
}

const FONT_SIZE = 10.5;

export function setFont(context: Pen, palette: Palette, size = FONT_SIZE) {
  context.font = `${size}px ${palette.font}`;
  context.textBaseline = "middle";
}

/** Value marks at the left and across the plot. */
export function drawValueAxis(
  context: Pen,
  plot: Plot,
  ticks: readonly Tick[],
  format: (value: number) => string,
  palette: Palette,
) {
  setFont(context, palette);
  context.textAlign = "right";
  let last = Number.POSITIVE_INFINITY;
  for (const tick of ticks) {
    const y = Math.round(yOf(plot, tick.at)) + 0.5;
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(plot.left, y);
    context.lineTo(plot.left + plot.width, y);
    context.stroke();
    if (last - y < 12) continue;
    context.fillStyle = palette.dim;
    context.fillText(format(tick.value), plot.left - 8, Math.max(y, plot.top + 5));
    last = y;
  }
}

/** Time marks below the plot. `ticks`: milliseconds since the epoch; `epoch`: wall clock minus CLOCK_MONOTONIC. */
export function drawTimeAxis(
  context: Pen,
  plot: Plot,
  ticks: readonly number[],
  epoch: number,
  palette: Palette,
) {
  setFont(context, palette);
  context.textAlign = "center";
  context.fillStyle = palette.dim;
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  for (const tick of ticks) {
    const x = xOf(plot, tick - epoch);
    if (x < plot.left + 20 || x > plot.left + plot.width - 20) continue;
    context.fillText(clock(tick), x, plot.top + plot.height + 11);
    context.beginPath();
    context.moveTo(Math.round(x) + 0.5, plot.top + plot.height);
    context.lineTo(Math.round(x) + 0.5, plot.top + plot.height + 4);
    context.stroke();
  }
}
