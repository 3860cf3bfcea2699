/** When runs are read: rings within a blink, figures once a second, fine readings where somebody asks for them. */
import type { Run } from "./run";

/** The ring is the queue: draining it every 16 ms costs 1 % of a core at 300,000 rows a second (bench/). */
const TICK_MS = 16;
/** Whoever has just pressed Start waits for this one. */
const FIRST_TICK_MS = 4;
/** When nobody watches, or nothing has come for a second: the fastest storm measured fills its ring in 40 ms. */
const LAZY_TICK_MS = 32;
/** A ring that was fuller than this is read again in a tick, whoever watches. */
const FULL = 0.25;
const IDLE_AFTER_TICKS = 60;
const MEASURE_MS = 1000;
/** Where a viewer asks for it: the columns of a sub-second heatmap. About 1 % of a core a run, instead of 0.3. */
const FINE_MS = 100;

interface Read {
  all(): Iterable<Run>;
  /** Batches or stacks were added to a run. */
  rows(run: Run): void;
  /** Once a second, while any runs. */
  measure(): void;
}

export class Clock {
  private quietTicks = 0;
  private tickTimer: NodeJS.Timeout | undefined;
  private measureTimer: NodeJS.Timeout | undefined;
  private fineTimer: NodeJS.Timeout | undefined;

  constructor(private readonly read: Read) {}

  /** Timers run only while a run does, or is being stopped; call when one has begun or ended. True when any is there. */
  schedule(): boolean {
    const any = [...this.read.all()].some((run) => !run.isOver);
    clearTimeout(this.tickTimer);
    clearInterval(this.measureTimer);
    this.quietTicks = 0;
    if (!any) return false;
    this.tickTimer = setTimeout(this.tick, FIRST_TICK_MS);
    this.measureTimer = setInterval(() => this.read.measure(), MEASURE_MS);
    return true;
  }

  /** The timer for fine readings runs only while somebody asks for them; call when that may have changed. */
  paceChanged(): void {
    clearInterval(this.fineTimer);
    if (this.fine().length > 0) this.fineTimer = setInterval(this.readFinely, FINE_MS);
  }

  stop(): void {
    clearTimeout(this.tickTimer);
    clearInterval(this.measureTimer);
    clearInterval(this.fineTimer);
  }

  private readonly tick = (): void => {
    let fullest = 0;
    let watched = false;
    for (const run of this.read.all()) {
      watched ||= run.viewers > 0;
      const full = run.drain();
      if (full > 0) this.read.rows(run);
      fullest = Math.max(fullest, full);
    }
    this.quietTicks = fullest > 0 ? 0 : this.quietTicks + 1;
    const lazy = watched ? this.quietTicks > IDLE_AFTER_TICKS : fullest < FULL;
    this.tickTimer = setTimeout(this.tick, lazy ? LAZY_TICK_MS : TICK_MS);
  };

  private fine(): Run[] {
    return [...this.read.all()].filter((run) => run.readFinely);
  }

  private readonly readFinely = (): void => {
    const fine = this.fine();
    for (const run of fine) {
      run.readMap();
      this.read.rows(run);
    }
    if (fine.length === 0) clearInterval(this.fineTimer);
  };
}
