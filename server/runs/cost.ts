/** What runs cost the host, each second while somebody watches them: the kernel's statistics, and what they do not see. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ProgramStats } from "../../native";
import { holdStatistics, statisticsProblem } from "../host/statistics";
import type { Problem, RunCost } from "../protocol";
import { Calibration, countCalls } from "./calibration";
import type { Probes } from "./probes";
import { monotonicMs, type Run } from "./run";

/** A run that nobody watches is looked at for a second or two of so many, so that its budget holds. */
const GUARD_EVERY = 10;
/** Every so many seconds the host's system calls are counted anew, if a run makes them slower. */
const COUNT_CALLS_EVERY = 5;
const CALIBRATE_AFTER_MS = 200;
/** How long a dangerous probe is tried before it stays. */
const TRIAL_MS = 150;

export interface Reading {
  at: number;
  programs: ProgramStats[];
}

/**
 * Costs between two readings of a run's programs. `hostCalls`: system calls a second, and how many runs share what they
 * cost. `last`: what an event cost before, for a time without events.
 */
function costBetween(
  before: Reading,
  after: Reading,
  { of, slows }: Probes,
  calibration: Calibration,
  hostCalls: { rate: number; bearers: number },
  last?: RunCost,
): RunCost {
  const seconds = (after.at - before.at) / 1000;
  const slowerCall = calibration.slowerCall(slows);
  const slower = slowerCall ?? 0;
  let runs = 0;
  let seen = 0;
  let unseen = 0;
  let isEstimated = slowerCall !== undefined;
  for (const program of after.programs) {
    const earlier = before.programs.find(({ name }) => name === program.name);
    const probe = of.get(program.name);
    const way = probe && calibration.unseen(probe);
    if (way === undefined) isEstimated = false;
    const more = Number(program.runs - (earlier?.runs ?? 0n));
    runs += more;
    seen += Number(program.nsec - (earlier?.nsec ?? 0n));
    unseen += more * (way ?? 0);
  }
  // Each run is a call that went the slower way; so did the calls it is not about.
  const ownCalls = runs / Math.max(1, of.size);
  unseen += ownCalls * slower;
  const others = Math.max(0, hostCalls.rate * seconds - ownCalls) * slower;
  const bystanders = others / Math.max(1, hostCalls.bearers);
  return {
    runs: runs / seconds,
    seen: runs > 0 ? seen / runs : (last?.seen ?? 0),
    unseen: runs > 0 ? unseen / runs : (last?.unseen ?? 0),
    isEstimated,
    bystanders: bystanders / seconds,
    cpu: (seen + unseen + bystanders) / 1e9 / seconds,
  };
}

export class Costs {
  private readonly calibration = new Calibration();
  private readings = new WeakMap<Run, Reading>();
  private letGo: (() => void) | undefined;
  /** Why runs have no costs, as it was when they were last looked at. */
  problem: Problem | undefined;
  private seconds = 0;
  private hostCalls = 0;
  private counting: Promise<void> | undefined;
  private server = { at: monotonicMs(), usage: process.cpuUsage(), share: 0 };

  /** `guards`: whether there is a budget to keep when nobody looks. `concerned`: a run that must be looked at on. */
  constructor(private readonly options: { guards(): boolean; concerned(run: Run): boolean }) {}

  /**
   * Measures what can only be measured while no run is on system calls; `prepared` tells when one may be attached. Then
   * what is better measured without one.
   */
  prepare(): void {
    if (this.prepared) return;
    this.prepared = this.holding(() => this.calibration.readyForCalls());
    void this.prepared.then(() => this.holding(() => this.calibration.readyForSamples()));
  }
  /** Undefined: not begun. */
  prepared: Promise<void> | undefined;

  private async holding(calibrate: () => Promise<void>): Promise<void> {
    const letGo = holdStatistics();
    try {
      if (!statisticsProblem()) await calibrate();
    } finally {
      letGo();
    }
  }

  /** A run has started: somebody is about to watch it, and a budget is kept from its first second. */
  begin(run: Run): void {
    if (!this.options.guards()) return;
    this.hold();
    const reading = run.reading();
    if (reading) this.readings.set(run, reading);
    // Its first rows go before.
    setTimeout(() => this.letGo && this.calibrate(run), CALIBRATE_AFTER_MS).unref();
  }

  private calibrate({ probes }: Run): Promise<void> {
    return this.calibration.ready(probes);
  }

  /** Once a second while runs run. */
  tick(runs: readonly Run[]): void {
    this.seconds++;
    this.measureServer();
    const guard = this.options.guards() && this.seconds % GUARD_EVERY < 2;
    const looked = runs.filter((run) => run.viewers > 0 || guard || this.options.concerned(run));
    if (looked.length === 0) this.rest();
    else this.measure(looked);
  }

  private hold(): void {
    this.letGo ??= holdStatistics();
    this.problem = statisticsProblem();
  }

  private measure(looked: readonly Run[]): void {
    this.hold();
    if (this.problem) return;
    const bearers = looked.filter(({ probes }) => probes.slows.size > 0).length;
    if (bearers > 0) this.countCalls();
    for (const run of looked) {
      const before = this.readings.get(run);
      const reading = run.reading();
      if (!reading) continue;
      this.readings.set(run, reading);
      if (!this.calibration.isReady(run.probes)) void this.calibrate(run);
      else if (before)
        run.cost = costBetween(
          before,
          reading,
          run.probes,
          this.calibration,
          { rate: this.hostCalls, bearers },
          run.cost,
        );
    }
  }

  /** Nobody looks: the statistics go off, and the next look begins with a reading. */
  rest(): void {
    if (!this.letGo) return;
    this.letGo();
    this.letGo = undefined;
    this.readings = new WeakMap();
  }

  /** What a run that was just attached costs, by a short trial; undefined: unknown. */
  async trial(run: Run): Promise<RunCost | undefined> {
    const letGo = holdStatistics();
    try {
      if (statisticsProblem()) return undefined;
      await this.calibrate(run);
      const before = run.reading();
      await sleep(TRIAL_MS);
      const after = run.reading();
      if (!before || !after) return undefined;
      return costBetween(before, after, run.probes, this.calibration, { rate: 0, bearers: 1 });
    } finally {
      letGo();
    }
  }

  /** Nanoseconds of an event that is not sampled, as far as the statistics see. */
  get skipped(): number {
    return this.calibration.skipped;
  }

  /** The server's own, as a share of one CPU over the last second. */
  get serverShare(): number {
    return this.server.share;
  }

  private measureServer(): void {
    const at = monotonicMs();
    const { user, system } = process.cpuUsage(this.server.usage);
    const share = (user + system) / 1000 / Math.max(1, at - this.server.at);
    this.server = { at, usage: process.cpuUsage(), share };
  }

  private countCalls(): void {
    if (this.counting || this.seconds % COUNT_CALLS_EVERY !== 1) return;
    this.counting = countCalls()
      .then(
        (rate) => {
          this.hostCalls = rate;
        },
        () => undefined, // The bystanders then count as none.
      )
      .finally(() => {
        this.counting = undefined;
      });
  }
}
