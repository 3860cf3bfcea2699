/** A load that measures itself: turns without a pause, their number and CPU time told every few hundredths of a second. */
import type { ChildProcess } from "node:child_process";

const SLICE_MS = 40;
/** More slices than any test takes time for. */
const SLICES = 10_000;

/** `call`: getppid(); `open`: of what is not there; `function`: calls of its function `turned`; `spin`: looks at the clock. */
export type Kind = "call" | "open" | "function" | "spin";

export interface Spell {
  slices: number;
  turns: number;
  /** Nanoseconds of its own CPU time a turn, the middle of the slices. */
  nsec: number;
  seconds: number;
  /** Share of its CPU time that interrupts took; of `spin` only. */
  lost: number;
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Milliseconds of CLOCK_MONOTONIC, as the load tells its own. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

export class Turning {
  private readonly slices: { turns: number; cpu: number; lost: number; start: number; end: number }[] = [];

  /** `load`: e2e/loads/turns.c, just started; it turns from now until it is killed. */
  constructor(load: ChildProcess) {
    let rest = "";
    load.stdout?.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines.filter((one) => one !== "ready")) this.take(line.split(" ").map(Number));
    });
    load.stdin?.write(`\n${`${SLICE_MS}\n`.repeat(SLICES)}`);
  }

  private take([turns = 0, cpu = 0, nsec = 0, lost = 0]: number[]): void {
    const end = nsec / 1e6;
    // On a busy machine a slice ends late.
    this.slices.push({ turns, cpu, lost, start: this.slices.at(-1)?.end ?? end - SLICE_MS, end });
  }

  /** What lies between two times of CLOCK_MONOTONIC, milliseconds. */
  between(from: number, to: number): Spell {
    const within = this.slices.filter(({ start, end }) => start >= from && end <= to);
    const sum = (what: "turns" | "cpu" | "lost") => within.reduce((all, one) => all + one[what], 0);
    return {
      slices: within.length,
      turns: sum("turns"),
      nsec: median(within.map(({ turns, cpu }) => cpu / turns)),
      lost: sum("lost") / sum("cpu"),
      seconds: ((within.at(-1)?.end ?? 0) - (within[0]?.start ?? 0)) / 1000,
    };
  }
}
