import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { slotLower } from "../../components/draw/slots";
import { type Collected, until } from "../harness/client";
import { withServer } from "../harness/fixture";
import { build, hold, type Load } from "../harness/load";
import { sumOfTimes } from "../harness/slots";

const MILLISECOND = 1e6;
/** The two accounts read their clocks a moment apart, at each of some thousand waits. */
const slack = (waited: number): number => 10 * MILLISECOND + 0.02 * waited;
const at = withServer();
const spin = build(["spin.c", "hot.c"]);

/** Time a process has waited for a CPU since its start, nanoseconds, by the scheduler's own account. */
const waitedNs = ({ pid }: Load): number =>
  Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1]);

/** Stops a process; it may have to wait for its CPU once more before it does. */
async function freeze({ pid }: Load): Promise<void> {
  process.kill(pid, "SIGSTOP");
  await until(() => / T /.test(readFileSync(`/proc/${pid}/stat`, "utf8")), 5000);
}

/** Spinners bound to the last CPU, watched from their first turn to their last: their waits, by both accounts. */
async function watch(spinners: number): Promise<{ seen: Collected; waited: number[] }> {
  const loads: Load[] = [];
  for (let i = 0; i < spinners; i++)
    loads.push(await hold("taskset", ["-c", String(at.client.host.cpus - 1), spin]));
  const seen = await at.client.start("runqlat", { command: "spin", per_process: true });
  const before = loads.map(waitedNs);
  for (const load of loads) load.go();
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await Promise.all(loads.map(freeze));
  const waited = loads.map((load, i) => waitedNs(load) - (before[i] ?? 0));
  await at.client.stop(seen);
  loads.forEach(({ pid }, i) => {
    const [least, most] = sumOfTimes(seen, (row) => row.pid === pid);
    const said = waited[i] ?? 0;
    expect(least).toBeLessThan(said + slack(said));
    expect(most).toBeGreaterThan(said - slack(said));
  });
  return { seen, waited };
}

test("two spinners on one CPU wait for slices of the scheduler, as long as it says they do", async () => {
  const { seen, waited } = await watch(2);
  const total = waited.reduce((a, b) => a + b, 0);
  // One of the two waits at any time; others on that CPU only add to it.
  expect(total).toBeGreaterThan(1900 * MILLISECOND);
  const [longTime] = sumOfTimes(seen, (row) => slotLower(Number(row.slot)) >= MILLISECOND);
  expect(longTime).toBeGreaterThan(total / 2);
});

test("a spinner alone waits only as long as the scheduler says others ran", async () => {
  const { waited } = await watch(1);
  expect(waited).toHaveLength(1);
});
