/** Where the frames of a flame graph lie: a tree of counted frames and a width in, rectangles out. */

/** A tree in arrays: node 0 is the root, children hang on `firstChild` and `nextSibling` in the order to show; -1: none. */
export interface Tree {
  readonly size: number;
  readonly parent: Int32Array;
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  /** Which frame a node shows. */
  readonly frame: Int32Array;
  /** How wide a node is, with what it called. */
  readonly total: Float64Array;
}

export interface Rects {
  count: number;
  /** In pixels from the left. */
  x: Float32Array;
  width: Float32Array;
  /** 0 is the root of the tree. */
  depth: Uint16Array;
  /** The node, or SMALL: neighbours too narrow to show alone. */
  node: Int32Array;
  /** One more than the greatest depth. */
  depths: number;
}

export const SMALL = -1;

/** Frames narrower than this many pixels are drawn together with their narrow neighbours, and not gone into. */
const NARROW = 0.8;

export type Order = "name" | "weight";

/**
 * `zoom` fills the width, its ancestors lie above it as wide; everything else is left out. Takes time for the
 * rectangles and the children of what is shown, not for the tree. `order`: as the tree has them, by name, or the
 * widest first.
 */
export function layoutFlame(tree: Tree, zoom: number, width: number, order: Order = "name"): Rects {
  const out: Rects = {
    count: 0,
    x: new Float32Array(1024),
    width: new Float32Array(1024),
    depth: new Uint16Array(1024),
    node: new Int32Array(1024),
    depths: 0,
  };
  if (tree.size === 0 || !((tree.total[zoom] as number) > 0)) return out;
  const path = pathOf(tree, zoom);
  path.forEach((node, depth) => {
    push(out, 0, width, depth, node);
  });
  const scale = width / (tree.total[zoom] as number);
  // What was pushed is also what is left to go into: no recursion, a stack can be any depth.
  for (let i = path.length - 1; i < out.count; i++) {
    const node = out.node[i] as number;
    if (node === SMALL) continue;
    if (order === "name") placeChildren(tree, out, node, i, scale);
    else placeWidestFirst(tree, out, node, i, scale);
  }
  return out;
}

function placeChildren(tree: Tree, out: Rects, node: number, at: number, scale: number) {
  const depth = (out.depth[at] as number) + 1;
  let x = out.x[at] as number;
  let small = 0;
  for (let c = tree.firstChild[node] as number; c !== -1; c = tree.nextSibling[c] as number) {
    const width = (tree.total[c] as number) * scale;
    if (width < NARROW) {
      small += width;
      continue;
    }
    if (small >= NARROW) push(out, x, small, depth, SMALL);
    x += small;
    small = 0;
    push(out, x, width, depth, c);
    x += width;
  }
  if (small >= NARROW) push(out, x, small, depth, SMALL);
}

function placeWidestFirst(tree: Tree, out: Rects, node: number, at: number, scale: number) {
  const depth = (out.depth[at] as number) + 1;
  const wide: number[] = [];
  let small = 0;
  for (let c = tree.firstChild[node] as number; c !== -1; c = tree.nextSibling[c] as number) {
    const width = (tree.total[c] as number) * scale;
    if (width < NARROW) small += width;
    else wide.push(c);
  }
  wide.sort((a, b) => (tree.total[b] as number) - (tree.total[a] as number));
  let x = out.x[at] as number;
  for (const c of wide) {
    const width = (tree.total[c] as number) * scale;
    push(out, x, width, depth, c);
    x += width;
  }
  if (small >= NARROW) push(out, x, small, depth, SMALL);
}

function push(out: Rects, x: number, width: number, depth: number, node: number) {
  if (out.count === out.x.length) grow(out);
  const i = out.count++;
  out.x[i] = x;
  out.width[i] = width;
  out.depth[i] = depth;
  out.node[i] = node;
  out.depths = Math.max(out.depths, depth + 1);
}

function grow(out: Rects) {
  const size = out.count * 2;
  const { x, width, depth, node } = out;
  out.x = new Float32Array(size);
  out.x.set(x);
  out.width = new Float32Array(size);
  out.width.set(width);
  out.depth = new Uint16Array(size);
  out.depth.set(depth);
  out.node = new Int32Array(size);
  out.node.set(node);
}

/** From the root to `node`, both included. */
export function pathOf(tree: Pick<Tree, "parent">, node: number): number[] {
  const path: number[] = [];
  for (let n = node; n !== -1; n = tree.parent[n] as number) path.unshift(n);
  return path;
}

/** Index of the rectangle at a depth and a distance from the left, -1 where there is none. */
export function rectAt(rects: Rects, x: number, depth: number): number {
  for (let i = 0; i < rects.count; i++) {
    const left = rects.x[i] as number;
    if (rects.depth[i] === depth && x >= left && x < left + (rects.width[i] as number)) return i;
  }
  return -1;
}

/** The rectangle that an arrow key leads to: `in` the widest callee, `out` the caller, or the neighbour at its depth. */
export function neighbour(
  tree: Tree,
  rects: Rects,
  node: number,
  way: "in" | "out" | "left" | "right",
): number {
  if (way === "out") return (tree.parent[node] as number) === -1 ? node : (tree.parent[node] as number);
  const own = rects.node.subarray(0, rects.count).indexOf(node);
  if (own === -1) return node;
  const [x, depth] = [rects.x[own] as number, rects.depth[own] as number];
  let best = node;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < rects.count; i++) {
    const other = rects.node[i] as number;
    if (other === SMALL || other === node) continue;
    const otherX = rects.x[i] as number;
    let score = Number.NEGATIVE_INFINITY;
    if (way === "in" && tree.parent[other] === node) score = rects.width[i] as number;
    if (way === "left" && rects.depth[i] === depth && otherX < x) score = otherX;
    if (way === "right" && rects.depth[i] === depth && otherX > x) score = -otherX;
    if (score > bestScore) [best, bestScore] = [other, score];
  }
  return best;
}
