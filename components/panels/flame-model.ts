/** All that a flame graph shows, from a table and a setting; it grows with the table, and what is counted once stays counted. */
import type { Tree } from "../draw/flame-layout";
import type { TimeRange } from "../moment";
import type { Stacks } from "../stacks";
import type { Table } from "../table";
import type { FlameColumns } from "./flame-columns";
import { type Comparison, compare } from "./flame-difference";
import { OffsetHeat } from "./flame-heat";
import { RangeSum, Samples } from "./flame-samples";
import { type Counts, FlameTree, type Part } from "./flame-tree";
import type { FlameSetting } from "./flame-view";

export interface ShownPart {
  of: Part["of"];
  tree: FlameTree;
  /** As it is laid out: counted, or with the means of two shares. */
  drawn: Tree;
  now: Counts;
  comparison: Comparison | undefined;
}

export interface Shown {
  /** The whole, or callers and callees. */
  parts: [ShownPart, ...ShownPart[]];
  /** Share of the samples in the parts that have a matching frame; `matches` by frame. */
  matched(matches: Uint8Array): number;
  /** Frame number of whose callers and callees they are. */
  around: number | undefined;
  /** What all samples looked at add up to; what of it has no names yet. */
  all: number;
  waiting: number;
  /** False: stacks are left to be placed in the next frame. */
  done: boolean;
}

/** What a render may spend on new stacks: half a frame. */
const GROW_MS = 8;

export class FlameModel {
  readonly samples: Samples;
  readonly heat: OffsetHeat;
  private readonly trees = new Map<string, { tree: FlameTree; buffers: (Counts | undefined)[] }>();
  private sums = new Map<string, RangeSum>();

  constructor(columns: FlameColumns) {
    this.samples = new Samples(columns);
    this.heat = new OffsetHeat(this.samples);
  }

  show(table: Pick<Table, "batches">, stacks: Stacks, setting: FlameSetting, growMs = GROW_MS): Shown {
    const { samples } = this;
    samples.take(table.batches);
    this.heat.take();
    const deadline = performance.now() + growMs;
    const keys = new Set<string>();
    const grown = (part: Part) => {
      const { by, collapse } = setting;
      const key = `${by} ${collapse} ${part.of} ${part.of === "whole" ? "" : part.frame}`;
      keys.add(key);
      const kept = this.trees.get(key) ?? {
        tree: new FlameTree(samples, { by, collapse, part }),
        buffers: [],
      };
      this.trees.set(key, kept);
      return { ...kept, part, done: kept.tree.grow(stacks, deadline) };
    };
    // The whole names the frames that the others are made around.
    const whole = grown({ of: "whole" });
    const around = setting.around === undefined ? -1 : samples.frameOf(setting.around);
    const parts =
      around === -1
        ? [whole]
        : [grown({ of: "callers", frame: around }), grown({ of: "callees", frame: around })];
    for (const key of this.trees.keys()) if (!keys.has(key)) this.trees.delete(key);

    const { time, base } = setting;
    const used = new Map<string, RangeSum>();
    const sumOf = (range: TimeRange) => this.rangeSum(range, used).take();
    const since = time ?? (base && { from: base.to, to: Number.POSITIVE_INFINITY });
    const looked = since && sumOf(since);
    const weights = looked?.weights ?? samples.weights;
    const baseline = base && sumOf(base);
    this.sums = used;

    const [first, second] = parts.map(({ tree, buffers, part: { of } }): ShownPart => {
      const now = tree.count(weights, buffers[0]);
      buffers[0] = now;
      if (!baseline) return { of, tree, now, drawn: tree.counted(now), comparison: undefined };
      const before = tree.count(baseline.weights, buffers[1]);
      buffers[1] = before;
      const comparison = compare(now, before, tree.size, Math.min(looked?.count ?? 0, baseline.count));
      return { of, tree, now, drawn: tree.counted(comparison), comparison };
    }) as [ShownPart, ShownPart?];
    return {
      parts: second ? [first, second] : [first],
      matched: (matches) => whole.tree.matched(weights, matches, first.tree) / (first.now.total[0] || 1),
      around: around === -1 ? undefined : around,
      all: added(weights),
      waiting: first.now.waiting,
      done: whole.done && parts.every(({ done }) => done),
    };
  }

  private rangeSum(range: TimeRange, used: Map<string, RangeSum>): RangeSum {
    const key = `${range.from} ${range.to}`;
    const sum = used.get(key) ?? this.sums.get(key) ?? new RangeSum(this.samples, range);
    used.set(key, sum);
    return sum;
  }
}

function added(weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i] as number;
  return sum;
}
