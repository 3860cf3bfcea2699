import { expect, test } from "vitest";
import { slotOf } from "../../components/draw/slots";
import { withServer } from "../harness/fixture";
import { build, hold, run } from "../harness/load";
import { sumOfTimes } from "../harness/slots";

const SLEEPS = 60;
const MICROSECONDS = 10_000;
const COUNT = 5000;
const at = withServer();
const calls = build("calls.c");

test(`${SLEEPS} calls that sleep 10 ms: ${SLEEPS} at or above its slot`, {
  tags: "CAP_SYS_ADMIN",
}, async () => {
  const load = await hold(calls, ["0", String(SLEEPS), String(MICROSECONDS)]);
  const seen = await at.client.start("funclatency", { pid: load.pid }, `${calls}:sleeping`);
  const slept = Number(await run(load));
  await at.client.stop(seen);
  expect(seen.sum("count")).toBe(SLEEPS);
  // A call cannot end before its time; how long after is the scheduler's, so the load has measured it too.
  expect(seen.rows.every((row) => Number(row.slot) >= slotOf(MICROSECONDS * 1000))).toBe(true);
  const [least, most] = sumOfTimes(seen);
  expect(least).toBeLessThanOrEqual(slept);
  expect(most).toBeGreaterThan(slept * 0.95);
});

test("all functions that match a pattern, each with its own times and exact count", {
  tags: "CAP_SYS_ADMIN",
}, async () => {
  const load = await hold(calls, [String(COUNT), "20", String(MICROSECONDS)]);
  const seen = await at.client.start("funclatency", {}, `${calls}:*ing`);
  const two = await at.client.start("funclatency", {}, `${calls}:counted_*`);
  await run(load);
  const { functions = [] } = await at.client.stop(seen);
  const info = await at.client.stop(two);
  expect(functions).toContain("sleeping");
  expect(seen.sum("count", (row) => functions[Number(row.func)] === "sleeping")).toBe(20);
  const count = (name: string) => two.sum("count", (row) => info.functions?.[Number(row.func)] === name);
  expect([count("counted_one"), count("counted_two")]).toEqual([COUNT, 2 * COUNT]);
});
