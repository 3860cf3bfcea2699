/** The heatmap itself: one canvas for the data, one above it for the crosshair and the box being drawn. */
import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useRef, useState } from "react";
import { contextOf, type Surface } from "../canvas";
import { clock, decadeTicks, timeTicks } from "../draw/axis";
import { columnAt, type Timeline } from "../draw/heat";
import {
  drawGround,
  drawHeatmap,
  drawLineNames,
  drawQuantile,
  drawTimeAxis,
  drawValueAxis,
  type Plot,
  positionAt,
  timeAt,
  xOf,
  yOf,
} from "../draw/heatmap";
import type { Palette } from "../draw/palette";
import { SLOTS, total } from "../draw/slots";
import { count, nsec } from "../format";
import type { HistogramModel, Strip } from "./histogram-model";
import type { Box } from "./histogram-view";
import { clockRange, percent, valueRange } from "./histogram-words";

interface Props {
  model: HistogramModel;
  time: Timeline;
  surface: Surface;
  palette: Palette;
  /** Wall clock minus CLOCK_MONOTONIC, milliseconds. */
  epoch: number;
  noun: string;
  onBox(box: Box | undefined): void;
}

/** A place of the canvas, kept inside a strip's plot. */
interface Spot {
  x: number;
  y: number;
  strip: number;
}

export function HistogramCanvas(props: Props) {
  const { model, surface, onBox } = props;
  const data = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const scratch = useRef<OffscreenCanvas>(undefined);
  const [spot, setSpot] = useState<Spot>();
  const [anchor, setAnchor] = useState<Spot>();
  const drawn = spot && anchor && boxBetween(props, anchor, spot);
  const reading = spot && readSpot(props, spot);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new model comes with every new size; the pointer changes nothing here
  useLayoutEffect(() => {
    scratch.current ??= new OffscreenCanvas(1, 1);
    drawData(contextOf(data.current, surface), scratch.current, props);
  }, [model, props.palette, props.epoch]);
  useLayoutEffect(() => {
    drawOverlay(contextOf(overlay.current, surface), props, spot, drawn ?? model.selection?.box);
  });

  const point = (event: PointerEvent) => {
    const edge = event.currentTarget.getBoundingClientRect();
    const at = inside(model.strips, event.clientX - edge.left, event.clientY - edge.top, anchor?.strip);
    setSpot(at);
    return at;
  };
  const finish = () => {
    // A press without a drag is not a box.
    if (spot && anchor && Math.hypot(spot.x - anchor.x, spot.y - anchor.y) > 3) onBox(drawn);
    setAnchor(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      if (!spot && !anchor && !model.selection) return;
      setSpot(undefined);
      setAnchor(undefined);
      onBox(undefined);
    } else {
      const next = step(props, spot, event.key);
      if (!next) return;
      setSpot(next);
      // Shift and arrows draw the box; it is taken when Shift is let go.
      if (event.shiftKey) setAnchor(anchor ?? spot ?? next);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      role="application"
      aria-label="Heatmap: arrow keys read a cell, Shift and arrow keys select a box, Escape clears"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the arrow keys
      tabIndex={0}
      className="absolute inset-0 cursor-crosshair touch-none outline-offset-[-2px] select-none"
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setAnchor(point(event));
      }}
      onPointerMove={point}
      onPointerUp={finish}
      onPointerCancel={() => setAnchor(undefined)}
      onPointerLeave={() => {
        if (!anchor) setSpot(undefined);
      }}
      onKeyDown={onKeyDown}
      onKeyUp={(event) => {
        if (event.key === "Shift") finish();
      }}
      onBlur={() => {
        setSpot(undefined);
        setAnchor(undefined);
      }}
    >
      <canvas ref={data} className="absolute inset-0 size-full" />
      <canvas ref={overlay} className="absolute inset-0 size-full" />
      {spot && reading && <SpotReading spot={spot} lines={reading} surface={surface} />}
    </div>
  );
}

/** Stands at whichever side of the crosshair has room. */
function SpotReading({ spot, lines, surface }: { spot: Spot; lines: string[]; surface: Surface }) {
  return (
    <div
      role="status"
      className="pointer-events-none absolute z-10 rounded border border-line bg-raised px-2 py-1 text-[11px] leading-[16px] whitespace-nowrap text-text"
      style={{
        ...(spot.x > surface.width / 2 ? { right: surface.width - spot.x + 12 } : { left: spot.x + 12 }),
        ...(spot.y > surface.height / 2 ? { bottom: surface.height - spot.y + 12 } : { top: spot.y + 12 }),
      }}
    >
      {lines.map((line, i) => (
        <div key={line} className={i === 2 ? "" : "text-dim"}>
          {line}
        </div>
      ))}
    </div>
  );
}

function drawData(
  context: CanvasRenderingContext2D | undefined,
  scratch: OffscreenCanvas,
  { model, surface, palette, epoch }: Props,
) {
  const last = model.strips.at(-1);
  if (!context || !last) return;
  for (const { plot, cells } of model.strips) {
    drawGround(context, cells, plot, palette);
    drawValueAxis(context, plot, decadeTicks(plot.lo, plot.hi), nsec, palette);
    drawHeatmap(context, scratch, cells, plot, palette, model.peak, surface.ratio);
    const p50 = drawQuantile(context, cells, cells.p50, plot, palette.text, palette.halo);
    const p99 = drawQuantile(context, cells, cells.p99, plot, palette.accent, palette.halo);
    const lines = [
      { name: "p99", colour: palette.accent, position: p99 },
      { name: "p50", colour: palette.text, position: p50 },
    ];
    drawLineNames(context, plot, lines, palette);
  }
  const { plot } = last;
  const ticks = timeTicks(plot.from + epoch, plot.to + epoch, plot.width / 90);
  drawTimeAxis(context, plot, ticks, epoch, palette);
}

function drawOverlay(
  context: CanvasRenderingContext2D | undefined,
  { model, palette }: Props,
  spot: Spot | undefined,
  box: Box | undefined,
) {
  if (!context) return;
  for (const { plot } of model.strips) {
    context.save();
    context.beginPath();
    context.rect(plot.left, plot.top, plot.width, plot.height);
    context.clip();
    if (box) drawBox(context, plot, box, palette);
    if (spot) {
      context.fillStyle = palette.text;
      context.globalAlpha = 0.6;
      context.fillRect(Math.round(spot.x), plot.top, 1, plot.height);
      if (model.strips[spot.strip]?.plot === plot)
        context.fillRect(plot.left, Math.round(spot.y), plot.width, 1);
    }
    context.restore();
  }
}

function drawBox(context: CanvasRenderingContext2D, plot: Plot, box: Box, palette: Palette) {
  const [x, right] = [Math.round(xOf(plot, box.from)), Math.round(xOf(plot, box.to))];
  const [y, bottom] = [Math.round(yOf(plot, box.hi)), Math.round(yOf(plot, box.lo))];
  for (const [colour, dash] of [
    [palette.halo, []],
    [palette.text, [4, 3]],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = dash.length ? 1 : 3;
    context.setLineDash(dash);
    context.strokeRect(x + 0.5, y + 0.5, right - x - 1, bottom - y - 1);
  }
  context.setLineDash([]);
}

function inside(strips: readonly Strip[], x: number, y: number, only: number | undefined): Spot | undefined {
  const found = strips.findIndex(({ plot }) => y < plot.top + plot.height + 4);
  const strip = only ?? (found === -1 ? strips.length - 1 : found);
  const plot = strips[strip]?.plot;
  if (!plot) return undefined;
  const keep = (v: number, lo: number, size: number) => Math.min(lo + size - 0.5, Math.max(lo + 0.5, v));
  return { strip, x: keep(x, plot.left, plot.width), y: keep(y, plot.top, plot.height) };
}

/** Where a key leads from a spot, by one cell; the newest second's middle when there is none yet. */
function step({ model }: Props, spot: Spot | undefined, key: string): Spot | undefined {
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
function boxBetween({ model, time }: Props, a: Spot, b: Spot): Box | undefined {
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
function readSpot({ model, time, epoch, noun }: Props, spot: Spot): string[] | undefined {
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
