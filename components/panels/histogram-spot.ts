/** Places on a heatmap, and what lies there: pure arithmetic for the crosshair and the box. */
import { clock } from "../draw/axis";
import { barsOf } from "../draw/bars";
import { cellColumnAt } from "../draw/heat";
import { positionAt, timeAt } from "../draw/heatmap";
import { total } from "../draw/slots";
import { count } from "../format";
import type { HistogramModel, Strip } from "./histogram-model";
import type { Box } from "./histogram-view";
import { clockRange, percent, timeWord, valueRange } from "./histogram-words";

/** What the canvas shows. */
export interface Shown {
  model: HistogramModel;
  /** Wall clock minus CLOCK_MONOTONIC, milliseconds. */
  epoch: number;
  /** What is counted: "requests". */
  noun: string;
}

/** A place of the canvas, kept inside a strip's plot. */
export interface Spot {
  x: number;
  y: number;
  strip: number;
}

/** Which part of the panel a point lies in: the heatmap itself, the time below it, or the bars beside it. */
export function partAt(strips: readonly Strip[], x: number, y: number): "plot" | "time" | "side" {
  const plot = strips.at(-1)?.plot;
  if (!plot) return "plot";
  if (x > plot.left + plot.width + 4) return "side";
  return y > plot.top + plot.height + 2 ? "time" : "plot";
}

/** The spot at a point, moved into the nearest strip, or into the one given. */
export function inside(
  strips: readonly Strip[],
  x: number,
  y: number,
  only: number | undefined,
): Spot | undefined {
  const found = strips.findIndex(({ plot }) => y < plot.top + plot.height + 4);
  const strip = only ?? (found === -1 ? strips.length - 1 : found);
  const plot = strips[strip]?.plot;
  if (!plot) return undefined;
  const keep = (v: number, lo: number, size: number) => Math.min(lo + size - 0.5, Math.max(lo + 0.5, v));
  return { strip, x: keep(x, plot.left, plot.width), y: keep(y, plot.top, plot.height) };
}

/** Where a key leads from a spot, by one cell; the newest second's middle when there is none yet. */
export function step(model: HistogramModel, spot: Spot | undefined, key: string): Spot | undefined {
  const strip = spot?.strip ?? 0;
  const plot = model.strips[strip]?.plot;
  if (!plot) return undefined;
  const dx = (model.cellMs / (plot.to - plot.from)) * plot.width;
  const dy = (model.slotStep / (plot.hi - plot.lo)) * plot.height;
  const moves: Record<string, [number, number]> = {
    ArrowLeft: [-dx, 0],
    ArrowRight: [dx, 0],
    ArrowUp: [0, -dy],
    ArrowDown: [0, dy],
    Home: [-plot.width, 0],
    End: [plot.width, 0],
    PageUp: [0, -plot.height],
    PageDown: [0, plot.height],
  };
  const move = moves[key];
  if (!move) return undefined;
  const from = spot ?? {
    x: plot.left + plot.width - dx / 2 - move[0],
    y: plot.top + plot.height / 2 - move[1],
  };
  return inside(model.strips, from.x + move[0], from.y + move[1], strip);
}

/** Whole columns and whole cells between two spots of one strip. */
export function boxBetween({ model }: Pick<Shown, "model">, a: Spot, b: Spot): Box | undefined {
  const strip = model.strips[a.strip];
  if (!strip) return undefined;
  const { plot, cells } = strip;
  const [left, right] = [timeAt(plot, Math.min(a.x, b.x)), timeAt(plot, Math.max(a.x, b.x))];
  const [low, high] = [positionAt(plot, Math.max(a.y, b.y)), positionAt(plot, Math.min(a.y, b.y))];
  const first = cellColumnAt(cells, left);
  const last = cellColumnAt(cells, right);
  return {
    from: first === undefined ? left : (cells.from[first] as number),
    to: last === undefined ? right : (cells.to[last] as number),
    lo: Math.floor(low / model.slotStep) * model.slotStep,
    hi: (Math.floor(high / model.slotStep) + 1) * model.slotStep,
  };
}

/** The cell under a spot: when, which values, how many and what share of that time. */
export function readSpot({ model, epoch, noun }: Shown, spot: Spot): string[] | undefined {
  const strip = model.strips[spot.strip];
  if (!strip) return undefined;
  const { plot, cells } = strip;
  const at = timeAt(plot, spot.x);
  const column = cellColumnAt(cells, at);
  if (column === undefined) return [clock(at + epoch), "not watched"];
  const row = Math.floor((positionAt(plot, spot.y) - plot.lo) / model.slotStep);
  const slot = plot.lo + row * model.slotStep;
  const base = column * cells.rows;
  const cell = cells.counts[base + row] as number;
  const all = total(cells.counts, base, base + cells.rows);
  return [
    clockRange((cells.from[column] as number) + epoch, (cells.to[column] as number) + epoch),
    valueRange(slot, slot + model.slotStep),
    `${count(cell)} ${noun}`,
    all > 0 ? `${percent(cell / all)} of ${count(all)} at that time` : "nothing at that time",
  ];
}

/** The bar beside a spot of the side: the whole name and numbers of its strip, and the bar's values. */
export function readSide({ model, noun }: Shown, spot: Spot): string[] | undefined {
  const strip = model.strips[spot.strip];
  if (!strip) return undefined;
  const { plot, sums, selected, reading, name } = strip;
  const slot = Math.floor(positionAt(plot, spot.y) / model.slotStep) * model.slotStep;
  const [bar = 0] = barsOf(sums, slot, slot + model.slotStep, model.slotStep);
  const [chosen = 0] = selected ? barsOf(selected, slot, slot + model.slotStep, model.slotStep) : [];
  return [
    ...(name
      ? [`${name}: ${count(reading.all)} ${noun}, p50 ${timeWord(reading.p50)}, p99 ${timeWord(reading.p99)}`]
      : []),
    valueRange(slot, slot + model.slotStep),
    `${count(bar)} ${noun}`,
    `${percent(reading.all > 0 ? bar / reading.all : 0)} of the time shown`,
    ...(selected ? [`${count(chosen)} of them selected`] : []),
  ];
}
