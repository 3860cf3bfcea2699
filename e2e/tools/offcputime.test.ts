import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Collected, type Row, until } from "../harness/client";
import { withServer } from "../harness/fixture";
import { build, hold, type Load, run } from "../harness/load";

const MILLISECOND = 1e6;
const at = withServer();
const sleeps = build("sleeps.c");
const spin = build(["spin.c", "hot.c"]);
const ASLEEP = { preempted: false };

/** The rows of a process whose user stack has this function. */
const under =
  (seen: Collected, { pid }: Load, name: string) =>
  (row: Row) =>
    row.pid === pid && seen.stack(row.user_stack).includes(name);

test("sleeps in a known function are its off-CPU time, as long as its own clocks say", async () => {
  const load = await hold(sleeps, ["100", "10000"]);
  const seen = await at.client.start("offcputime", { pid: load.pid });
  const [took = 0, worked = 0] = (await run(load)).split(" ").map(Number);
  const info = await at.client.stop(seen);
  expect(info.loss).toEqual({ ring: 0, map: 0, stack: 0 });
  const inside = under(seen, load, "known_wait");
  const away = seen.sum("duration", inside);
  // What is neither asleep nor at work is the way between the two, at each switch.
  expect(away).toBeGreaterThan(100 * 10 * MILLISECOND);
  expect(away).toBeLessThan(took - worked + MILLISECOND);
  expect(away).toBeGreaterThan(took - worked - 20 * MILLISECOND);
  expect(seen.sum("periods", (row) => inside(row) && Number(row.duration) > 9.9 * MILLISECOND)).toBe(100);
  const [row] = seen.rows.filter(inside);
  expect(seen.stack(row?.user_stack).slice(-2)[0]).toBe("main");
  const kernel = seen.stack(row?.kernel_stack);
  expect(kernel[0]).toBe("__schedule");
  expect(kernel.some((name) => /nanosleep/.test(name))).toBe(true);
});

test("periods that are too short or too long are left out", async () => {
  const short = await hold(sleeps, ["20", "5000"]);
  const long = await hold(sleeps, ["10", "80000"]);
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

test("a thread that is put aside waits as long as the scheduler says, and only that is preempted", async () => {
  const cpu = String(at.client.host.cpus - 1);
  const loads = [await hold("taskset", ["-c", cpu, spin]), await hold("taskset", ["-c", cpu, spin])];
  const waited = ({ pid }: Load) => Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1]);
  const asleep = { sleeping: false, uninterruptible: false };
  const seen = await at.client.start("offcputime", { command: "spin", ...asleep });
  const before = loads.map(waited);
  for (const load of loads) load.go();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  for (const { pid } of loads) {
    process.kill(pid, "SIGSTOP");
    await until(() => / T /.test(readFileSync(`/proc/${pid}/stat`, "utf8")), 5000);
  }
  const said = loads.map((load, i) => waited(load) - (before[i] ?? 0));
  await at.client.stop(seen);
  loads.forEach((load, i) => {
    const ours = seen.sum("duration", under(seen, load, "hot_spin")) / MILLISECOND;
    expect(Math.abs(ours - (said[i] ?? 0) / MILLISECOND)).toBeLessThan(30);
    expect(ours).toBeGreaterThan(300);
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

test("rows say the thread, and the kernel's own can be left out", async () => {
  const { pid } = at.server;
  const own = await at.client.start("offcputime", { pid });
  const programs = await at.client.start("offcputime", { programs_only: true });
  const all = await at.client.start("offcputime");
  await until(() => new Set(own.rows.map(({ tid }) => tid)).size > 1, 10_000);
  const isKernelThread = ({ user_stack, kernel_stack }: Row, seen: Collected) =>
    !user_stack && seen.stack(kernel_stack).includes("kthread");
  await until(() => all.allNamed && all.rows.some((row) => isKernelThread(row, all)), 10_000);
  for (const seen of [own, programs, all]) await at.client.stop(seen);
  const threads = readdirSync(`/proc/${pid}/task`).map(Number);
  expect(threads).toEqual(expect.arrayContaining([...new Set(own.rows.map(({ tid }) => Number(tid)))]));
  expect(programs.rows.filter((row) => isKernelThread(row, programs))).toEqual([]);
});
