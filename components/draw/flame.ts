/** A flame graph on a canvas: rectangles and a viewport in, pixels out. */
import { stepOf } from "./diverging";
import { type Rects, SMALL, type Tree } from "./flame-layout";
import { setFont } from "./heatmap";
import type { Palette } from "./palette";
import type { Pen } from "./pen";
import { clip } from "./text";

export const KINDS = ["kernel", "user", "inlined", "jit", "unknown", "process"] as const;

/** A frame as it is drawn. */
export interface Label {
  name: string;
  /** `process`: not code, but whose code it is. */
  kind: (typeof KINDS)[number];
  /** Of the process or thread that it is. */
  number?: number;
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
  /** What became of a node's share, from -1 (gone) to 1 (new): its colour; undefined: colours are kinds. */
  change: ((node: number) => number) | undefined;
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

/** As it is written: a process or thread with its number. */
export const labelText = ({ name, number }: Label) => (number === undefined ? name : `${name} (${number})`);

export function kindColour(kind: Label["kind"], palette: Palette): string {
  if (kind === "kernel") return palette.kern;
  if (kind === "unknown") return palette.faint;
  return kind === "process" ? palette.line : palette[kind];
}

const INK = "#140d03";

interface Look {
  css: string;
  alpha: number;
  ink: string;
}

/** Every frame has one of a few looks; those drawn in full colour come second of each pair. */
function looksOf(view: FlameView, palette: Palette): Look[] {
  const faded = view.matches !== undefined ? (palette.dark ? 0.3 : 0.35) : 0.4;
  const full = view.matches !== undefined ? 1 : 0.88;
  const pair = (css: string, bright: boolean): Look[] => [
    { css, alpha: faded, ink: palette.dark ? palette.text : INK },
    { css, alpha: full, ink: bright ? INK : palette.text },
  ];
  if (view.change) return palette.diverging.flatMap(({ css, bright }) => pair(css, bright));
  return KINDS.flatMap((kind) => pair(kindColour(kind, palette), kind !== "process"));
}

/** `label` gives what a frame number says. The context is cleared, in CSS pixels. */
export function drawFlame(
  context: Pen,
  tree: Tree,
  rects: Rects,
  label: (frame: number) => Label,
  view: FlameView,
  palette: Palette,
) {
  setFont(context, palette, 11);
  context.textAlign = "left";
  const cell = context.measureText("0").width;
  const looks = looksOf(view, palette);
  // Chains of rectangles by look: changing the fill is dearer than filling.
  const next = new Int32Array(rects.count);
  const last = new Int32Array(looks.length).fill(-1);
  const first = new Int32Array(looks.length).fill(-1);
  const look = new Uint8Array(rects.count);
  for (let i = 0; i < rects.count; i++) {
    if (!isVisible(rects, i, view)) continue;
    const of = lookOf(tree, rects, i, label, view);
    look[i] = of;
    if (first[of] === -1) first[of] = i;
    else next[last[of] as number] = i;
    last[of] = i;
    next[i] = -1;
  }
  looks.forEach(({ css, alpha }, of) => {
    if (first[of] === -1) return;
    context.fillStyle = css;
    context.globalAlpha = alpha;
    fillChain(context, rects, first[of] as number, next, view);
  });
  context.globalAlpha = 1;
  for (let i = 0; i < rects.count; i++) {
    const width = rects.width[i] as number;
    const node = rects.node[i] as number;
    if (width < 3 * cell + 8 || node === SMALL || !isVisible(rects, i, view)) continue;
    context.fillStyle = (looks[look[i] as number] as Look).ink;
    const text = clip(labelText(label(tree.frame[node] as number)), Math.floor((width - 10) / cell));
    const y = rowTop(rects.depth[i] as number, rects.depths, view);
    context.fillText(text, (rects.x[i] as number) + 5, y + view.rowHeight / 2 + 0.5);
  }
}

function isVisible(rects: Rects, i: number, view: FlameView): boolean {
  const y = rowTop(rects.depth[i] as number, rects.depths, view);
  return y + view.rowHeight >= 0 && y <= view.height;
}

function lookOf(
  tree: Tree,
  rects: Rects,
  i: number,
  label: (frame: number) => Label,
  view: FlameView,
): number {
  const node = rects.node[i] as number;
  const frame = node === SMALL ? -1 : (tree.frame[node] as number);
  const strong = view.matches
    ? view.matches[frame] === 1
    : node !== SMALL && (rects.depth[i] as number) >= view.zoomDepth;
  let colour: number;
  if (view.change) colour = stepOf(node === SMALL ? 0 : view.change(node));
  else colour = KINDS.indexOf(node === SMALL ? "unknown" : label(frame).kind);
  return 2 * colour + (strong ? 1 : 0);
}

/** Wider ones have a hair of ground between them; narrow neighbours of one look are one rectangle. */
function fillChain(context: Pen, rects: Rects, from: number, next: Int32Array, view: FlameView) {
  for (let i = from; i !== -1; i = next[i] as number) {
    const x = rects.x[i] as number;
    const depth = rects.depth[i] as number;
    let width = rects.width[i] as number;
    const y = rowTop(depth, rects.depths, view) + 0.5;
    if (width > 2) width -= 0.75;
    else
      for (
        let n = next[i] as number;
        n !== -1 && isBeside(rects, n, depth, x + width);
        n = next[i] as number
      ) {
        width += rects.width[n] as number;
        i = n;
      }
    context.fillRect(x, y, width, view.rowHeight - 1);
  }
}

const isBeside = (rects: Rects, n: number, depth: number, x: number) =>
  rects.depth[n] === depth && (rects.width[n] as number) <= 2 && Math.abs((rects.x[n] as number) - x) < 0.05;

/** Outlines a node wherever it is shown. */
export function outline(
  context: Pen,
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
