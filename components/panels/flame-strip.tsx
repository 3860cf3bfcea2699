/** When the samples were, seconds across and the offset within each second upwards; what is dragged over is looked at alone. */
import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useRef, useState } from "react";
import { contextOf, useSurface } from "../canvas";
import {
  cellAt,
  drawCursor,
  drawGaps,
  drawOffsets,
  drawStretch,
  geometryOf,
  OFFSET_MS,
  rangeBetween,
  type StripCell,
  step,
  timeOf,
} from "../draw/flame-strip";
import { clockTime } from "../format";
import { type TimeRange, useMoment } from "../moment";
import type { OffsetHeat } from "./flame-heat";

interface Props {
  heat: OffsetHeat;
  /** Changes with what the heat holds. */
  version: number;
  /** When the table was last read, milliseconds of CLOCK_MONOTONIC. */
  now: number;
  run: number;
  /** See `drawOffsets`. */
  gamma: number;
  time: TimeRange | undefined;
  base: TimeRange | undefined;
  /** Wall clock minus CLOCK_MONOTONIC, milliseconds. */
  epoch: number;
  quantity(weight: number): string;
  onTime(time: TimeRange | undefined): void;
}

export function FlameStrip(props: Props) {
  const { heat, version, now, gamma, time, base, epoch, onTime } = props;
  const surface = useSurface();
  const data = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const [spot, setSpot] = useState<StripCell>();
  const [anchor, setAnchor] = useState<StripCell>();
  const { cursor, selected } = useMoment();
  const strip = geometryOf(surface.width, surface.height, heat, now);
  const drawn = spot && anchor && rangeBetween(anchor, spot);
  const others = selected && selected.run !== props.run ? selected : undefined;

  // biome-ignore lint/correctness/useExhaustiveDependencies: version stands for what the heat holds, now and surface for the geometry
  useLayoutEffect(() => {
    const context = contextOf(data.current, surface);
    if (!context || !surface.palette) return;
    drawOffsets(context, heat, strip, gamma, surface.palette);
    drawGaps(context, strip, heat.gaps, surface.palette);
  }, [version, now, surface]);
  useLayoutEffect(() => {
    const context = contextOf(overlay.current, surface);
    const { palette } = surface;
    if (!context || !palette) return;
    if (base) drawStretch(context, strip, base, "outline", palette);
    if (others) drawStretch(context, strip, others, "dashed", palette);
    const chosen = drawn ?? time;
    if (chosen) drawStretch(context, strip, chosen, "alone", palette);
    if (cursor !== undefined) drawCursor(context, strip, cursor, palette.text);
  });

  const read = (cell: StripCell | undefined) => {
    setSpot(cell);
    useMoment.setState({ cursor: cell && timeOf(cell) });
  };
  const point = (event: PointerEvent) => {
    const edge = event.currentTarget.getBoundingClientRect();
    const cell = cellAt(strip, event.clientX - edge.left, event.clientY - edge.top);
    read(cell);
    return cell;
  };
  const take = (range: TimeRange | undefined) => {
    setAnchor(undefined);
    onTime(range);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      if (!spot && !anchor && !time) return;
      read(undefined);
      take(undefined);
    } else if (event.key === "Enter" && spot) take(secondOf(spot));
    else {
      const next = step(strip, spot, event.key);
      if (!next) return;
      // Shift and arrows draw the stretch; it is taken when Shift is let go.
      if (event.shiftKey) setAnchor(anchor ?? spot ?? next);
      read(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={surface.ref}
      role="application"
      aria-label="Samples by second and offset: arrow keys read a cell, Shift and arrow keys select a stretch of time, Enter a second, Escape clears"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the arrow keys
      tabIndex={0}
      className="relative mx-2.5 mb-1.5 h-[40px] shrink-0 cursor-crosshair touch-none outline-offset-1 select-none @5xl:h-[60px]"
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setAnchor(point(event));
      }}
      onPointerMove={point}
      onPointerUp={() => {
        // A press without a drag is that second.
        const dragged = anchor && spot && (anchor.second !== spot.second || anchor.offset !== spot.offset);
        if (anchor && spot) take(dragged ? drawn : secondOf(spot));
      }}
      onPointerCancel={() => setAnchor(undefined)}
      onPointerLeave={() => {
        if (!anchor) read(undefined);
      }}
      onKeyDown={onKeyDown}
      onKeyUp={(event) => {
        if (event.key === "Shift" && anchor && drawn) take(drawn);
      }}
      onBlur={() => {
        read(undefined);
        setAnchor(undefined);
      }}
    >
      <canvas ref={data} className="absolute inset-0 size-full" />
      <canvas ref={overlay} className="absolute inset-0 size-full" />
      {spot && (
        <div
          role="status"
          className="figures pointer-events-none absolute top-full z-10 mt-1 rounded border border-line bg-raised px-2 py-1 text-[11px] leading-[16px] whitespace-nowrap text-dim"
          style={{
            left: Math.min(Math.max(0, (spot.second - strip.first) * strip.cell - 60), surface.width - 190),
          }}
        >
          {words(drawn ?? { from: timeOf(spot), to: timeOf(spot) + OFFSET_MS }, epoch)}{" "}
          {!drawn && (
            <span className="text-text">
              {isMissing(heat, timeOf(spot)) ? "not sent" : props.quantity(heat.at(spot.second, spot.offset))}
            </span>
          )}
        </div>
      )}
    </div>
  );
}

/** Nothing of a cell was sent: what was not looked at is not 0. */
const isMissing = ({ gaps }: OffsetHeat, at: number) =>
  gaps.some(({ from, to }) => from <= at && to >= at + OFFSET_MS);

const secondOf = ({ second }: StripCell): TimeRange => ({ from: second * 1000, to: second * 1000 + 1000 });

/** "14:32:07.250 + 1.85 s" */
export function words({ from, to }: TimeRange, epoch: number): string {
  return `${clockTime(from + epoch).slice(0, 12)} + ${((to - from) / 1000).toFixed(2)} s`;
}
