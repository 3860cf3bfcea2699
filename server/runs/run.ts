/** One run: a tool with its parameters and target, what it has recorded, what it lost. Shared by everyone. */
import type { Symbols } from "../../native";
import type { CatalogueTool } from "../catalogue";
import { problemOf, refuse } from "../problem";
import type { Loss, Problem, RunCost, RunInfo, RunRequest } from "../protocol";
import type { Attached } from "./attach";
import { sumOf } from "./batch";
import type { Reading } from "./cost";
import { History } from "./history";
import { type Probes, probesOf } from "./probes";
import { StackNames } from "./stacks";
import type { Target } from "./targets";

/** The variable of sample.bpf.h. */
export const ONE_IN = "one_in";
/** Batches drained in one go, so that one storm does not hold up the other runs. */
const BATCHES_PER_TICK = 16;

/** Sections of programs on tracepoints. */
const TRACEPOINT = /^(tp_btf|raw_tp|tp)\//;

/** Milliseconds of CLOCK_MONOTONIC, the clock of bpf_ktime_get_ns(). */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

export interface HistoryLimits {
  bytes: number;
  minutes: number;
}

export class Run {
  readonly history: History;
  readonly stacks: StackNames;
  readonly startedAt = Date.now();
  /** When the last viewer left, milliseconds of CLOCK_MONOTONIC. */
  unwatchedSince = monotonicMs();
  viewers = 0;
  /** Goes on when nobody watches, and comes back with the server. */
  pinned = false;
  /** When it is to stop, milliseconds since the epoch. */
  until: number | undefined;
  /** Those of them who want the map read every 100 ms. */
  fineViewers = 0;
  /** As last measured, by Costs. */
  cost: RunCost | undefined;
  /** Percent of the machine that a user granted to it. */
  ownBudget: number | undefined;
  /** A budget with which it could go on, when it was over its own. */
  raise: number | undefined;
  /** One event in this many is recorded. */
  oneIn = 1;
  readonly probes: Probes;
  private readonly mapBytes: number;
  private attached: Attached | undefined;
  private problem: Problem | undefined;
  private endedAt: number | undefined;
  private count = 0;
  private rate = 0;
  private measured = { at: monotonicMs(), count: 0 };
  private loss: Loss = { ring: 0, map: 0, stack: 0 };

  constructor(
    readonly id: number,
    readonly key: string,
    readonly request: RunRequest,
    readonly tool: CatalogueTool,
    private readonly target: Target | undefined,
    attached: Attached,
    symbols: Symbols,
    private readonly limits: HistoryLimits,
    /** Batches or stacks were added. */
    private readonly changed: (run: Run) => void,
    private readonly ended: (run: Run) => void,
  ) {
    this.history = new History(limits.bytes, limits.minutes);
    this.stacks = new StackNames(
      symbols,
      tool.schema.programs.every(({ section }) => TRACEPOINT.test(section)),
    );
    this.attached = attached;
    const { object, iterators } = attached;
    const programs = object.stats().map(({ name }) => name);
    this.probes = probesOf(tool, programs, target);
    this.mapBytes = object.mapBytes();
    // What an iterator finds has been there before: differences begin with now.
    if (iterators.length > 0) this.measure();
  }

  /** Stops so many seconds from now; null: only when it is told to. */
  liveFor(seconds: number | null): void {
    this.until = seconds === null ? undefined : Date.now() + seconds * 1000;
  }

  /** How many it has in the kernel. */
  get programs(): number {
    return this.attached?.object.stats().length ?? 0;
  }

  /** Until it is told to stop; what it has recorded by then may still be on its way. */
  get running(): boolean {
    return this.attached !== undefined && this.stopped === undefined;
  }

  /** Nothing of it is in the kernel, and everything it has recorded is here. */
  get isOver(): boolean {
    return this.attached === undefined;
  }

  /** The statistics of its programs now; undefined: it does not run. */
  reading(): Reading | undefined {
    return this.attached && { at: monotonicMs(), programs: this.attached.object.stats() };
  }

  get canSample(): boolean {
    return this.tool.schema.variables.includes(ONE_IN);
  }

  /** Records one event in `oneIn`, by chance; counts stay right on average, as the programs count that many for each. */
  sample(oneIn: number): void {
    if (!this.attached || !this.canSample) return;
    this.attached.object.set(ONE_IN, oneIn);
    this.oneIn = oneIn;
  }

  /** Takes what waits in the ring; about how full of it the ring was, from 0 to 1 (a row takes as much in a batch). */
  drain(): number {
    const { name, ringBytes } = this.tool.table;
    if (!this.attached || !ringBytes) return 0;
    let taken = 0;
    for (let i = 0; i < BATCHES_PER_TICK; i++) {
      const bytes = this.attached.object.drain(name, this.history.room());
      if (bytes === 0) break;
      taken += bytes;
      this.count += this.history.take(monotonicMs(), bytes).rows;
    }
    if (taken > 0) this.takeStacks();
    return taken / ringBytes;
  }

  /** True when the map is read every 100 ms, for a viewer; one that iterators fill gains nothing between their rounds. */
  get readFinely(): boolean {
    return this.fineViewers > 0 && this.tool.table.kind === "map" && this.attached?.iterators.length === 0;
  }

  /** Reads what the map has gained since it was last read. */
  readMap(): void {
    const { table } = this.tool;
    if (!this.attached || table.kind !== "map") return;
    const batch = this.attached.object.read(table.name);
    const counted = table.columns.find((column) => !column.key && column.type === "u64");
    if (counted) this.count += sumOf(batch, table.columns, counted.name);
    this.history.append(monotonicMs(), batch);
    this.takeStacks();
  }

  /** Once a second: runs the iterators, reads the map, unless that is done more often, and the loss counters; measures the rate. */
  measure(): void {
    this.iterate();
    this.read();
  }

  private iterate(): void {
    const { attached } = this;
    for (const program of attached?.iterators ?? []) attached?.object.iterate(program);
  }

  private read(): void {
    if (!this.attached) return;
    const { object } = this.attached;
    const { schema } = this.tool;
    if (!this.readFinely) this.readMap();
    const lossTable = schema.tables.find((candidate) => candidate.name === "loss");
    if (lossTable) {
      const batch = object.read("loss");
      const { loss } = this;
      for (const cause of ["ring", "map", "stack"] as const)
        loss[cause] += sumOf(batch, lossTable.columns, cause);
    }
    const at = monotonicMs();
    this.rate = ((this.count - this.measured.count) * 1000) / Math.max(1, at - this.measured.at);
    this.measured = { at, count: this.count };
  }

  private missingStacks = 0;
  private takeStacks(): void {
    this.missingStacks = this.attached?.object.missingStacks() ?? this.missingStacks;
    const raw = this.attached?.object.newStacks() ?? [];
    if (raw.length > 0) this.stacks.add(raw, () => this.changed(this));
  }

  /** Resolves when it is over, however that went. What was recorded stays; of several calls the first says why. */
  stop(problem?: Problem): Promise<void> {
    this.stopped ??= this.end(problem);
    return this.stopped;
  }
  /** Since it was told to stop. */
  stopped: Promise<void> | undefined;

  /** Detaches, while others go on and its ring is drained as ever, then takes what is still in the kernel. */
  private async end(problem: Problem | undefined): Promise<void> {
    if (!this.attached) return;
    const { object, how } = this.attached;
    let told = problem;
    /** What cannot be read any more is told, and keeps nothing from ending. */
    const tryTo = (take: () => void) => {
      try {
        take();
      } catch (error) {
        told ??= problemOf(error, `The last rows of ${this.tool.info.name}`);
      }
    };
    tryTo(() => this.iterate());
    await object.detach();
    tryTo(() => {
      while (this.drain() > 0) {
        // Until the ring is empty.
      }
      if (this.readFinely) this.readMap();
      this.read();
    });
    void object.close();
    this.how = how;
    this.attached = undefined;
    this.endedAt = Date.now();
    this.rate = 0;
    this.problem = told;
    this.changed(this);
    this.ended(this);
  }
  private how = "";

  info(): RunInfo {
    const { history } = this;
    return {
      id: this.id,
      key: this.key,
      request: this.request,
      state: this.attached ? "running" : "ended",
      ...(this.problem && { problem: this.problem }),
      startedAt: this.startedAt,
      ...(this.endedAt !== undefined && { endedAt: this.endedAt }),
      attached: this.attached?.how ?? this.how,
      ...(this.target && { functions: this.target.names }),
      count: this.count,
      rate: this.rate,
      ...(this.cost && { cost: this.cost }),
      ...(this.ownBudget !== undefined && { budget: this.ownBudget }),
      ...(this.raise !== undefined && { raise: this.raise }),
      oneIn: this.oneIn,
      mapBytes: this.mapBytes,
      loss: { ...this.loss, stack: this.loss.stack + this.missingStacks + this.stacks.lost },
      history: {
        bytes: history.bytes,
        maxBytes: this.limits.bytes,
        minutes: this.limits.minutes,
        rows: history.rows,
      },
      viewers: this.viewers,
      pinned: this.pinned,
      ...(this.until !== undefined && { until: this.until }),
    };
  }
}

/** For callers that know the run must be there. */
export function need(run: Run | undefined, id: number): Run {
  return run ?? refuse(`There is no run ${id}.`, "It may have ended with the server; start it again.");
}
