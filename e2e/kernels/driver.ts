/**
 * Runs in a guest of scripts/run-in-vm: starts every tool through the product's own run engine, gives it something to
 * see, and prints one Outcome a line. Argument: the program built from calls.c.
 */
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { keepKernelTypes, Symbols } from "../../native";
import {
  type Comparison,
  compareFeatures,
  compareLinks,
  compareMaps,
  comparePrograms,
} from "../../native/testdata/bpftool";
import { type CatalogueTool, readCatalogue } from "../../server/catalogue";
import { preflight } from "../../server/host/preflight";
import { problemOf } from "../../server/problem";
import { fromRoot } from "../../server/project";
import type { TargetKind } from "../../server/protocol";
import { Runs } from "../../server/runs/runs";
import { type Case, casesOf } from "./cases";

export interface Outcome {
  /** The tool, and what it was started on if it needs a target: "funccount, user function". */
  what: string;
  /** How it is attached, when it ran. */
  attached?: string;
  count?: number;
  /** What is wrong with the count. */
  wrong?: string;
  /** Why the product says that it cannot run. */
  reason?: string;
}

const [calls = ""] = process.argv.slice(2);

/** Emulation is 20 to 90 times slower than the host: nothing here may depend on time. */
const STIMULUS_MS = 120_000;

async function outcomeOf(
  runs: Runs,
  tool: CatalogueTool,
  { what, target, stimulus, exactly }: Case,
): Promise<Outcome> {
  // Whatever else the guest does must not be counted where the count is compared.
  const parameters = exactly === undefined ? {} : { command: "calls" };
  try {
    const run = await runs.start({ tool: tool.info.name, parameters, ...(target && { target }) });
    const [program = "", ...args] = stimulus;
    // Its status says nothing: a tool of failures is tried with a failure.
    spawnSync(program, args, { stdio: "ignore", timeout: STIMULUS_MS });
    await sleep(1000);
    const { attached, count } = (await runs.stop(run.id)).info();
    const wanted = exactly === undefined ? count > 0 : count === exactly;
    return {
      what,
      attached,
      count,
      ...(!wanted && { wrong: `counted ${count} instead of ${exactly ?? "at least 1"}` }),
    };
  } catch (error) {
    return { what, reason: problemOf(error, tool.info.name).reason };
  }
}

const symbols = new Symbols();
const catalogue = readCatalogue(fromRoot("dist", "bpf"));
const limits = { history: { bytes: 16 * 1024 * 1024, minutes: 60 }, maxRuns: 1, idleSeconds: 3600 };
const runs = new Runs(catalogue, symbols, limits, { rows: () => undefined, list: () => undefined });
const print = (outcome: Outcome): void => {
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
};

// As the server does it: what follows shows that these are enough.
const objects = [...catalogue.tools.values()].map(({ objectPath }) => objectPath);
print({
  what: "kernel's types kept",
  attached: `for ${keepKernelTypes(objects)} of ${objects.length} tools`,
});
for (const problem of catalogue.problems) print({ what: problem.reason, reason: problem.fix });
for (const tool of catalogue.tools.values())
  for (const one of casesOf(
    tool.info.name,
    tool.info.tryIt,
    Object.keys(tool.manifest.targets ?? {}) as TargetKind[],
    calls,
  ))
    print(await outcomeOf(runs, tool, one));
/** The kernel page's lists and trials beside bpftool's, while something is loaded. */
async function beside(what: string, compare: () => Promise<Comparison>): Promise<Outcome> {
  const { compared, wrong } = await compare();
  const [first] = wrong;
  if (compared === 0) return { what, wrong: "nothing to compare" };
  return { what, attached: "as bpftool", count: compared, ...(first && { wrong: first }) };
}
try {
  await runs.start({ tool: "syscount", parameters: {} });
  print(await beside("programs listed", comparePrograms));
  print(await beside("maps listed", compareMaps));
  print(await beside("links listed", compareLinks));
  print(await beside("types and helpers", compareFeatures));
} catch (error) {
  print({ what: "kernel page", reason: problemOf(error, "syscount").reason });
}
const { groups } = await preflight(catalogue.tools.values());
const lost = [...new Set(groups.flatMap(({ checks }) => checks.flatMap((check) => check.lost)))];
print({ what: "preflight", attached: lost.length === 0 ? "nothing is lost" : lost.join("; ") });
await runs.close();
symbols.close();
