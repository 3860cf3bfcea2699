/** Places on a heatmap, and what lies there: pure arithmetic for the crosshair and the box. */
import { clock } from "../draw/axis";
import { columnAt, type Timeline } from "../draw/heat";
import { positionAt, timeAt } from "../draw/heatmap";
import { SLOTS, total } from "../draw/slots";
import { count } from "../format";
import type { HistogramModel, Strip } from "./histogram-model";
import type { Box } from "./histogram-view";
import { clockRange, percent, valueRange } from "./histogram-words";

/** What the canvas shows. */
export interface Shown {
  model: HistogramModel;
  time: Timeline;
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
  const dx = (1000 / (plot.to - plot.from)) * plot.width;
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
export function boxBetween({ model, time }: Shown, a: Spot, b: Spot): Box | undefined {
  const plot = model.strips[a.strip]?.plot;
  if (!plot) return undefined;
  const [left, right] = [timeAt(plot, Math.min(a.x, b.x)), timeAt(plot, Math.max(a.x, b.x))];
  const [low, high] = [positionAt(plot, Math.max(a.y, b.y)), positionAt(plot, Math.min(a.y, b.y))];
  const first = columnAt(time, left);
  const last = columnAt(time, right);
  return {
    from: first === undefined ? left : (time.from[first % time.capacity] as number),
    to: last === undefined ? right : (time.to[last % time.capacity] as number),
    lo: Math.floor(low / model.slotStep) * model.slotStep,
    hi: (Math.floor(high / model.slotStep) + 1) * model.slotStep,
  };
}

/** The cell under a spot: when, which values, how many and what share of that second. */
export function readSpot({ model, time, epoch, noun }: Shown, spot: Spot): string[] | undefined {
  const strip = model.strips[spot.strip];
  if (!strip) return undefined;
  const at = timeAt(strip.plot, spot.x);
  const column = columnAt(time, at);
  const { slotStep } = model;
  const slot = Math.floor(positionAt(strip.plot, spot.y) / slotStep) * slotStep;
  if (column === undefined) return [clock(at + epoch), "not watched"];
  const place = column % time.capacity;
  const base = place * SLOTS;
  const cell = total(strip.counts, base + slot, base + slot + slotStep);
  const all = total(strip.counts, base, base + SLOTS);
  return [
    clockRange((time.from[place] as number) + epoch, (time.to[place] as number) + epoch),
    valueRange(slot, slot + slotStep),
    `${count(cell)} ${noun}`,
    all > 0 ? `${percent(cell / all)} of ${count(all)} at that time` : "nothing at that time",
  ];
}
