/** The samples of a table of stacks as flat arrays: which trace, when and how much. Everything a flame graph shows is summed from here. */
import { bytesAt, type ColumnValues, doublesOf, textAt } from "../batch";
import type { Label } from "../draw/flame";
import type { TimeRange } from "../moment";
import type { Stacks } from "../stacks";
import type { Batch } from "../table";
import type { FlameColumns } from "./flame-columns";
import { longer, Tuples } from "./tuples";

export interface FlameFrame extends Label {
  module: string;
}

/** What the stacks are told apart by, below everything. */
export type By = "command" | "process" | "thread" | "nothing";

interface Thread {
  pid: number;
  tid: number;
  comm: Uint8Array;
  /** Frame numbers that stand below its stacks. */
  command: number;
  process: number;
  thread: number;
}

/** Samples whose times are remembered: 16 MiB, an hour and a half of 2 CPUs at 99 Hz. */
export const REMEMBERED = 1 << 20;
/** A row cannot be younger than the moment it was read, but for the two clocks' rounding. */
const AHEAD_MS = 1;
/** A page that is too slow has one after the other; the strip of fifteen minutes has no room to tell more apart. */
const MOST_GAPS = 200;
export const ALL = 0;

export class Samples {
  /** A trace is a thread with a kernel and a user stack: `a`, `b` and `c`. */
  readonly traces = new Tuples();
  /** Of each trace since the start. */
  weights = new Float64Array(1024);
  /** What the numbers in trees say: everything, then owners and code as they came. A frame that changes is another object. */
  readonly frames: FlameFrame[] = [{ name: "all", module: "", kind: "process" }];
  /** Of what a frame says: the same in another browser, and after a reload. */
  hashes = Uint32Array.of(hashOf("all"));
  /** Kinds that frames are of. */
  readonly kinds = new Set<FlameFrame["kind"]>();
  /** Changes with everything that changes. */
  version = 0;
  /** The samples remembered are those from number `first` to `end`; number n is at n - first. */
  first = 0;
  end = 0;
  /** When, milliseconds of CLOCK_MONOTONIC; which trace; how much. */
  at = new Float64Array(1024);
  trace = new Int32Array(1024);
  weight = new Float64Array(1024);
  /** When rows were read that this page was not sent: the last ones, oldest first. */
  readonly gaps: TimeRange[] = [];

  private readonly threads: Thread[] = [];
  private readonly byTid = new Map<number, number[]>();
  private readonly owners = new Map<string, { frame: number; pids: Set<number> }>();
  private ofCode = new Int32Array(1024);
  private taken = 0;
  /** What the newest batch ended with: the number of a row in its run, and when it was read. */
  private nextRow: number | undefined;
  private readAt = 0;

  constructor(private readonly columns: FlameColumns) {}

  /** Takes in the rows it has not seen. */
  take(batches: readonly Batch[]) {
    let next = batches.length;
    while (next > 0 && endOf(batches[next - 1] as Batch) > this.taken) next--;
    for (; next < batches.length; next++) this.takeOne(batches[next] as Batch);
  }

  /** The frame with this hash, -1 when none has been seen. */
  frameOf(hash: number): number {
    return this.hashes.subarray(0, this.frames.length).indexOf(hash);
  }

  /**
   * Writes the frames of a trace to `into`, root first: whose it is, the program's, the kernel's. Returns how many;
   * -1 while a stack of it has no names yet.
   */
  framesOf(trace: number, by: By, { frames, stacks }: Stacks, into: Int32Array): number {
    const [kernel, user] = [this.traces.b[trace] as number, this.traces.c[trace] as number];
    const above = kernel === 0 ? [] : stacks.get(kernel);
    const below = user === 0 ? [] : stacks.get(user);
    if (!above || !below) return -1;
    let count = 0;
    const thread = this.threads[this.traces.a[trace] as number];
    if (thread && by === "command" && thread.command !== ALL) into[count++] = thread.command;
    if (thread && (by === "process" || by === "thread") && thread.process !== ALL)
      into[count++] = thread.process;
    if (thread && by === "thread" && thread.thread !== ALL) into[count++] = thread.thread;
    for (const stack of [below, above])
      for (let i = stack.length - 1; i >= 0 && count < into.length; i--)
        into[count++] = this.codeFrame(stack[i] as number, frames);
    return count;
  }

  private noteGap({ first, rows, at }: Batch, times: ArrayLike<number> | undefined) {
    if (this.nextRow !== undefined && first > this.nextRow) {
      // What it holds begins with its first row, not when it was read.
      const to = times && rows > 0 ? (times[0] as number) / 1e6 : at;
      if (to > this.readAt) this.gaps.push({ from: this.readAt, to });
      if (this.gaps.length > MOST_GAPS) this.gaps.shift();
    }
    this.nextRow = first + rows;
    this.readAt = at;
  }

  private takeOne(batch: Batch) {
    const { kernel, user, weight, time, pid, tid } = this.columns;
    const from = Math.max(0, this.taken - batch.position);
    const numbers = (column: number) => doublesOf(batch.columns[column], batch.rows);
    const [kernels, users, pids, times] = [numbers(kernel), numbers(user), numbers(pid), numbers(time)];
    const tids = tid === -1 ? pids : numbers(tid);
    const weights = weight === -1 ? undefined : numbers(weight);
    if (from === 0) this.noteGap(batch, time === -1 ? undefined : times);
    this.makeRoom(batch.rows - from);
    for (let row = from; row < batch.rows; row++) {
      const thread = this.threadOf(batch, row, pids[row] as number, tids[row] as number);
      const trace = this.traces.numberOf(thread, kernels[row] as number, users[row] as number);
      if (trace >= this.weights.length) this.weights = longer(this.weights);
      const much = weights ? (weights[row] as number) : 1;
      this.weights[trace] = (this.weights[trace] as number) + much;
      const place = this.end++ - this.first;
      this.at[place] = time === -1 ? batch.at : Math.min((times[row] as number) / 1e6, batch.at + AHEAD_MS);
      this.trace[place] = trace;
      this.weight[place] = much;
    }
    this.taken = endOf(batch);
    if (from < batch.rows) this.version++;
  }

  private makeRoom(rows: number) {
    const kept = this.end - this.first;
    if (kept + rows > REMEMBERED && kept > 0) {
      // A quarter at a time, so that moving the rest is rare.
      const gone = Math.min(kept, Math.max(rows, REMEMBERED >> 2));
      for (const array of [this.at, this.trace, this.weight]) array.copyWithin(0, gone, kept);
      this.first += gone;
    }
    const size = this.end - this.first + rows;
    if (size <= this.at.length) return;
    this.at = longer(this.at, size);
    this.trace = longer(this.trace, size);
    this.weight = longer(this.weight, size);
  }

  private threadOf(batch: Batch, row: number, pid: number, tid: number): number {
    const column = batch.columns[this.columns.comm];
    const same = this.byTid.get(tid);
    if (same)
      for (const number of same) {
        const known = this.threads[number] as Thread;
        if (known.pid === pid && isText(column, row, known.comm)) return number;
      }
    const comm = bytesAt(column, row).slice();
    const number = this.threads.push(this.newThread(pid, tid, textAt(column, row), comm)) - 1;
    if (same) same.push(number);
    else this.byTid.set(tid, [number]);
    return number;
  }

  private newThread(pid: number, tid: number, name: string, comm: Uint8Array): Thread {
    const thread = { pid, tid, comm, command: ALL, process: ALL, thread: ALL };
    if (this.columns.comm !== -1) thread.command = this.commandFrame(name, pid);
    if (this.columns.pid !== -1) thread.process = this.ownerFrame(`pid ${pid}`, name, pid);
    if (this.columns.tid !== -1) thread.thread = this.ownerFrame(`tid ${tid} ${name}`, name, tid);
    // A process is called what its first thread is called, once that was seen.
    if (pid === tid && thread.process !== ALL)
      this.frames[thread.process] = { name, module: "", kind: "process", number: pid };
    return thread;
  }

  /** A command that is one process says which. */
  private commandFrame(name: string, pid: number): number {
    const frame = this.ownerFrame(`command ${name}`, name);
    const pids = this.owners.get(`command ${name}`)?.pids;
    if (this.columns.pid === -1 || !pids || pids.size > 1 || pids.has(pid)) return frame;
    pids.add(pid);
    this.frames[frame] = { name, module: "", kind: "process", ...(pids.size === 1 && { number: pid }) };
    return frame;
  }

  private ownerFrame(key: string, name: string, number?: number): number {
    const known = this.owners.get(key);
    if (known) return known.frame;
    const frame = this.addFrame(
      { name, module: "", kind: "process", ...(number !== undefined && { number }) },
      key,
    );
    this.owners.set(key, { frame, pids: new Set() });
    return frame;
  }

  /** The server sends each text once: its index tells frames apart. */
  private codeFrame(index: number, frames: Stacks["frames"]): number {
    if (index >= this.ofCode.length) this.ofCode = longer(this.ofCode, index + 1);
    const known = this.ofCode[index] as number;
    if (known !== 0) return known;
    const frame = frames[index] ?? { name: "?", module: "", kind: "unknown" };
    const number = this.addFrame(frame, `${frame.kind} ${frame.module} ${frame.name}`);
    this.ofCode[index] = number;
    return number;
  }

  private addFrame(frame: FlameFrame, key: string): number {
    const number = this.frames.push(frame) - 1;
    this.kinds.add(frame.kind);
    if (number >= this.hashes.length) this.hashes = longer(this.hashes);
    this.hashes[number] = hashOf(key);
    return number;
  }
}

/** Weights by trace of the samples in a stretch of time, kept up while more come. What was forgotten stays counted. */
export class RangeSum {
  weights = new Float64Array(0);
  /** How many they are. */
  count = 0;
  private upTo = 0;

  constructor(
    private readonly samples: Samples,
    readonly range: TimeRange,
  ) {}

  take(): this {
    const { samples, range } = this;
    if (this.weights.length < samples.traces.size) this.weights = longer(this.weights, samples.traces.size);
    const { at, trace, weight, first } = samples;
    for (let n = Math.max(this.upTo, first); n < samples.end; n++) {
      const time = at[n - first] as number;
      if (time < range.from || time >= range.to) continue;
      const of = trace[n - first] as number;
      this.weights[of] = (this.weights[of] as number) + (weight[n - first] as number);
      this.count++;
    }
    this.upTo = samples.end;
    return this;
  }
}

const endOf = (batch: Batch) => batch.position + batch.rows;

/** Without making a view of the row's bytes. */
function isText(column: ColumnValues | undefined, row: number, text: Uint8Array): boolean {
  if (column?.kind !== "text") {
    const bytes = bytesAt(column, row);
    return bytes.length === text.length && bytes.every((byte, i) => byte === text[i]);
  }
  const from = column.offsets[row] as number;
  if ((column.offsets[row + 1] as number) - from !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (column.bytes[from + i] !== text[i]) return false;
  return true;
}

/** FNV-1a. */
export function hashOf(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h ^ (h >>> 15)) >>> 0;
}
