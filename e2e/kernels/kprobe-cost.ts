/** A kprobe's cost as it would be shown, beside what the load itself feels: the machine that runs the tests may have no kprobes. */
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunCost } from "../../server/protocol";
import type { Run } from "../../server/runs/run";
import type { Runs } from "../../server/runs/runs";
import { median, monotonicMs, Turning } from "../harness/turns";
import type { Outcome } from "./driver";

const ROUNDS = 5;
const BARE_MS = 1000;
const WITHIN = 0.1;
/** A pattern, so that the function entry is not taken by fentry. */
const TARGET = "__x64_sys_getppi*";
const PATIENCE_MS = 60_000;

/** The next that is measured, and when. */
async function nextCost(run: Run, patienceMs: number): Promise<{ at: number; cost: RunCost }> {
  const before = run.cost;
  for (const end = monotonicMs() + patienceMs; monotonicMs() < end; await sleep(10))
    if (run.cost && run.cost !== before && run.cost.runs > 0) return { at: monotonicMs(), cost: run.cost };
  throw new Error("no cost was measured");
}

/** `turns`: the program built from e2e/loads/turns.c. */
export async function kprobeCost(runs: Runs, turns: string): Promise<Outcome> {
  const load = spawn(turns, ["call"], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const turning = new Turning(load);
    const rounds: { ratio: number; words: string }[] = [];
    let attached = "";
    for (let round = 0; round < ROUNDS; round++) {
      const start = monotonicMs();
      await sleep(BARE_MS);
      const bare = turning.between(start, monotonicMs());
      const run = await runs.start({ tool: "funccount", parameters: {}, target: TARGET });
      run.viewers = 1;
      await nextCost(run, PATIENCE_MS); // Its second may hold the calibration.
      const { at, cost } = await nextCost(run, PATIENCE_MS);
      attached = runs.stop(run.id).info().attached;
      const added = turning.between(at - 1000, at).nsec - bare.nsec;
      const shown = cost.seen + cost.unseen;
      rounds.push({ ratio: shown / added, words: `${Math.round(shown)} of ${Math.round(added)} ns` });
    }
    const ratio = median(rounds.map((one) => one.ratio));
    const words = rounds.map((one) => one.words).join(", ");
    return {
      what: "a kprobe's cost",
      attached: `${attached}, shown ${ratio.toFixed(2)} of what the load feels`,
      ...(Math.abs(ratio - 1) > WITHIN && {
        wrong: `shown ${ratio.toFixed(2)} of what the load feels: ${words}`,
      }),
    };
  } finally {
    load.kill("SIGKILL");
  }
}
