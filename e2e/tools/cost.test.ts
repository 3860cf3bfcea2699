/** What is shown of a run's cost, beside the speed of a load with and without it; budgets that stop, narrow and warn. */
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import type { RunCost, RunInfo } from "../../server/protocol";
import type { Collected } from "../harness/client";
import { withServer } from "../harness/fixture";
import { build, hold } from "../harness/load";

const at = withServer();
const turns = build("turns.c");

type Kind = "call" | "function" | "spin";

/** A load that measures itself: nanoseconds of its own CPU time a turn, and turns a second. */
async function turning(kind: Kind) {
  const load = await hold(turns, [kind]);
  load.go();
  const lines = createInterface({ input: load.process.stdout as NodeJS.ReadableStream })[
    Symbol.asyncIterator
  ]();
  return {
    pid: load.pid,
    async turn(milliseconds: number) {
      load.process.stdin?.write(`${milliseconds}\n`);
      let line = (await lines.next()).value as string;
      if (line === "ready") line = (await lines.next()).value as string;
      const [count = 0, cpu = 0] = line.split(" ").map(Number);
      return { nsec: cpu / count, rate: (1000 * count) / milliseconds };
    },
  };
}

const infoOf = (run: Collected, client = at.client): RunInfo =>
  client.runs.find(({ id }) => id === run.info.id) ?? run.info;

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** What a tracer adds to a turn, by the load itself, and what is shown of it meanwhile. */
async function compare(kind: Kind, start: (pid: number) => Promise<Collected>) {
  const load = await turning(kind);
  const bare: number[] = [];
  const traced: number[] = [];
  const shown: RunCost[] = [];
  for (let round = 0; round < 3; round++) {
    bare.push((await load.turn(700)).nsec);
    const run = await start(load.pid);
    // Calibration, and a second that is wholly within the load.
    await load.turn(2500);
    traced.push((await load.turn(1500)).nsec);
    const { cost } = infoOf(run);
    if (cost) shown.push(cost);
    await at.client.stop(run);
    bare.push((await load.turn(700)).nsec);
  }
  const of = (what: (cost: RunCost) => number) => median(shown.map(what));
  return {
    added: median(traced) - median(bare),
    each: of(({ seen, unseen }) => seen + unseen),
    /** Of the time of a load that never rests. */
    share: 1 - median(bare) / median(traced),
    cpu: of(({ cpu }) => cpu),
  };
}

test("a tracepoint: what is shown is what the load feels", async () => {
  const { added, each } = await compare("call", () => at.client.start("syscount"));
  expect(each / added).toBeGreaterThan(0.9);
  expect(each / added).toBeLessThan(1.1);
});

test("a uprobe: what is shown is what the load feels", async () => {
  const { added, each } = await compare("function", (pid) =>
    at.client.start("funccount", { pid }, `${turns}:turned`),
  );
  expect(each / added).toBeGreaterThan(0.9);
  expect(each / added).toBeLessThan(1.1);
});
