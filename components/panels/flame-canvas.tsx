/** The flame graph itself: one canvas for the frames, one above it for what is pointed at. */
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
import { neighbour, pathOf, type Rects, rectAt, SMALL } from "../draw/flame-layout";
import type { Palette } from "../draw/palette";
import { FlameReading } from "./flame-reading";
import type { FlameTree } from "./flame-tree";

interface Props {
  tree: FlameTree;
  rects: Rects;
  zoom: number;
  icicle: boolean;
  matches: Uint8Array | undefined;
  surface: Surface;
  palette: Palette;
  quantity(weight: number): string;
  onZoom(node: number): void;
}

const NONE = -2;

interface Pointed {
  node: number;
  /** Where the reading goes, in the window. */
  x: number;
  y: number;
}

export function FlameCanvas(props: Props) {
  const { tree, rects, zoom, icicle, matches, surface, palette, onZoom } = props;
  const frames = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState(0);
  const [pointed, setPointed] = useState<Pointed>();
  const [chosen, setChosen] = useState(NONE);
  const view = useMemo(
    (): FlameView => ({
      width: surface.width,
      height: surface.height,
      rowHeight: fittingRowHeight(surface.height, rects.depths),
      scroll,
      icicle,
      zoomDepth: pathOf(tree, zoom).length - 1,
      matches,
    }),
    [surface.width, surface.height, rects, scroll, icicle, tree, zoom, matches],
  );
  const height = flameHeight(rects.depths, view);
  const noteScroll = useKeptFromRoot(scroller, height, surface.height, icicle);

  useLayoutEffect(() => {
    const context = contextOf(frames.current, surface);
    const label = (frame: number) => tree.frames[frame] ?? { name: "", kind: "unknown" as const };
    if (context) drawFlame(context, tree, rects, label, view, palette);
  }, [tree, rects, view, palette, surface]);
  useLayoutEffect(() => {
    const context = contextOf(overlay.current, surface);
    if (!context) return;
    if (pointed && pointed.node !== SMALL) outline(context, rects, pointed.node, view, palette, 1);
    outline(context, rects, chosen, view, palette, 2);
  }, [rects, view, palette, surface, pointed, chosen]);

  /** The rectangle under the pointer; for small ones also what they belong to. */
  const find = (event: PointerEvent) => {
    const edge = event.currentTarget.getBoundingClientRect();
    const [x, depth] = [event.clientX - edge.left, depthAt(event.clientY - edge.top, rects.depths, view)];
    const node = rects.node[rectAt(rects, x, depth)];
    const parent = node === SMALL ? rects.node[rectAt(rects, x, depth - 1)] : undefined;
    return { node, parent };
  };
  const choose = (node: number) => {
    setChosen(node);
    const at = rects.node.subarray(0, rects.count).indexOf(node);
    const edge = scroller.current?.getBoundingClientRect();
    if (at === -1 || !edge) return;
    const top = rowTop(rects.depth[at] as number, rects.depths, view);
    if (top < 0) scroller.current?.scrollBy(0, top);
    if (top + view.rowHeight > view.height) scroller.current?.scrollBy(0, top + view.rowHeight - view.height);
    const x = (rects.x[at] as number) + Math.min(80, (rects.width[at] as number) / 2);
    setPointed({ node, x: edge.left + x, y: edge.top + Math.min(view.height, Math.max(0, top)) });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const ways = {
      ArrowLeft: "left",
      ArrowRight: "right",
      ArrowUp: icicle ? "out" : "in",
      ArrowDown: icicle ? "in" : "out",
    } as const;
    const from = chosen === NONE ? zoom : chosen;
    if (event.key in ways)
      choose(chosen === NONE ? zoom : neighbour(tree, rects, from, ways[event.key as keyof typeof ways]));
    else if (event.key === "Enter") onZoom(from);
    else if (event.key === "Escape" && (chosen !== NONE || zoom !== 0)) {
      if (chosen === NONE) onZoom(0);
      setChosen(NONE);
      setPointed(undefined);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={scroller}
      role="application"
      aria-label="Flame graph: arrow keys go along frames, Enter zooms, Escape goes back"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the arrow keys
      tabIndex={0}
      className="absolute inset-0 overflow-x-hidden overflow-y-auto [overflow-anchor:none] outline-offset-[-2px] select-none"
      onScroll={(event) => {
        noteScroll(event.currentTarget.scrollTop);
        setScroll(event.currentTarget.scrollTop);
      }}
      onKeyDown={onKeyDown}
      onBlur={() => {
        setChosen(NONE);
        setPointed(undefined);
      }}
    >
      <div className="sticky top-0 h-0">
        <div
          className={`relative ${pointed ? "cursor-pointer" : ""}`}
          style={{ width: surface.width, height: surface.height }}
          onPointerMove={(event) => {
            const { node } = find(event);
            setPointed(node === undefined ? undefined : { node, x: event.clientX, y: event.clientY });
          }}
          onPointerLeave={() => setPointed(undefined)}
          onPointerUp={(event) => {
            const { node, parent } = find(event);
            const target = node === SMALL ? parent : node;
            if (target !== undefined && event.button === 0) onZoom(target);
          }}
        >
          <canvas ref={frames} className="absolute inset-0 size-full" />
          <canvas ref={overlay} className="absolute inset-0 size-full" />
        </div>
      </div>
      <div style={{ height }} />
      {pointed && <FlameReading tree={tree} quantity={props.quantity} {...pointed} />}
    </div>
  );
}

/** A flame stands on its root: while it grows, the distance to the bottom stays. An icicle hangs from the top. */
function useKeptFromRoot(
  scroller: RefObject<HTMLDivElement | null>,
  height: number,
  shown: number,
  icicle: boolean,
) {
  const fromRoot = useRef(0);
  const was = useRef(icicle);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (was.current !== icicle) fromRoot.current = 0;
    was.current = icicle;
    element.scrollTop = icicle ? fromRoot.current : height - shown - fromRoot.current;
  }, [scroller, height, shown, icicle]);
  return (scrollTop: number) => {
    fromRoot.current = icicle ? scrollTop : height - shown - scrollTop;
  };
}
