/** All runs: starts, joins, keeps and stops them. */
import { cpus } from "node:os";
import type { ParameterValue, Symbols } from "../../native";
import type { Catalogue, CatalogueTool } from "../catalogue";
import { refuse } from "../problem";
import type { RunInfo, RunRequest, StartRequest, Tracing } from "../protocol";
import { Admission, type Limits } from "./admission";
import { attachTool } from "./attach";
import { Budget } from "./budget";
import { Clock } from "./clock";
import { Costs } from "./cost";
import { canonicalOf, keyOf, nativeValues } from "./request";
import { type HistoryLimits, monotonicMs, need, Run } from "./run";
import { resolveTarget, type Target } from "./targets";

/** Ended runs that are kept, so that what they recorded can still be read. */
const ENDED_KEPT = 8;
/** Of ended runs, watched or not: a client that never leaves one must not make the server grow. */
const MOST_ENDED = 32;

/** A page that has just come still loads, and keeps the CPUs busier than they are later. */
const SETTLE_MS = 500;

export interface RunsOptions extends Limits {
  history: HistoryLimits;
  /** Seconds after which a run that nobody watches stops, unless it is pinned. */
  idleSeconds: number;
  /** Seconds after which any run stops to which nothing else was said; undefined: never. */
  lifeSeconds?: number | undefined;
  /** Percent of the machine that each run, and all together, may cost; undefined: no bounds. */
  budget?: number | undefined;
  /** Times in which the server stood still, for `tracing`. */
  stalls?(): Tracing["stalls"];
}

/** Called on each change; `rows`: batches or stacks were added to a run; `list`: states or figures changed. */
export interface RunsListener {
  rows(run: Run): void;
  list(): void;
  /** An ended run is no longer kept; who watches it lets go of it. */
  forgotten?(run: Run): void;
  /** Which runs are pinned, or go on, changed. */
  pins?(): void;
}

export class Runs {
  private readonly byId = new Map<number, Run>();
  private readonly starting = new Map<string, Promise<Run>>();
  private nextId = 1;
  private readonly clock: Clock;
  private readonly cpus = cpus().length;
  private readonly budget: Budget;
  private readonly costs: Costs;
  private readonly admission: Admission;

  constructor(
    readonly catalogue: Catalogue,
    private readonly symbols: Symbols,
    private readonly options: RunsOptions,
    private readonly listener: RunsListener,
  ) {
    this.budget = new Budget(options.budget, this.cpus);
    this.costs = new Costs({
      guards: () => this.budget.percent !== undefined,
      concerned: (run) => this.budget.isConcerned(run),
    });
    this.admission = new Admission(options, () => this.all(), this.budget, this.costs, this.cpus);
    this.clock = new Clock({
      all: () => this.byId.values(),
      rows: (run) => this.listener.rows(run),
      measure: () => this.measure(),
    });
  }

  /** Somebody has come who may start a run; nothing happens when one is started at once. */
  prepareSoon(): void {
    if (!this.costs.prepared) setTimeout(() => this.prepare(), SETTLE_MS).unref();
  }

  /** Measures what can only be measured while no run is there; one that is started meanwhile waits for it. */
  prepare(): void {
    const any = [...this.catalogue.tools.values()].some(({ info }) => !info.unavailable);
    if (any && this.running().length === 0) this.costs.prepare();
  }

  /** Starts a run, or joins the one that runs with the same tool, parameters and target. */
  async start(request: StartRequest): Promise<Run> {
    const tool =
      this.catalogue.tools.get(request.tool) ??
      refuse(`There is no tool ${JSON.stringify(request.tool)}.`, "Choose one from the list.");
    const canonical = canonicalOf(tool, request);
    const key = keyOf(canonical);
    const existing = this.all().find((run) => run.running && run.key === key);
    if (existing) return existing; // Also when the process it is about has ended meanwhile.
    const values = nativeValues(tool, canonical.parameters);
    let starting = this.starting.get(key);
    if (!starting) {
      starting = this.create(tool, canonical, key, values, request).finally(() => this.starting.delete(key));
      this.starting.set(key, starting);
    }
    return starting;
  }

  private async create(
    tool: CatalogueTool,
    request: RunRequest,
    key: string,
    values: ReadonlyMap<string, ParameterValue>,
    { budget, anyway, seconds = this.options.lifeSeconds }: StartRequest,
  ): Promise<Run> {
    const { unavailable, targets, name } = tool.info;
    if (unavailable) refuse(`${name}: ${unavailable.reason}`, unavailable.fix);
    const target = request.target ? await resolveTarget(request.target, targets, this.symbols) : undefined;
    await Promise.allSettled([this.costs.prepared]);
    const run = await this.admission.admit(
      () => this.attach(tool, request, key, values, target),
      target !== undefined && !anyway,
      budget,
    );
    if (seconds !== undefined) run.liveFor(seconds);
    this.byId.set(run.id, run);
    this.forgetOldest();
    this.schedule();
    this.costs.begin(run);
    this.listener.list();
    return run;
  }

  private async attach(
    tool: CatalogueTool,
    request: RunRequest,
    key: string,
    values: ReadonlyMap<string, ParameterValue>,
    target: Target | undefined,
  ): Promise<Run> {
    const attached = await attachTool(tool, values, target);
    try {
      return new Run(
        this.nextId++,
        key,
        request,
        tool,
        target,
        attached,
        this.symbols,
        this.options.history,
        (changed) => this.listener.rows(changed),
        () => {
          this.schedule();
          this.listener.list();
        },
      );
    } catch (error) {
      void attached.object.close();
      throw error;
    }
  }

  /** Percent of the machine that a run may cost, or (null) each run and all together. */
  setBudget(id: number | null, percent: number): void {
    if (id === null) this.budget.percent = percent;
    else this.budget.grant(this.get(id), percent);
    this.listener.list();
  }

  /** `pinned`: it goes on when nobody watches, and comes back with the server. `seconds` from now it stops; null: it does not. */
  keep(id: number, pinned: boolean, seconds: number | null): Run {
    const run = this.get(id);
    if (!run.running) refuse(`${run.key} has ended.`, "Start it again.");
    run.pinned = pinned;
    run.liveFor(seconds);
    this.listener.pins?.();
    this.listener.list();
    return run;
  }

  tracing(): Tracing {
    const running = this.running();
    const limit = this.budget.limit(running);
    const { percent } = this.budget;
    const { problem, serverShare } = this.costs;
    const stalls = this.options.stalls?.();
    return {
      cpu: running.reduce((sum, { cost }) => sum + (cost?.cpu ?? 0), 0),
      server: serverShare,
      ...(limit !== undefined && { budget: limit }),
      ...(percent !== undefined && { each: percent }),
      ...(running.length > 0 && problem && { problem }),
      ...(stalls && { stalls }),
    };
  }

  private running(): Run[] {
    return this.all().filter((run) => run.running);
  }

  /** Resolves when all that it recorded is here. */
  async stop(id: number): Promise<Run> {
    const run = this.get(id);
    const stopped = run.stop();
    if (run.pinned) this.listener.pins?.(); // At once: a server that ends meanwhile must not bring it back.
    await stopped;
    return run;
  }

  get(id: number): Run {
    return need(this.byId.get(id), id);
  }

  all(): Run[] {
    return [...this.byId.values()];
  }

  infos(): RunInfo[] {
    return this.all().map((run) => run.info());
  }

  /** Stops everything, once and for all. */
  async close(): Promise<void> {
    await Promise.allSettled(this.starting.values());
    await Promise.all(this.all().map((run) => run.stop()));
    this.clock.stop();
  }

  private forgetOldest(): void {
    const ended = this.all().filter((run) => run.isOver);
    const left = ended.filter((run) => run.viewers === 0);
    for (const run of [...ended.slice(0, -MOST_ENDED), ...left.slice(0, -ENDED_KEPT)]) {
      this.byId.delete(run.id);
      this.listener.forgotten?.(run);
    }
  }

  private schedule(): void {
    if (!this.clock.schedule()) this.costs.rest();
  }

  /** Who reads a run finely may have changed. */
  paceChanged(): void {
    this.clock.paceChanged();
  }

  private measure(): void {
    const now = monotonicMs();
    const before = this.running();
    for (const run of before) {
      run.measure();
      this.listener.rows(run);
      const unwatched = run.viewers === 0 && now - run.unwatchedSince > this.options.idleSeconds * 1000;
      if (run.until !== undefined && Date.now() >= run.until)
        void run.stop({
          reason: "The time it was given is over, so it was stopped.",
          fix: "Start it again.",
        });
      else if (unwatched && !run.pinned)
        void run.stop({
          reason: `Nobody watched it for ${this.options.idleSeconds} seconds, so it was stopped.`,
          fix: "Start it again; pinned, it goes on.",
        });
    }
    const running = this.running();
    this.costs.tick(running);
    this.budget.tick(running, this.costs.skipped);
    if (before.some((run) => run.pinned && !run.running)) this.listener.pins?.();
    this.listener.list();
  }
}
