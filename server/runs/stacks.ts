/** Names the stacks of a run: each frame's text once, each stack as indexes into them. */
import type { Frame, RawStack, Symbols } from "../../native";
import type { StackBatch } from "../protocol";

/** Past this a run's stacks are counted, not named: about 60 MiB of names at the worst. */
const MAX_STACKS = 65_536;

/** Written as JSON in about 5 ms: a late viewer's thousands must not hold up the rings. */
const STACKS_PER_MESSAGE = 1000;

/** Between a tracepoint and the program on it, by names of the kernel; a handful of frames at most. */
const WAY_TO_TRACER = /^(bpf_trace_run\d+|perf_trace_run_bpf_submit|__bpf_trace_\w+|__traceiter_\w+)$/;
const WAY_FRAMES = 6;

/** A stack taken at a tracepoint, without the tracer itself and the way there, which are no part of what it saw. */
export function withoutTracer(frames: Frame[]): Frame[] {
  const way = frames.slice(0, WAY_FRAMES).findLastIndex(({ name }) => WAY_TO_TRACER.test(name));
  return frames.slice(way + 1);
}

/** How far a viewer has been told. */
export interface StackCursor {
  frames: number;
  stacks: number;
}

export class StackNames {
  private readonly frames: StackBatch["frames"] = [];
  private readonly stacks: StackBatch["stacks"] = [];
  /** How many frames there were when each stack had its names: those that it can refer to. */
  private readonly framesUpTo: number[] = [];
  private readonly frameIndex = new Map<string, number>();
  private pending: Promise<void> = Promise.resolve();
  /** Stacks that were not named because there were too many. */
  lost = 0;

  /** `atTracepoints`: the stacks are taken there; a perf event's are those of what it interrupted. */
  constructor(
    private readonly symbols: Symbols,
    private readonly atTracepoints: boolean,
  ) {}

  /** Queues stacks for naming; calls `named` when they have their names. Their process's maps are read at once. */
  add(raw: readonly RawStack[], named: () => void): void {
    const room = Math.max(0, MAX_STACKS - this.stacks.length);
    const kept = raw.slice(0, room);
    this.lost += raw.length - kept.length;
    if (kept.length === 0) return;
    const resolved = this.symbols.resolve(kept);
    const keep = (stacks: Frame[][]): void => {
      stacks.forEach((found, i) => {
        const frames = this.atTracepoints && kept[i]?.pid === 0 ? withoutTracer(found) : found;
        const indexes = frames.map(({ name, module, kind }) => {
          const key = `${kind}\0${module}\0${name}`;
          const known = this.frameIndex.get(key);
          if (known !== undefined) return known;
          this.frameIndex.set(key, this.frames.length);
          return this.frames.push([name, module, kind]) - 1;
        });
        this.stacks.push([kept[i]?.id ?? 0, indexes]);
        this.framesUpTo.push(this.frames.length);
      });
      named();
    };
    this.pending = Promise.all([resolved, this.pending]).then(
      ([stacks]) => keep(stacks),
      () => {
        this.lost += kept.length;
      },
    );
  }

  /** Resolves once every stack that was queued so far has its names. */
  settled(): Promise<void> {
    return this.pending;
  }

  /** What a viewer at `cursor` has not seen, a message's worth of it, and moves the cursor; undefined: nothing. */
  since(cursor: StackCursor): StackBatch | undefined {
    if (cursor.stacks === this.stacks.length) return undefined;
    const end = Math.min(cursor.stacks + STACKS_PER_MESSAGE, this.stacks.length);
    const framesEnd = this.framesUpTo[end - 1] ?? this.frames.length;
    const batch = {
      firstFrame: cursor.frames,
      frames: this.frames.slice(cursor.frames, framesEnd),
      stacks: this.stacks.slice(cursor.stacks, end),
    };
    cursor.frames = framesEnd;
    cursor.stacks = end;
    return batch;
  }
}
