/** Traces as one tree of frames, grown as they and their names come, and counted for whatever samples are looked at. */
import type { Tree } from "../draw/flame-layout";
import type { Stacks } from "../stacks";
import { ALL, type By, type Samples } from "./flame-samples";
import { longer, Tuples } from "./tuples";

/** Which part of each stack: all of it, or what called, or was called by, the outermost of a frame. */
export type Part = { of: "whole" } | { of: "callers" | "callees"; frame: number };

export interface Shape {
  by: By;
  /** A frame that calls itself shows once. */
  collapse: boolean;
  part: Part;
}

/** Two of 127 frames, and whose they are; what a table may hold beyond that is cut at its leaf. */
const MAX_DEPTH = 512;
/** Traces placed between two looks at the clock: about 5 ms of work. */
const AT_ONCE = 512;
const UNPLACED = -1;
const NOT_A_PART = -2;

export class FlameTree {
  firstChild = new Int32Array(1024);
  nextSibling = new Int32Array(1024);
  /** Of the frames from the root: the same node in another browser, and after a reload. */
  path = new Uint32Array(1024);
  /** Frames of the deepest stack, the root not counted. */
  depth = 0;

  private readonly nodes = new Tuples();
  /** Node in which each trace ends. */
  private leaf = new Int32Array(1024);
  /** Traces without names when they were last tried, and those to try again because names have come. */
  private nameless: number[] = [];
  private retried: number[] = [];
  private seen = 0;
  private stacksVersion = -1;
  private readonly unsorted = new Set<number>();
  private readonly scratch = new Int32Array(MAX_DEPTH);

  constructor(
    private readonly samples: Samples,
    private readonly shape: Shape,
  ) {
    const root = shape.part.of === "whole" ? ALL : shape.part.frame;
    // Callers and callees of one frame are other nodes, though they have the same names.
    this.addNode(-1, root, shape.part.of === "callers" ? 1 : 0);
  }

  get size() {
    return this.nodes.size;
  }
  get parent() {
    return this.nodes.a;
  }
  get frame() {
    return this.nodes.b;
  }

  /**
   * Places the traces that are new or whose names have come, until `deadline` (of performance.now()). False when
   * some that could be placed are left for the next call.
   */
  grow(stacks: Stacks, deadline = Number.POSITIVE_INFINITY): boolean {
    const { traces } = this.samples;
    if (traces.size > this.leaf.length) this.leaf = longer(this.leaf, traces.size);
    if (this.stacksVersion !== stacks.version) {
      this.retried = this.retried.concat(this.nameless);
      this.nameless = [];
      this.stacksVersion = stacks.version;
    }
    for (let tried = 1; ; tried++) {
      const trace = this.retried.pop() ?? (this.seen < traces.size ? this.seen++ : undefined);
      if (trace === undefined) break;
      if (!this.place(trace, stacks)) this.nameless.push(trace);
      if (tried % AT_ONCE === 0 && performance.now() > deadline) break;
    }
    // The traces behind `seen` are unplaced too.
    this.leaf.fill(UNPLACED, this.seen, traces.size);
    this.sortChildren();
    return this.retried.length === 0 && this.seen === traces.size;
  }

  /** Adds weights by trace up along the tree; `waiting` is what could not be placed yet. `into` is overwritten. */
  count(weights: Float64Array, into?: Counts): Counts {
    const { size, parent, leaf } = this;
    const fits = into !== undefined && into.self.length >= size;
    const self = fits ? into.self.fill(0) : new Float64Array(longerThan(size));
    const total = fits ? into.total : new Float64Array(longerThan(size));
    let waiting = 0;
    const traces = Math.min(weights.length, this.samples.traces.size);
    for (let trace = 0; trace < traces; trace++) {
      const node = leaf[trace] as number;
      if (node >= 0) self[node] = (self[node] as number) + (weights[trace] as number);
      else if (node === UNPLACED) waiting += weights[trace] as number;
    }
    total.set(self);
    // Children have greater numbers than their parents: one sweep backwards adds them up.
    for (let node = size - 1; node > 0; node--) {
      const above = parent[node] as number;
      total[above] = (total[above] as number) + (total[node] as number);
    }
    return { self, total, waiting };
  }

  /** As drawing and layout take it, `total` by node to go by. */
  counted({ total }: Pick<Counts, "total">): Tree {
    const { size, parent, frame, firstChild, nextSibling } = this;
    return { size, parent, frame, firstChild, nextSibling, total };
  }

  /** How much of the traces that are in `part` too have a frame that matches on their stack; `matches` by frame. */
  matched(weights: Float64Array, matches: Uint8Array, part: FlameTree): number {
    const inside = new Uint8Array(this.size);
    for (let node = 0; node < this.size; node++) {
      const above = node === 0 ? 0 : (inside[this.parent[node] as number] as number);
      inside[node] = above | (matches[this.frame[node] as number] ?? 0);
    }
    let sum = 0;
    const traces = Math.min(weights.length, this.seen, part.seen);
    for (let trace = 0; trace < traces; trace++) {
      const node = this.leaf[trace] as number;
      if (node >= 0 && inside[node] === 1 && (part.leaf[trace] as number) >= 0)
        sum += weights[trace] as number;
    }
    return sum;
  }

  /** The node with these frames from the root (see `path`), -1 when there is none. */
  nodeAt(path: number): number {
    return this.path.subarray(0, this.size).indexOf(path);
  }

  /** False while it has no names. */
  private place(trace: number, stacks: Stacks): boolean {
    const { by, collapse, part } = this.shape;
    const frames = this.scratch;
    let count = this.samples.framesOf(trace, by, stacks, frames);
    this.leaf[trace] = UNPLACED;
    if (count < 0) return false;
    if (collapse) count = withoutRepeats(frames, count);
    const outermost = part.of === "whole" ? -1 : frames.subarray(0, count).indexOf(part.frame);
    if (part.of !== "whole" && outermost === -1) {
      this.leaf[trace] = NOT_A_PART;
      return true;
    }
    const [from, to, way] = part.of === "callers" ? [outermost - 1, -1, -1] : [outermost + 1, count, 1];
    let node = 0;
    for (let i = from; i !== to; i += way) node = this.childOf(node, frames[i] as number);
    this.leaf[trace] = node;
    this.depth = Math.max(this.depth, Math.abs(to - from));
    return true;
  }

  private childOf(parent: number, frame: number): number {
    const before = this.nodes.size;
    const node = this.nodes.numberOf(parent, frame, 0);
    if (node === before) this.addNode(parent, frame, this.path[parent] as number, node);
    return node;
  }

  private addNode(parent: number, frame: number, from: number, node = this.nodes.numberOf(parent, frame, 0)) {
    if (node >= this.path.length) {
      this.firstChild = longer(this.firstChild);
      this.nextSibling = longer(this.nextSibling);
      this.path = longer(this.path);
    }
    this.firstChild[node] = -1;
    this.nextSibling[node] = parent === -1 ? -1 : (this.firstChild[parent] as number);
    this.path[node] = mix(from, this.samples.hashes[frame] as number);
    if (parent === -1) return;
    this.firstChild[parent] = node;
    this.unsorted.add(parent);
  }

  /** By name, so that frames keep their places while their widths change. */
  private sortChildren() {
    const { frames } = this.samples;
    const name = (node: number) => frames[this.frame[node] as number]?.name ?? "";
    for (const parent of this.unsorted) {
      const first = this.firstChild[parent] as number;
      if (this.nextSibling[first] === -1) continue;
      const nodes: number[] = [];
      for (let c = first; c !== -1; c = this.nextSibling[c] as number) nodes.push(c);
      const names = new Map(nodes.map((node) => [node, name(node)]));
      nodes.sort((a, b) => {
        const [x, y] = [names.get(a) ?? "", names.get(b) ?? ""];
        return x < y ? -1 : x > y ? 1 : a - b;
      });
      this.firstChild[parent] = nodes[0] ?? -1;
      nodes.forEach((node, i) => {
        this.nextSibling[node] = nodes[i + 1] ?? -1;
      });
    }
    this.unsorted.clear();
  }
}

/** By node. */
export interface Counts {
  self: Float64Array;
  total: Float64Array;
  /** What belongs in, but has no names yet. */
  waiting: number;
}

const longerThan = (size: number) => Math.max(1024, Math.ceil(size * 1.5));

/** Drops, in place, frames that stand on themselves; returns how many are left. */
function withoutRepeats(frames: Int32Array, count: number): number {
  let kept = 0;
  for (let i = 0; i < count; i++)
    if (i === 0 || frames[i] !== frames[i - 1]) frames[kept++] = frames[i] as number;
  return kept;
}

/** boost's hash_combine, with 32 bits. */
function mix(from: number, hash: number): number {
  const mixed = from ^ (hash + 0x9e3779b9 + (from << 6) + (from >>> 2));
  return (Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b) ^ mixed) >>> 0;
}
