/** What a start must pass before its run stays: how many run, how many programs they have, what its target costs. */
import { refuse, UserError } from "../problem";
import { type Budget, percentOf, percentText, roomFor } from "./budget";
import type { Costs } from "./cost";
import type { Run } from "./run";

export interface Limits {
  /** Runs at a time. */
  maxRuns: number;
  /** Programs that all of them may have loaded; undefined: any number. */
  maxPrograms?: number;
}

export class Admission {
  /** Starts that count although their runs are not in the list yet: not attached, and attached but perhaps refused. */
  private attaching = 0;
  private readonly tried = new Set<Run>();

  constructor(
    private readonly limits: Limits,
    private readonly runs: () => readonly Run[],
    private readonly budget: Budget,
    private readonly costs: Costs,
    private readonly cpus: number,
  ) {}

  /** The run that `attach` makes; where it is refused, nothing of it stays in the kernel. `trial`: its cost is tried first. */
  async admit(attach: () => Promise<Run>, trial: boolean, budget: number | undefined): Promise<Run> {
    this.countRuns();
    this.attaching++;
    const run = await attach().finally(() => this.attaching--);
    this.tried.add(run);
    try {
      if (budget !== undefined) run.ownBudget = budget;
      await this.countPrograms(run);
      if (trial) await this.tryOut(run);
    } finally {
      this.tried.delete(run);
    }
    return run;
  }

  private countRuns(): void {
    const running = this.runs().filter((run) => run.running).length + this.attaching + this.tried.size;
    if (running >= this.limits.maxRuns)
      refuse(
        `${running} tracers are running, which is the most this server allows.`,
        "Stop one, or start the server with a higher --max-runs.",
      );
  }

  private async countPrograms(run: Run): Promise<void> {
    const count = () => [...this.runs(), ...this.tried].reduce((sum, one) => sum + one.programs, 0);
    const { maxPrograms = Number.POSITIVE_INFINITY } = this.limits;
    if (count() <= maxPrograms) return;
    await Promise.allSettled(this.runs().map(({ stopped }) => stopped));
    const programs = count();
    if (programs <= maxPrograms) return;
    await run.stop();
    refuse(
      `${run.tool.info.name} would bring the programs in the kernel to ${programs}; this server allows ${maxPrograms}.`,
      "Stop another tracer, or start the server with a higher --max-programs.",
    );
  }

  /** A target may be anything, such as what is called a million times a second: refuses what a short trial finds too dear. */
  private async tryOut(run: Run): Promise<void> {
    const limit = this.budget.limitOf(run);
    const cost = limit === undefined ? undefined : await this.costs.trial(run);
    if (limit === undefined || !cost || percentOf(cost, this.cpus) <= limit) return;
    await run.stop();
    const percent = percentOf(cost, this.cpus);
    throw new UserError({
      reason: `${run.request.target} fires ${Math.round(cost.runs).toLocaleString("en")} times a second: tracing it would cost about ${percentText(percent)} of the machine, more than the budget of ${percentText(limit)}.`,
      fix: `Narrow it to a process, grant it ${percentText(roomFor(percent))}, or start it anyway: it is stopped after a few seconds if it stays so.`,
      help: "overhead",
      anyway: true,
    });
  }
}
