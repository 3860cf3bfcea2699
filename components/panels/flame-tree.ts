/** Sampled stacks as one tree of counted frames, grown batch by batch. */
import type { Column } from "../../server/protocol";
import { numberAt, textAt } from "../batch";
import type { Label } from "../draw/flame";
import type { Tree } from "../draw/flame-layout";
import type { Stacks } from "../stacks";
import type { Batch } from "../table";

export interface FlameColumns {
  kernel: number;
  user: number;
  /** What the width is counted in; -1: every row is one sample. */
  weight: number;
  /** Whose stacks they are; -1: not known. */
  comm: number;
  pid: number;
}

/** Places of the columns a flame graph needs, or undefined when the table has no stacks. */
export function flameColumns(columns: readonly Column[]): FlameColumns | undefined {
  const stacks = columns.flatMap((c, i) => (c.type === "stack" ? [i] : []));
  if (stacks.length === 0) return undefined;
  const named = (word: string) => stacks.find((i) => columns[i]?.name.includes(word)) ?? -1;
  const place = (...meanings: string[]) => columns.findIndex((c) => meanings.includes(c.meaning));
  return {
    kernel: named("kernel"),
    user: named("user") === -1 && named("kernel") === -1 ? (stacks[0] as number) : named("user"),
    weight: columns.findIndex((c) => !c.key && (c.meaning === "nsec" || c.meaning === "count_n")),
    comm: place("comm"),
    pid: place("pid_n"),
  };
}

export interface FlameFrame extends Label {
  module: string;
}

/** Stacks of one process (by command) whose names have come: where they end in the tree. */
interface Process {
  frame: number;
  node: number;
  pids: Set<number>;
  /** Leaf node by kernel and user stack. */
  leaves: Map<number, number>;
}

/** Stack ids are dense: two of them fit in a double's 53 bits. */
const STACKS = 2 ** 26;
const ALL = 0;

export class FlameTree implements Tree {
  size = 0;
  parent = new Int32Array(1024);
  firstChild = new Int32Array(1024);
  nextSibling = new Int32Array(1024);
  frame = new Int32Array(1024);
  self = new Float64Array(1024);
  total = new Float64Array(1024);
  /** Of the names from the root: the same node in another browser, and after a reload. */
  path = new Uint32Array(1024);
  /** What the numbers in `frame` say: everything, then commands and named frames as they came. */
  readonly frames: FlameFrame[] = [];
  /** Samples whose stacks have no names yet. */
  waiting = 0;
  /** Changes with everything that changes. */
  version = 0;

  private readonly frameNumbers = new Map<string, number>();
  /** By index in `Stacks.frames`. */
  private readonly ofStackFrame: number[] = [];
  private readonly processes = new Map<string, Process>();
  /** Nodes by hash of parent and frame, -1 where free; never more than half full. */
  private children = new Int32Array(4096).fill(-1);
  private readonly unsorted = new Set<number>();
  private readonly held = new Map<
    string,
    { process: Process; kernel: number; user: number; weight: number }
  >();
  private taken = 0;
  private heldVersion = 0;

  constructor(private readonly columns: FlameColumns) {
    this.addNode(-1, this.numberOf({ name: "all", module: "", kind: "process" }));
  }

  /** Takes in the rows it has not seen, and what had to wait for names. True when something changed. */
  take(batches: readonly Batch[], stacks: Stacks): boolean {
    const before = this.version;
    if (this.held.size > 0 && stacks.version !== this.heldVersion) this.release(stacks);
    this.heldVersion = stacks.version;
    let next = batches.length;
    while (next > 0 && endOf(batches[next - 1] as Batch) > this.taken) next--;
    for (; next < batches.length; next++) this.takeOne(batches[next] as Batch, stacks);
    this.sortChildren();
    return this.version !== before;
  }

  /** The node with these names from the root (see `path`), -1 when there is none. */
  nodeAt(path: number): number {
    return this.path.subarray(0, this.size).indexOf(path);
  }

  private takeOne(batch: Batch, stacks: Stacks) {
    const { kernel, user, weight } = this.columns;
    for (let row = Math.max(0, this.taken - batch.position); row < batch.rows; row++) {
      const process = this.processOf(batch, row);
      const count = weight === -1 ? 1 : numberAt(batch.columns[weight], row);
      this.add(
        process,
        numberAt(batch.columns[kernel], row),
        numberAt(batch.columns[user], row),
        count,
        stacks,
      );
    }
    this.taken = endOf(batch);
  }

  private add(process: Process, kernel: number, user: number, weight: number, stacks: Stacks) {
    const key = kernel * STACKS + user;
    let leaf = process.leaves.get(key);
    if (leaf === undefined) {
      const frames = framesOf(kernel, user, stacks);
      if (!frames) return this.hold(process, kernel, user, weight);
      leaf = frames.reduceRight(
        (node, frame) => this.childOf(node, this.fromStack(frame, stacks)),
        process.node,
      );
      process.leaves.set(key, leaf);
    }
    this.self[leaf] = (this.self[leaf] as number) + weight;
    for (let node = leaf; node !== -1; node = this.parent[node] as number)
      this.total[node] = (this.total[node] as number) + weight;
    this.version++;
  }

  private hold(process: Process, kernel: number, user: number, weight: number) {
    const key = `${process.node} ${kernel} ${user}`;
    const known = this.held.get(key);
    if (known) known.weight += weight;
    else this.held.set(key, { process, kernel, user, weight });
    this.waiting += weight;
    this.version++;
  }

  private release(stacks: Stacks) {
    for (const [key, { process, kernel, user, weight }] of this.held) {
      if (!framesOf(kernel, user, stacks)) continue;
      this.held.delete(key);
      this.waiting -= weight;
      this.add(process, kernel, user, weight, stacks);
    }
  }

  private processOf(batch: Batch, row: number): Process {
    const { comm, pid } = this.columns;
    const name = comm === -1 ? "" : textAt(batch.columns[comm], row);
    let process = this.processes.get(name);
    if (!process) {
      const frame = name === "" ? (this.frame[ALL] as number) : this.frames.length;
      if (name !== "") this.frames.push({ name, module: "", kind: "process" });
      const node = name === "" ? ALL : this.childOf(ALL, frame);
      process = { frame, node, pids: new Set(), leaves: new Map() };
      this.processes.set(name, process);
    }
    if (pid !== -1 && name !== "") this.notePid(process, name, numberAt(batch.columns[pid], row));
    return process;
  }

  /** A command that is one process says which. */
  private notePid(process: Process, name: string, pid: number) {
    if (process.pids.size > 1 || process.pids.has(pid)) return;
    process.pids.add(pid);
    const one = process.pids.size === 1;
    this.frames[process.frame] = { name: one ? `${name} (${pid})` : name, module: "", kind: "process" };
  }

  private fromStack(index: number, stacks: Stacks): number {
    const known = this.ofStackFrame[index];
    if (known !== undefined) return known;
    const number = this.numberOf(stacks.frames[index] ?? { name: "?", module: "", kind: "unknown" });
    this.ofStackFrame[index] = number;
    return number;
  }

  private numberOf(frame: FlameFrame): number {
    const key = `${frame.kind} ${frame.module} ${frame.name}`;
    let number = this.frameNumbers.get(key);
    if (number === undefined) {
      number = this.frames.push(frame) - 1;
      this.frameNumbers.set(key, number);
    }
    return number;
  }

  private childOf(parent: number, frame: number): number {
    const place = this.placeOf(parent, frame);
    const known = this.children[place] as number;
    if (known !== -1) return known;
    const child = this.addNode(parent, frame);
    this.children[place] = child;
    this.unsorted.add(parent);
    if (2 * this.size > this.children.length) this.rehash();
    return child;
  }

  /** Where in `children` this node is, or would be. */
  private placeOf(parent: number, frame: number): number {
    const mask = this.children.length - 1;
    let place = (Math.imul(parent, 0x9e3779b1) ^ Math.imul(frame, 0x85ebca6b)) >>> 0;
    place = (place ^ (place >>> 15)) & mask;
    for (; ; place = (place + 1) & mask) {
      const node = this.children[place] as number;
      if (node === -1 || (this.parent[node] === parent && this.frame[node] === frame)) return place;
    }
  }

  private rehash() {
    this.children = new Int32Array(this.children.length * 2).fill(-1);
    for (let node = 1; node < this.size; node++)
      this.children[this.placeOf(this.parent[node] as number, this.frame[node] as number)] = node;
  }

  private addNode(parent: number, frame: number): number {
    if (this.size === this.parent.length) this.grow();
    const node = this.size++;
    this.parent[node] = parent;
    this.frame[node] = frame;
    this.firstChild[node] = -1;
    this.nextSibling[node] = parent === -1 ? -1 : (this.firstChild[parent] as number);
    if (parent !== -1) this.firstChild[parent] = node;
    this.path[node] = hash(parent === -1 ? 0 : (this.path[parent] as number), this.frames[frame]?.name ?? "");
    return node;
  }

  private grow() {
    for (const name of ["parent", "firstChild", "nextSibling", "frame"] as const) {
      const longer = new Int32Array(this.size * 2);
      longer.set(this[name]);
      this[name] = longer;
    }
    for (const name of ["self", "total"] as const) {
      const longer = new Float64Array(this.size * 2);
      longer.set(this[name]);
      this[name] = longer;
    }
    const longer = new Uint32Array(this.size * 2);
    longer.set(this.path);
    this.path = longer;
  }

  /** By name, so that frames keep their places while their widths change. */
  private sortChildren() {
    const name = (node: number) => this.frames[this.frame[node] as number]?.name ?? "";
    for (const parent of this.unsorted) {
      const nodes: number[] = [];
      for (let c = this.firstChild[parent] as number; c !== -1; c = this.nextSibling[c] as number)
        nodes.push(c);
      // Old children are in order already, which is what this sort is quick at.
      nodes.sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : a - b));
      this.firstChild[parent] = nodes[0] ?? -1;
      nodes.forEach((node, i) => {
        this.nextSibling[node] = nodes[i + 1] ?? -1;
      });
    }
    this.unsorted.clear();
  }
}

const endOf = (batch: Batch) => batch.position + batch.rows;

/** Leaf first, the kernel's on top of the program's; undefined while one of the two has no names yet. */
function framesOf(kernel: number, user: number, { stacks }: Stacks): number[] | undefined {
  const above = kernel === 0 ? [] : stacks.get(kernel);
  const below = user === 0 ? [] : stacks.get(user);
  return above && below && [...above, ...below];
}

/** FNV-1a over a name, continuing from its parent's. */
function hash(from: number, name: string): number {
  let h = from ^ 0x811c9dc5;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return (h ^ (h >>> 15)) >>> 0;
}
