/** The heatmap itself: one canvas for the data, one above it for the crosshair, the box and what others point at. */
import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { contextOf, type Surface } from "../canvas";
import { timeAt } from "../draw/heatmap";
import type { Palette } from "../draw/palette";
import { onNextFrame } from "../frame";
import { useMoment } from "../moment";
import { usePicture } from "../picture";
import { drawHistogram, drawOverlay, type Layers } from "./histogram-draw";
import {
  boxBetween,
  inside,
  partAt,
  readSide,
  readSpot,
  type Shown,
  type Spot,
  step,
} from "./histogram-spot";
import type { Box, HistogramView } from "./histogram-view";
import { useWheel } from "./histogram-wheel";
import { moved, type WindowSetting, zoomed } from "./histogram-window";

interface Props extends Shown {
  surface: Surface;
  palette: Palette;
  view: Pick<HistogramView, "scale" | "linear">;
  /** The reading in words, for its picture. */
  words: readonly string[];
  onBox(box: Box | undefined): void;
  /** `settled`: false while it is still being dragged or turned. */
  onWindow(setting: WindowSetting, settled: boolean): void;
  onUsual(): void;
}

/** What a press began: a box, or moving in time from where it was. */
type Drag =
  | { what: "box"; anchor: Spot }
  | { what: "time"; x: number; at: WindowSetting & { from: number; to: number } };

export function HistogramCanvas(props: Props) {
  const { model, surface, palette, view, epoch, onBox, onWindow } = props;
  const data = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const layers = useRef<Layers[]>([]);
  const [spot, setSpot] = useState<Spot & { side?: boolean }>();
  const [drag, setDrag] = useState<Drag>();
  const anchor = drag?.what === "box" ? drag.anchor : undefined;
  const drawn = spot && anchor && boxBetween(props, anchor, spot);
  const reading = spot && (spot.side ? readSide(props, spot) : readSpot(props, spot));
  const { kept, window: shown } = model;

  const look = { palette, scale: view.scale, linear: view.linear, epoch };
  usePicture(() => ({
    width: surface.width,
    height: surface.height,
    draw: (pen, colours) => {
      drawHistogram(pen, undefined, model, { ...look, palette: colours, ratio: 2 });
      drawOverlay(pen, model, colours, { spot: undefined, box: model.selection?.box, cursor: undefined });
    },
    words: props.words,
    from: shown.from + epoch,
    to: shown.to + epoch,
  }));

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new model comes with every new size; the pointer changes nothing here
  useLayoutEffect(() => {
    const context = contextOf(data.current, surface);
    if (context) drawHistogram(context, layers.current, model, { ...look, ratio: surface.ratio });
  }, [model, palette, epoch, view.scale, view.linear]);

  const paintOver = useRef(() => {});
  const clean = useRef(true);
  useLayoutEffect(() => {
    paintOver.current = () => {
      const { cursor } = useMoment.getState();
      const marks = { spot: spot?.side ? undefined : spot, box: drawn ?? model.selection?.box, cursor };
      const nothing = !marks.spot && !marks.box && cursor === undefined;
      // A canvas that is touched is handed to the screen whole, also when nothing is on it.
      if (nothing && clean.current) return;
      const context = contextOf(overlay.current, surface);
      if (context) drawOverlay(context, model, palette, marks);
      clean.current = nothing;
    };
    paintOver.current();
  });
  // Another panel's cursor moves with its pointer: drawn without React.
  useEffect(() => {
    const paint = () => paintOver.current();
    return useMoment.subscribe((now, before) => now.cursor !== before.cursor && onNextFrame(paint));
  }, []);

  const show = (at: (Spot & { side?: boolean }) | undefined) => {
    setSpot(at);
    const plot = at && !at.side ? model.strips[at.strip]?.plot : undefined;
    useMoment.setState({ cursor: at && plot && timeAt(plot, at.x) });
  };
  const place = (event: { clientX: number; clientY: number; currentTarget: Element }) => {
    const edge = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - edge.left, y: event.clientY - edge.top };
  };
  const onPointerMove = (event: PointerEvent) => {
    const { x, y } = place(event);
    if (drag?.what === "time") {
      const width = model.strips[0]?.plot.width ?? 1;
      const ms = ((drag.x - x) / width) * (drag.at.to - drag.at.from);
      return onWindow(moved({ ...drag.at, live: false }, kept, ms), false);
    }
    const at = inside(model.strips, x, y, anchor?.strip);
    const part = anchor ? "plot" : partAt(model.strips, x, y);
    show(part === "time" || !at ? undefined : { ...at, side: part === "side" });
  };
  const onPointerDown = (event: PointerEvent) => {
    const { x, y } = place(event);
    const part = partAt(model.strips, x, y);
    const at = inside(model.strips, x, y, undefined);
    const moves = event.button === 1 || (event.button === 0 && (part === "time" || event.altKey));
    if (moves) {
      const { from, to } = shown;
      setDrag({ what: "time", x, at: { last: (to - from) / 1000, to, from } });
      show(undefined);
    } else if (event.button === 0 && part === "plot" && at) {
      setDrag({ what: "box", anchor: at });
      show(at);
    } else return;
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const finish = () => {
    // A press without a drag is not a box.
    if (spot && anchor && Math.hypot(spot.x - anchor.x, spot.y - anchor.y) > 3) onBox(drawn);
    setDrag(undefined);
  };
  const clear = () => {
    show(undefined);
    setDrag(undefined);
  };

  const field = useRef<HTMLDivElement>(null);
  useWheel(field, (turn) => {
    const plot = model.strips[0]?.plot;
    if (!plot) return false;
    if ("pixels" in turn)
      onWindow(moved(shown, kept, (turn.pixels / plot.width) * (shown.to - shown.from)), false);
    else {
      const x = Math.min(plot.left + plot.width, Math.max(plot.left, turn.x));
      onWindow(zoomed(shown, kept, turn.factor, timeAt(plot, x)), false);
    }
    return true;
  });

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = spot && !spot.side ? timeAtSpot(model, spot) : undefined;
    const span = shown.to - shown.from;
    const windows: Record<string, () => WindowSetting> = {
      "+": () => zoomed(shown, kept, 1 / KEY_ZOOM, at),
      "=": () => zoomed(shown, kept, 1 / KEY_ZOOM, at),
      "-": () => zoomed(shown, kept, KEY_ZOOM, at),
      "[": () => moved(shown, kept, -span / 4),
      "]": () => moved(shown, kept, span / 4),
      l: () => ({ last: span / 1000, to: undefined }),
    };
    const wanted = windows[event.key];
    if (event.key === "Escape") {
      if (!spot && !drag && !model.selection) return;
      clear();
      onBox(undefined);
    } else if (wanted) onWindow(wanted(), true);
    else {
      const next = step(model, spot, event.key);
      if (!next) return;
      show(next);
      // Shift and arrows draw the box; it is taken when Shift is let go.
      if (event.shiftKey) setDrag({ what: "box", anchor: anchor ?? spot ?? next });
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={field}
      role="application"
      aria-label="Heatmap: arrow keys read a cell, Shift and arrow keys select a box, plus and minus zoom, brackets move in time, L is live, Escape clears"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the arrow keys
      tabIndex={0}
      className={`absolute inset-0 touch-none outline-offset-[-2px] select-none ${drag?.what === "time" ? "cursor-grabbing" : "cursor-crosshair"}`}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={finish}
      onPointerCancel={clear}
      onPointerLeave={() => {
        if (!drag) show(undefined);
      }}
      onDoubleClick={props.onUsual}
      onKeyDown={onKeyDown}
      onKeyUp={(event) => {
        if (event.key === "Shift") finish();
      }}
      onBlur={clear}
    >
      <canvas ref={data} className="absolute inset-0 size-full" />
      <canvas ref={overlay} className="absolute inset-0 size-full" />
      <TimeGrip model={model} />
      {spot && reading && <SpotReading spot={spot} lines={reading} noun={props.noun} surface={surface} />}
    </div>
  );
}

const KEY_ZOOM = 1.5;

function timeAtSpot({ strips }: Shown["model"], spot: Spot): number | undefined {
  const plot = strips[spot.strip]?.plot;
  return plot && timeAt(plot, spot.x);
}

/** The time below the plot looks like what it is: something to drag. */
function TimeGrip({ model }: Pick<Shown, "model">) {
  const plot = model.strips.at(-1)?.plot;
  if (!plot) return null;
  return (
    <div
      className="absolute cursor-ew-resize"
      title="Drag to move in time; the wheel zooms"
      style={{ left: plot.left, width: plot.width, top: plot.top + plot.height + 2, bottom: 0 }}
    />
  );
}

/** Stands at whichever side of the crosshair has room. */
function SpotReading({
  spot,
  lines,
  noun,
  surface,
}: {
  spot: Spot & { side?: boolean };
  lines: string[];
  noun: string;
  surface: Surface;
}) {
  const left = spot.side || spot.x > surface.width / 2;
  return (
    <div
      role="status"
      className="pointer-events-none absolute z-10 rounded border border-line bg-raised px-2 py-1 text-[11px] leading-[16px] whitespace-nowrap text-text"
      style={{
        ...(left ? { right: surface.width - spot.x + 12 } : { left: spot.x + 12 }),
        ...(spot.y > surface.height / 2 ? { bottom: surface.height - spot.y + 12 } : { top: spot.y + 12 }),
      }}
    >
      {lines.map((line) => (
        <div key={line} className={line.endsWith(` ${noun}`) ? "" : "text-dim"}>
          {line}
        </div>
      ))}
    </div>
  );
}
