/** A flame graph on a canvas: rectangles and a viewport in, pixels out. */
import { type Rects, SMALL, type Tree } from "./flame-layout";
import { setFont } from "./heatmap";
import type { Palette } from "./palette";
import { clip } from "./text";

/** A frame as it is drawn. */
export interface Label {
  name: string;
  kind: "kernel" | "user" | "jit" | "unknown";
}

export interface FlameView {
  /** CSS pixels. */
  width: number;
  height: number;
  rowHeight: number;
  /** How far the first row lies above the viewport. */
  scroll: number;
  /** Callees grow downwards from the top, instead of upwards from the bottom. */
  icicle: boolean;
  /** Depths above this one are ancestors of what is zoomed to. */
  zoomDepth: number;
  /** 1 for each frame that matches the search; undefined: nothing is searched for. */
  matches: Uint8Array | undefined;
  /** Node under the pointer, node chosen by keyboard; -1: none. */
  hover: number;
  chosen: number;
}

/** Pixels that all rows take. */
export function flameHeight(depths: number, view: Pick<FlameView, "rowHeight" | "height">): number {
  return Math.max(view.height, depths * view.rowHeight);
}

/** Top of a row in the viewport. */
export function rowTop(depth: number, depths: number, view: FlameView): number {
  const y = view.icicle ? depth * view.rowHeight : flameHeight(depths, view) - (depth + 1) * view.rowHeight;
  return y - view.scroll;
}

/** Inverse of `rowTop`: the depth at a height in the viewport. */
export function depthAt(y: number, depths: number, view: FlameView): number {
  const from = y + view.scroll;
  return Math.floor((view.icicle ? from : flameHeight(depths, view) - from) / view.rowHeight);
}

/** Rows as tall as fit, within what is pleasant to read; more than fit are scrolled. */
export function fittingRowHeight(height: number, depths: number): number {
  return Math.max(17, Math.min(24, Math.floor(height / Math.max(1, depths))));
}

const KINDS = ["kernel", "user", "jit", "unknown"] as const;
const INK = "#140d03";

/** `label` gives what a frame number says. */
export function drawFlame(
  context: CanvasRenderingContext2D,
  tree: Tree,
  rects: Rects,
  label: (frame: number) => Label,
  view: FlameView,
  palette: Palette,
) {
  context.clearRect(0, 0, view.width, view.height);
  setFont(context, palette, 11);
  context.textAlign = "left";
  const cell = context.measureText("0").width;
  const colours = { kernel: palette.kern, user: palette.user, jit: palette.jit, unknown: palette.faint };
  const visible = visibleRects(tree, rects, label, view);
  // One pass a colour and strength: changing the fill is dearer than filling.
  for (const kind of KINDS)
    for (const strong of [false, true]) {
      context.fillStyle = colours[kind];
      context.globalAlpha = strength(view, strong, palette);
      for (const r of visible) if (r.kind === kind && r.strong === strong) fillRow(context, r, view);
    }
  context.globalAlpha = 1;
  for (const r of visible) {
    if (r.width < 3 * cell + 8 || r.node === SMALL) continue;
    const faded = view.matches !== undefined && !r.strong;
    context.fillStyle = faded && palette.dark ? palette.text : INK;
    const text = clip(label(tree.frame[r.node] as number).name, Math.floor((r.width - 10) / cell));
    context.fillText(text, r.x + 5, r.y + view.rowHeight / 2 + 0.5);
  }
  for (const r of visible)
    if (r.node !== SMALL && (r.node === view.hover || r.node === view.chosen)) {
      context.strokeStyle = palette.text;
      context.lineWidth = r.node === view.chosen ? 2 : 1;
      context.strokeRect(r.x + 1, r.y + 1, Math.max(1, r.width - 2), view.rowHeight - 2);
    }
}

function strength(view: FlameView, strong: boolean, palette: Palette): number {
  if (strong) return 1;
  if (view.matches !== undefined) return palette.dark ? 0.3 : 0.35;
  return 0.45;
}

interface Visible {
  x: number;
  y: number;
  width: number;
  node: number;
  kind: Label["kind"];
  /** Drawn in full colour: a match, or, without a search, inside what is zoomed to. */
  strong: boolean;
}

function visibleRects(tree: Tree, rects: Rects, label: (frame: number) => Label, view: FlameView): Visible[] {
  const visible: Visible[] = [];
  for (let i = 0; i < rects.count; i++) {
    const depth = rects.depth[i] as number;
    const y = rowTop(depth, rects.depths, view);
    if (y + view.rowHeight < 0 || y > view.height) continue;
    const node = rects.node[i] as number;
    const frame = node === SMALL ? -1 : (tree.frame[node] as number);
    visible.push({
      x: rects.x[i] as number,
      y,
      width: rects.width[i] as number,
      node,
      kind: node === SMALL ? "unknown" : label(frame).kind,
      strong: view.matches ? view.matches[frame] === 1 : node !== SMALL && depth >= view.zoomDepth,
    });
  }
  return visible;
}

/** A hair of ground between frames, as far as they are wide enough to spare it. */
function fillRow(context: CanvasRenderingContext2D, r: Visible, view: FlameView) {
  context.fillRect(r.x, r.y + 0.5, r.width > 2 ? r.width - 0.75 : r.width, view.rowHeight - 1);
}
