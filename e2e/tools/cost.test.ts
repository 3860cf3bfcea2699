/** What is shown of a run's cost, beside the speed of a load with and without it; nothing while nobody looks; counts of a sample. */
import { readdirSync, readlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { BpfObject } from "../../native";
import { fromRoot } from "../../server/project";
import type { RunCost, RunInfo } from "../../server/protocol";
import { sumOf } from "../../server/runs/batch";
import { type Client, type Collected, until, value } from "../harness/client";
import { withServer } from "../harness/fixture";
import { build, hold } from "../harness/load";

const at = withServer();
const turns = build("turns.c");

type Kind = "function";

/** A load that measures itself: nanoseconds of its own CPU time a turn, and turns a second. */
async function turning(kind: Kind) {
  const load = await hold(turns, [kind]);
  load.go();
  const { stdout, stdin } = load.process;
  if (!stdout || !stdin) throw new Error("the load has no pipes");
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    pid: load.pid,
    async turn(milliseconds: number) {
      stdin.write(`${milliseconds}\n`);
      const { value: line } = await lines.next();
      const [count = 0, cpu = 0] = String(line).split(" ").map(Number);
      return { nsec: cpu / count, rate: (1000 * count) / milliseconds };
    },
  };
}

const infoOf = (run: Collected, client: Client): RunInfo =>
  client.runs.find(({ id }) => id === run.info.id) ?? run.info;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** What a tracer adds to a turn, by the load itself, and what is shown of it meanwhile. */
async function compare(kind: Kind, start: (pid: number) => Promise<Collected>) {
  const load = await turning(kind);
  const bare: number[] = [];
  const traced: number[] = [];
  const shown: RunCost[] = [];
  for (let round = 0; round < 3; round++) {
    bare.push((await load.turn(400)).nsec);
    const run = await start(load.pid);
    // Until it was calibrated, and then a second that lies wholly within the load.
    for (let i = 0; i < 20 && !infoOf(run, at.client).cost; i++) await load.turn(300);
    traced.push((await load.turn(2200)).nsec);
    const { cost } = infoOf(run, at.client);
    if (cost) shown.push(cost);
    await at.client.stop(run);
  }
  bare.push((await load.turn(400)).nsec);
  const of = (what: (cost: RunCost) => number) => median(shown.map(what));
  return {
    /** Nanoseconds a turn. */
    added: median(traced) - median(bare),
    each: of(({ seen, unseen }) => seen + unseen),
    /** Shares of a second of the load's own time. */
    share: 1 - median(bare) / median(traced),
    shares: of(({ cpu, runs }) => (cpu / runs) * (1e9 / median(traced))),
    seen: JSON.stringify({ bare, traced, shown }),
  };
}

test("a uprobe: an event and the share of a CPU are what the load feels, within 10 %", async () => {
  const { added, each, share, shares, seen } = await compare("function", (pid) =>
    at.client.start("funccount", { pid }, `${turns}:turned`),
  );
  expect(each / added, seen).toBeGreaterThan(0.9);
  expect(each / added, seen).toBeLessThan(1.1);
  expect(shares / share, seen).toBeGreaterThan(0.9);
  expect(shares / share, seen).toBeLessThan(1.1);
});

test("counts of a sample stay right: each that is taken stands for as many as it was taken from", () => {
  const object = new BpfObject(fromRoot("dist", "bpf", "syscount.bpf.o"));
  onTestFinished(() => object.close());
  object.configure("pid", process.pid);
  object.load(["sys_enter"]);
  object.attach("sys_enter");
  object.set("one_in", 8);
  const calls = 100_000;
  for (let i = 0; i < calls; i++) void process.ppid;
  object.detach();
  const { columns = [] } = object.schema().tables.find(({ name }) => name === "calls") ?? {};
  const counted = sumOf(object.read("calls"), columns, "count");
  // 12,500 were taken: a standard deviation is 0.8 %.
  expect(counted / calls).toBeGreaterThan(0.95);
  expect(counted / calls).toBeLessThan(1.1);
});

test("nobody looks: the kernel's statistics are off, and nothing is asked", async () => {
  const { client, server } = at;
  const held = () =>
    readdirSync(`/proc/${server.pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${server.pid}/fd/${fd}`).includes("bpf-stats");
      } catch {
        return false; // Closed meanwhile.
      }
    });
  expect(held()).toBe(false);
  const run = await client.start("execsnoop");
  await until(held, 3000);
  client.socket.emit("unwatch", run.info.id);
  await until(() => !held(), 3000);
  const { cost } = infoOf(run, client);
  for (let i = 0; i < 30; i++) {
    expect(held()).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(infoOf(run, client).cost).toEqual(cost);
  value(await client.socket.emitWithAck("stop", run.info.id));
  expect(held()).toBe(false);
});
