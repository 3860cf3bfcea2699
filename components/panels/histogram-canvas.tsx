/** The heatmap itself: one canvas for the data, one above it for the crosshair and the box being drawn. */
import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useRef, useState } from "react";
import { contextOf, type Surface } from "../canvas";
import { decadeTicks, timeTicks } from "../draw/axis";
import {
  drawGround,
  drawHeatmap,
  drawLineNames,
  drawQuantile,
  drawTimeAxis,
  drawValueAxis,
  type Plot,
  xOf,
  yOf,
} from "../draw/heatmap";
import type { Palette } from "../draw/palette";
import type { Pen } from "../draw/pen";
import { nsec } from "../format";
import { usePicture } from "../picture";
import { boxBetween, inside, readSpot, type Shown, type Spot, step } from "./histogram-spot";
import type { Box } from "./histogram-view";

interface Props extends Shown {
  surface: Surface;
  palette: Palette;
  onBox(box: Box | undefined): void;
}

export function HistogramCanvas(props: Props) {
  const { model, surface, onBox } = props;
  const data = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const scratch = useRef<HTMLCanvasElement>(undefined);
  const [spot, setSpot] = useState<Spot>();
  const [anchor, setAnchor] = useState<Spot>();
  const drawn = spot && anchor && boxBetween(props, anchor, spot);
  const reading = spot && readSpot(props, spot);

  usePicture(() => ({
    width: surface.width,
    height: surface.height,
    draw: (pen, palette) => drawData(pen, document.createElement("canvas"), { ...props, palette }),
  }));

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new model comes with every new size; the pointer changes nothing here
  useLayoutEffect(() => {
    scratch.current ??= document.createElement("canvas");
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
      const next = step(model, spot, event.key);
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
  context: Pen | undefined,
  scratch: HTMLCanvasElement,
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
