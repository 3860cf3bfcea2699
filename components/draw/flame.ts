/** A flame graph on a canvas: rectangles and a viewport in, pixels out. */
import { type Rects, SMALL, type Tree } from "./flame-layout";
import { setFont } from "./heatmap";
import type { Palette } from "./palette";
import { clip } from "./text";

/** A frame as it is drawn. */
export interface Label {
  name: string;
  /** `process`: not code, but whose code it is. */
  kind: "kernel" | "user" | "jit" | "unknown" | "process";
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

const KINDS = ["kernel", "user", "jit", "unknown", "process"] as const;
const INK = "#140d03";

/** `label` gives what a frame number says. The context is cleared, in CSS pixels. */
export function drawFlame(
  context: CanvasRenderingContext2D,
  tree: Tree,
  rects: Rects,
  label: (frame: number) => Label,
  view: FlameView,
  palette: Palette,
) {
  setFont(context, palette, 11);
  context.textAlign = "left";
  const cell = context.measureText("0").width;
  const colours = {
    kernel: palette.kern,
    user: palette.user,
    jit: palette.jit,
    unknown: palette.faint,
    process: palette.line,
  };
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
    const onColour = r.kind !== "process" && (r.strong || !palette.dark);
    context.fillStyle = onColour ? INK : palette.text;
    const text = clip(label(tree.frame[r.node] as number).name, Math.floor((r.width - 10) / cell));
    context.fillText(text, r.x + 5, r.y + view.rowHeight / 2 + 0.5);
  }
}

/** Outlines a node wherever it is shown. */
export function outline(
  context: CanvasRenderingContext2D,
  rects: Rects,
  node: number,
  view: FlameView,
  palette: Palette,
  lineWidth: number,
) {
  const at = rects.node.subarray(0, rects.count).indexOf(node);
  if (at === -1) return;
  context.strokeStyle = palette.text;
  context.lineWidth = lineWidth;
  const y = rowTop(rects.depth[at] as number, rects.depths, view);
  const [x, width] = [rects.x[at] as number, rects.width[at] as number];
  context.strokeRect(x + 1, y + 1, Math.max(1, width - 2), view.rowHeight - 2);
}

function strength(view: FlameView, strong: boolean, palette: Palette): number {
  if (view.matches !== undefined) return strong ? 1 : palette.dark ? 0.3 : 0.35;
  return strong ? 0.88 : 0.4;
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
