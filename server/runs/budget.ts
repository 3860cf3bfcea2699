/** Keeps what runs cost within a share of the machine: first by sampling, where the tool can, then by stopping. */
import type { RunCost } from "../protocol";
import type { Run } from "./run";

/** Measurements in a row, one a second, that must be over the budget. */
const PATIENCE = 3;
/** Sampling aims at this part of the budget, so that it does not hover at its edge. */
const AIM = 0.7;
const MOST_SAMPLED = 1024;

/** A cost of the machine, percent. */
export const percentOf = (cost: RunCost, cpus: number): number => (100 * cost.cpu) / cpus;

/**
 * One event in how many must be sampled for a run to cost `percent` of the machine; undefined: no sampling is enough, as
 * the way to the program and back is paid for each event. `oneIn`: what it samples now; `skipped`: nanoseconds that a
 * program takes for an event which is not sampled.
 */
export function sampleFor(
  cost: RunCost,
  cpus: number,
  percent: number,
  oneIn: number,
  skipped: number,
): number | undefined {
  const whole = Math.max(0, (cost.seen - skipped) * oneIn);
  const always = cost.unseen + Math.min(skipped, cost.seen);
  for (let n = oneIn * 2; n <= MOST_SAMPLED; n *= 2) {
    const cpu = (cost.runs * (always + whole / n) + cost.bystanders) / 1e9;
    if ((100 * cpu) / cpus <= percent) return n;
  }
  return undefined;
}

/** A budget that would have done, with some room: two digits that count. */
export function roomFor(percent: number): number {
  const wanted = percent * 1.25;
  const step = 10 ** (Math.floor(Math.log10(Math.max(wanted, 0.01))) - 1);
  return Math.min(100, Number((Math.ceil(wanted / step) * step).toPrecision(2)));
}

const shown = (percent: number): string =>
  `${percent >= 10 ? percent.toFixed(0) : Number(percent.toPrecision(2))} %`;

/** "2 %", "63 %". */
export { shown as percentText };

export class Budget {
  private readonly over = new WeakMap<Run, number>();
  private allOver = 0;

  /** `percent` of the machine, for each run and for all of them; undefined: no bounds. */
  constructor(
    public percent: number | undefined,
    private readonly cpus: number,
  ) {}

  limitOf(run: Run): number | undefined {
    return this.percent === undefined ? undefined : (run.ownBudget ?? this.percent);
  }

  /** For all runs: what was granted to one of them is granted to the whole. */
  limit(runs: readonly Run[]): number | undefined {
    const { percent } = this;
    if (percent === undefined) return undefined;
    return runs.reduce((sum, run) => sum + Math.max(0, (run.ownBudget ?? 0) - percent), percent);
  }

  isConcerned(run: Run): boolean {
    return (this.over.get(run) ?? 0) > 0;
  }

  /** Grants a run `percent` of the machine; it records everything again. */
  grant(run: Run, percent: number): void {
    run.ownBudget = percent;
    run.raise = undefined;
    this.over.delete(run);
    run.sample(1);
  }

  /** After each measurement: narrows or stops what was over its budget for long enough. `skipped`: see `sampleFor`. */
  tick(runs: readonly Run[], skipped: number): void {
    const limit = this.limit(runs);
    if (limit === undefined) return;
    for (const run of runs) {
      const own = this.limitOf(run);
      if (own !== undefined && this.countOver(run, own)) this.act(run, skipped, own, own);
    }
    const costs = runs.flatMap(({ cost, running }) => (cost && running ? percentOf(cost, this.cpus) : []));
    const all = costs.reduce((sum, percent) => sum + percent, 0);
    this.allOver = all > limit ? this.allOver + 1 : 0;
    if (this.allOver < PATIENCE) return;
    this.allOver = 0;
    const dearest = runs
      .filter((run) => run.running && run.cost)
      .sort((a, b) => (b.cost?.cpu ?? 0) - (a.cost?.cpu ?? 0))[0];
    if (!dearest?.cost) return;
    const share = percentOf(dearest.cost, this.cpus);
    this.act(dearest, skipped, Math.max(0, share - (all - limit)), limit, all);
  }

  /** True when the run was over its limit often enough in a row. */
  private countOver(run: Run, limit: number): boolean {
    const isOver = run.running && run.cost !== undefined && percentOf(run.cost, this.cpus) > limit;
    const times = isOver ? (this.over.get(run) ?? 0) + 1 : 0;
    this.over.set(run, times >= PATIENCE ? 0 : times);
    return times >= PATIENCE;
  }

  /** `aim`: what the run may cost; `limit`: what the user set; `all`: what all runs cost, when that is the matter. */
  private act(run: Run, skipped: number, aim: number, limit: number, all?: number): void {
    const { cost } = run;
    if (!cost) return;
    const percent = percentOf(cost, this.cpus);
    run.raise = roomFor(percent);
    const oneIn = run.canSample ? sampleFor(cost, this.cpus, aim * AIM, run.oneIn, skipped) : undefined;
    if (oneIn !== undefined) run.sample(oneIn);
    else this.stop(run, limit, all);
  }

  private stop(run: Run, limit: number, all?: number): void {
    const { cost } = run;
    if (!cost) return;
    const percent = percentOf(cost, this.cpus);
    const each = Math.round(cost.seen + cost.unseen);
    const events = `${Math.round(cost.runs).toLocaleString("en")} events a second at ${each.toLocaleString("en")} ns`;
    void run.stop({
      reason:
        all === undefined
          ? `Stopped: for ${PATIENCE} s it cost ${shown(percent)} of the machine, more than its budget of ${shown(limit)} (${events}).`
          : `Stopped: for ${PATIENCE} s all tracers together cost ${shown(all)} of the machine, more than the budget of ${shown(limit)}, and this one the most (${shown(percent)}: ${events}).`,
      fix: "Narrow it to a process or a command, or raise the budget.",
      help: "overhead",
    });
  }
}
