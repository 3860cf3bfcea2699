/** One tree of frames: a canvas for them, one above it for what is pointed at and chosen. */
import {
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { contextOf, type Surface } from "../canvas";
import {
  depthAt,
  drawFlame,
  type FlameView,
  fittingRowHeight,
  flameHeight,
  outline,
  rowTop,
} from "../draw/flame";
import { layoutFlame, neighbour, type Order, pathOf, rectAt, SMALL } from "../draw/flame-layout";
import type { Palette } from "../draw/palette";
import { usePicture } from "../picture";
import type { ShownPart } from "./flame-model";
import { FlameReading } from "./flame-reading";
import type { FlameFrame } from "./flame-samples";

interface Props {
  part: ShownPart;
  /** By the numbers in the tree. */
  frames: readonly FlameFrame[];
  /** What everything looked at adds up to. */
  all: number;
  label: string;
  icicle: boolean;
  order: Order;
  /** `FlameTree.path` of what fills the width. */
  zoom: number | undefined;
  matches: Uint8Array | undefined;
  surface: Surface;
  palette: Palette;
  quantity(weight: number): string;
  onZoom(path: number | undefined): void;
  /** Callers and callees of a frame; undefined: of none. */
  onAround(frame: number | undefined): void;
}

const NONE = -2;
const ROOT = 0;

/** Where something is read: a place of the pointer in the canvas, or a node the keys chose; and where the reading goes, in the window. */
interface Pointed {
  at: { x: number; y: number } | { node: number };
  x: number;
  y: number;
}

export function FlameCanvas(props: Props) {
  const { part, frames, icicle, order, matches, surface, palette, onZoom } = props;
  const { drawn, tree, comparison } = part;
  const canvas = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState(0);
  const [pointed, setPointed] = useState<Pointed>();
  const [selection, setSelection] = useState({ tree, node: NONE });
  // Nodes of another tree are others.
  const chosen = selection.tree === tree ? selection.node : NONE;
  const zoom = Math.max(ROOT, props.zoom === undefined ? ROOT : tree.nodeAt(props.zoom));
  const rects = useMemo(
    () => layoutFlame(drawn, zoom, surface.width, order),
    [drawn, zoom, surface.width, order],
  );
  const view = useMemo(
    (): FlameView => ({
      width: surface.width,
      height: surface.height,
      rowHeight: fittingRowHeight(surface.height, rects.depths),
      scroll,
      icicle,
      zoomDepth: pathOf(drawn, zoom).length - 1,
      matches,
      change: comparison?.change,
    }),
    [surface.width, surface.height, rects, scroll, icicle, drawn, zoom, matches, comparison],
  );
  const height = flameHeight(rects.depths, view);
  const noteScroll = useKeptFromRoot(scroller, height, surface.height, icicle);

  const label = (frame: number) => frames[frame] ?? { name: "", kind: "unknown" as const };
  // Whole, however far one has scrolled.
  usePicture(() => ({
    width: surface.width,
    height,
    draw: (pen, colours) => drawFlame(pen, drawn, rects, label, { ...view, height, scroll: 0 }, colours),
    words: [props.quantity(props.all)],
  }));

  /** The rectangle at a place; for small ones also what they belong to. */
  const find = ({ x, y }: { x: number; y: number }) => {
    const depth = depthAt(y, rects.depths, view);
    const node = rects.node[rectAt(rects, x, depth)];
    const parent = node === SMALL ? rects.node[rectAt(rects, x, depth - 1)] : undefined;
    return { node, parent };
  };
  // What lies under a pointer that rests changes with the graph.
  const read = pointed && ("node" in pointed.at ? pointed.at.node : find(pointed.at).node);

  // biome-ignore lint/correctness/useExhaustiveDependencies: label reads the frames
  useLayoutEffect(() => {
    const context = contextOf(canvas.current, surface);
    if (context) drawFlame(context, drawn, rects, label, view, palette);
  }, [drawn, frames, rects, view, palette, surface]);
  useLayoutEffect(() => {
    const context = contextOf(overlay.current, surface);
    if (!context) return;
    if (read !== undefined && read !== SMALL) outline(context, rects, read, view, palette, 1);
    outline(context, rects, chosen, view, palette, 2);
  }, [rects, view, palette, surface, read, chosen]);

  const zoomTo = (node: number) => onZoom(node === ROOT ? undefined : (tree.path[node] as number));
  const placeOf = (event: PointerEvent) => {
    const edge = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - edge.left, y: event.clientY - edge.top };
  };
  const choose = (node: number) => {
    setSelection({ tree, node });
    const at = rects.node.subarray(0, rects.count).indexOf(node);
    const edge = scroller.current?.getBoundingClientRect();
    if (at === -1 || !edge) return;
    const top = rowTop(rects.depth[at] as number, rects.depths, view);
    if (top < 0) scroller.current?.scrollBy(0, top);
    if (top + view.rowHeight > view.height) scroller.current?.scrollBy(0, top + view.rowHeight - view.height);
    const x = (rects.x[at] as number) + Math.min(80, (rects.width[at] as number) / 2);
    const y = edge.top + Math.min(view.height, Math.max(0, top));
    setPointed({ at: { node }, x: edge.left + x, y });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const ways = {
      ArrowLeft: "left",
      ArrowRight: "right",
      ArrowUp: icicle ? "out" : "in",
      ArrowDown: icicle ? "in" : "out",
    } as const;
    const from = chosen === NONE ? zoom : chosen;
    if (event.key in ways)
      choose(chosen === NONE ? zoom : neighbour(drawn, rects, from, ways[event.key as keyof typeof ways]));
    else if (event.key === "Enter") zoomTo(from);
    else if (event.key === "c" && from !== ROOT) props.onAround(drawn.frame[from] as number);
    else if (event.key === "Escape" && chosen !== NONE) {
      setSelection({ tree, node: NONE });
      setPointed(undefined);
    } else if (event.key === "Escape" && zoom !== ROOT) zoomTo(ROOT);
    else if (event.key === "Escape" && part.of !== "whole") props.onAround(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={scroller}
      role="application"
      aria-label={`${props.label}: arrow keys go along frames, Enter zooms, c shows callers and callees, Escape goes back`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the arrow keys
      tabIndex={0}
      className="absolute inset-0 overflow-x-hidden overflow-y-auto [overflow-anchor:none] outline-offset-[-2px] select-none"
      onScroll={(event) => {
        noteScroll(event.currentTarget);
        setScroll(event.currentTarget.scrollTop);
      }}
      onKeyDown={onKeyDown}
      onBlur={() => setPointed(undefined)}
    >
      <div className="sticky top-0 h-0">
        <div
          className={`relative ${read === undefined ? "" : "cursor-pointer"}`}
          style={{ width: surface.width, height: surface.height }}
          onPointerMove={(event) => setPointed({ at: placeOf(event), x: event.clientX, y: event.clientY })}
          onPointerLeave={() => setPointed(undefined)}
          onPointerUp={(event) => {
            const { node, parent } = find(placeOf(event));
            const target = node === SMALL ? parent : node;
            if (target === undefined || event.button !== 0) return;
            if (!event.shiftKey) zoomTo(target);
            else if (target !== ROOT) props.onAround(drawn.frame[target] as number);
          }}
        >
          <canvas ref={canvas} className="absolute inset-0 size-full" />
          <canvas ref={overlay} className="absolute inset-0 size-full" />
        </div>
      </div>
      <div style={{ height }} />
      {pointed && read !== undefined && (
        <FlameReading
          part={part}
          frames={frames}
          all={props.all}
          node={read}
          x={pointed.x}
          y={pointed.y}
          quantity={props.quantity}
        />
      )}
    </div>
  );
}

/**
 * A flame stands on its root: while it grows, the distance to the bottom stays. An icicle hangs from the top. Goes by
 * what the element measures itself: it scrolls by itself too, when it gets taller.
 */
function useKeptFromRoot(
  scroller: RefObject<HTMLDivElement | null>,
  height: number,
  shown: number,
  icicle: boolean,
) {
  const fromRoot = useRef(0);
  const was = useRef(icicle);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the element is as high as these say
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (was.current !== icicle) fromRoot.current = 0;
    was.current = icicle;
    element.scrollTop = icicle ? fromRoot.current : bottomOf(element) - fromRoot.current;
  }, [scroller, height, shown, icicle]);
  return (element: HTMLElement) => {
    fromRoot.current = Math.max(0, icicle ? element.scrollTop : bottomOf(element) - element.scrollTop);
  };
}

const bottomOf = (element: HTMLElement) => element.scrollHeight - element.clientHeight;
