import { expect, test } from "vitest";
import { slotOf } from "../../components/draw/slots";
import { withServer } from "../harness/fixture";
import { build, hold, run } from "../harness/load";
import { sumOfTimes } from "../harness/slots";

const SLEEPS = 100;
const MICROSECONDS = 10_000;
const at = withServer();
const calls = build("calls.c");

test(`${SLEEPS} sleeps of 10 ms are ${SLEEPS} calls at or above the slot of 10 ms`, async () => {
  const load = await hold(calls, ["0", String(SLEEPS), String(MICROSECONDS)]);
  const seen = await at.client.start("syslat", { pid: load.pid, calls: "nanosleep, clock_nanosleep" });
  const slept = Number(await run(load));
  await at.client.stop(seen);

  const names = at.client.host.syscalls;
  const count = (name: string) => seen.sum("count", ({ call }) => names[Number(call)] === name);
  expect([count("nanosleep"), count("clock_nanosleep")]).toEqual([SLEEPS / 2, SLEEPS / 2]);
  expect(seen.sum("count")).toBe(SLEEPS);

  // A call cannot end before its time; how long after is the scheduler's, so the load has measured it too.
  expect(seen.rows.every((row) => Number(row.slot) >= slotOf(MICROSECONDS * 1000))).toBe(true);
  const [least, most] = sumOfTimes(seen);
  expect(least).toBeLessThanOrEqual(slept);
  expect(most).toBeGreaterThan(slept * 0.95);
});

test("chosen calls only, each counted", async () => {
  const load = await hold(calls, ["3000", "0", "0"]);
  const seen = await at.client.start("syslat", { pid: load.pid, calls: "getuid" });
  await run(load);
  await at.client.stop(seen);
  expect(seen.sum("count")).toBe(6000);
});

test("no call chosen: all of them", async () => {
  const load = await hold(calls, ["1000", "10", "1"]);
  const seen = await at.client.start("syslat", { pid: load.pid, calls: "" });
  await run(load);
  await at.client.stop(seen);
  const names = at.client.host.syscalls;
  const count = (name: string) => seen.sum("count", ({ call }) => names[Number(call)] === name);
  expect([count("getppid"), count("getuid"), count("nanosleep")]).toEqual([1000, 2000, 5]);
});
