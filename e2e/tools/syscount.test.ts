import { expect, test } from "vitest";
import { withServer } from "../harness/fixture";
import { build, hold, run } from "../harness/load";

const COUNT = 50_000;
const at = withServer();
const calls = build("calls.c");

test("each call of a process, exactly", async () => {
  const load = await hold(calls, [String(COUNT), "20", "1"]);
  const seen = await at.client.start("syscount", { pid: load.pid, per_call: true });
  await run(load);
  await at.client.stop(seen);
  const names = at.client.host.syscalls;
  const count = (name: string) => seen.sum("count", ({ call }) => names[Number(call)] === name);
  expect([count("getppid"), count("getuid")]).toEqual([COUNT, 2 * COUNT]);
  expect([count("nanosleep"), count("clock_nanosleep")]).toEqual([10, 10]);
  expect(seen.rows.every(({ pid, comm }) => pid === load.pid && comm === "calls")).toBe(true);
});

test("two processes, told apart and added up", async () => {
  const loads = [await hold(calls, ["1000", "0", "0"]), await hold(calls, ["7000", "0", "0"])] as const;
  const byProcess = await at.client.start("syscount", { command: "calls" });
  const byCall = await at.client.start("syscount", { command: "calls", per_process: false, per_call: true });
  await Promise.all(loads.map(run));
  await at.client.stop(byProcess);
  await at.client.stop(byCall);

  // Beside the counted ones, a few calls at the start and end of each.
  for (const [load, count] of [
    [loads[0], 3000],
    [loads[1], 21_000],
  ] as const) {
    const calls = byProcess.sum("count", ({ pid }) => pid === load.pid);
    expect(calls).toBeGreaterThanOrEqual(count);
    expect(calls).toBeLessThan(count + 50);
  }
  const names = at.client.host.syscalls;
  expect(byCall.sum("count", ({ call }) => names[Number(call)] === "getuid")).toBe(16_000);
  expect(byCall.sum("count")).toBe(byProcess.sum("count"));
});
