import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { type Collected, type Row, until } from "../harness/client";
import { withServer } from "../harness/fixture";
import { build, hold, type Load, run } from "../harness/load";

const MILLISECOND = 1e6;
const at = withServer();
const sleeps = build("sleeps.c");
const ASLEEP = { preempted: false };

/** The clocks are read a moment apart, and the scheduler's leaves out what others take from it meanwhile. */
const slack = (took: number): number => 10 * MILLISECOND + 0.02 * took;

/** The rows of a process whose user stack has this function. */
const under =
  (seen: Collected, { pid }: Load, name: string) =>
  (row: Row) =>
    row.pid === pid && seen.stack(row.user_stack).includes(name);

test("sleeps in a known function are its off-CPU time, as long as its own clocks say", {
  tags: "CAP_SYSLOG",
}, async () => {
  const load = await hold(sleeps, ["100", "10000", "0"]);
  const seen = await at.client.start("offcputime", { pid: load.pid });
  const [took = 0, worked = 0] = (await run(load)).split(" ").map(Number);
  const info = await at.client.stop(seen);
  expect(info.loss).toEqual({ ring: 0, map: 0, stack: 0 });
  const inside = under(seen, load, "known_wait");
  const away = seen.sum("duration", inside);
  expect(away).toBeGreaterThan(100 * 10 * MILLISECOND);
  expect(Math.abs(away - (took - worked))).toBeLessThan(slack(took));
  // A busy machine may keep it from its CPU on the way to sleep, and cut that in two.
  const whole = seen.rows.filter((row) => inside(row) && Number(row.duration) > 9.9 * MILLISECOND);
  expect(whole.length).toBeGreaterThan(90);
  expect(whole.every(({ periods }) => Number(periods) === 1)).toBe(true);
  const [row] = seen.rows.filter(inside);
  expect(seen.stack(row?.user_stack).slice(-2)[0]).toBe("main");
  const kernel = seen.stack(row?.kernel_stack);
  expect(kernel[0]).toBe("__schedule");
  expect(kernel.some((name) => /nanosleep/.test(name))).toBe(true);
});

test("periods that are too short or too long are left out", async () => {
  const short = await hold(sleeps, ["20", "5000", "0"]);
  const long = await hold(sleeps, ["10", "80000", "0"]);
  const pidsOf = async (parameters: Record<string, number>) => {
    const seen = await at.client.start("offcputime", { command: "sleeps", ...ASLEEP, ...parameters });
    return async () => {
      await at.client.stop(seen);
      return new Set(seen.rows.map(({ pid }) => pid));
    };
  };
  const [atLeast, atMost] = [await pidsOf({ min_block: 70_000 }), await pidsOf({ max_block: 70_000 })];
  await Promise.all([run(short), run(long)]);
  // Waiting to be told to go is a long period, of both.
  expect(await atLeast()).toContain(long.pid);
  expect(await atMost()).toEqual(new Set([short.pid]));
});

test("a thread that others keep from its CPU is off it as long as its clocks say, and only that is preempted", async () => {
  const command = ["-c", String(at.client.host.cpus - 1), sleeps, "2", "100000", "1500"];
  const loads = [await hold("taskset", command), await hold("taskset", command)];
  const asleep = { sleeping: false, uninterruptible: false };
  const seen = await at.client.start("offcputime", { command: "sleeps", ...asleep });
  const said = await Promise.all(loads.map(run));
  await at.client.stop(seen);
  loads.forEach((load, i) => {
    const [, , took = 0, worked = 0] = said[i]?.split(" ").map(Number) ?? [];
    const [inMain, inWork, inWait] = ["main", "known_work", "known_wait"].map((name) =>
      seen.sum("duration", under(seen, load, name)),
    ) as [number, number, number];
    // A function that has only begun has no frame yet, and hides its caller.
    expect(inWork).toBeGreaterThan(0.8 * (inMain - inWait));
    expect(inWork).toBeGreaterThan(300 * MILLISECOND);
    expect(Math.abs(inMain - inWait - (took - worked))).toBeLessThan(slack(took));
    expect(inWait).toBeLessThan(100 * MILLISECOND);
  });
});

test("a storm of switches: every one is counted, in few rows", async () => {
  const SECONDS = 2;
  const load = await hold(build("pingpong.c"), [String(SECONDS)]);
  const seen = await at.client.start("offcputime", { pid: load.pid });
  const [, , switches = 0] = (await run(load)).split(" ").map(Number);
  const info = await at.client.stop(seen);
  expect(info.loss).toEqual({ ring: 0, map: 0, stack: 0 });
  // The wait for the signal to go is one, and printing may be another.
  expect(Math.abs(seen.sum("periods") - switches)).toBeLessThan(20);
  expect(switches).toBeGreaterThan(1000 * SECONDS);
  expect(seen.rows.length).toBeLessThan(switches / 4);
  const told = seen.rows.reduce((sum, { duration }) => sum + Number(duration), 0);
  expect(told).toBeLessThan(SECONDS * 1000 * MILLISECOND + Number(seen.rows[0]?.duration ?? 0));
});

test("rows say the thread, and the kernel's own can be left out", { tags: "CAP_SYSLOG" }, async () => {
  const work = "setInterval(() => {}, 20)";
  const script = `new (require("node:worker_threads").Worker)(${JSON.stringify(work)}, { eval: true }); ${work}`;
  const { pid } = await hold(process.execPath, ["-e", `${script}; console.log("ready")`]);
  const own = await at.client.start("offcputime", { pid, user_stacks: false });
  const kernelThread = { command: "ksoftirqd/0" };
  const programs = await at.client.start("offcputime", { ...kernelThread, programs_only: true });
  const all = await at.client.start("offcputime", kernelThread);
  const threads = () => new Set(own.rows.map(({ tid }) => Number(tid)));
  await until(() => threads().size > 1 && all.rows.length > 0, 30_000);
  for (const seen of [own, programs, all]) await at.client.stop(seen);
  expect(readdirSync(`/proc/${pid}/task`).map(Number)).toEqual(expect.arrayContaining([...threads()]));
  expect(all.rows[0]?.user_stack).toBe(0);
  expect(all.stack(all.rows[0]?.kernel_stack)).toContain("kthread");
  expect(programs.rows).toEqual([]);
});
