import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { expect, test } from "vitest";
import { type Collected, until } from "../harness/client";
import { withServer } from "../harness/fixture";
import { build, hold, type Load, nodeLoad } from "../harness/load";

const HERTZ = 99;
/** Seconds of CPU that a load gets; a busy machine gives it fewer. */
const CPU_SECONDS = 2;
const at = withServer();

/** CPU time of a process so far, in seconds, by the scheduler's account. */
const cpuSeconds = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e9;

/** Profiles a spinning load until it had its CPU seconds; gives its samples, and what it had meanwhile. */
async function profile(load: Load, warmUpMs = 200): Promise<{ seen: Collected; cpu: number }> {
  load.go();
  await new Promise((resolve) => setTimeout(resolve, warmUpMs));
  const seen = await at.client.start("profile", { pid: load.pid });
  const before = cpuSeconds(load.pid);
  const end = Date.now() + 15_000;
  await until(() => cpuSeconds(load.pid) - before > CPU_SECONDS || Date.now() > end, 20_000);
  const cpu = cpuSeconds(load.pid) - before;
  const info = await at.client.stop(seen);
  expect(info.loss).toEqual({ ring: 0, map: 0, stack: 0 });
  return { seen, cpu };
}

/** The user stacks of all samples that have one; a few were taken in the kernel on the way out of the program. */
const userStacks = (seen: Collected): string[][] =>
  seen.rows.filter(({ user_stack }) => user_stack).map(({ user_stack }) => seen.stack(user_stack));

function share(seen: Collected, pass: (stack: string[]) => boolean): number {
  const stacks = userStacks(seen);
  expect(stacks.length).toBeGreaterThan(0);
  return stacks.filter(pass).length / stacks.length;
}

const library = build("hot.c", ["-shared", "-fPIC"], "libhot.so");
const flagsOfLibrary = [library, `-Wl,-rpath,${dirname(library)}`];

test.each([
  ["position-independent", build(["spin.c", "hot.c"], ["-pie", "-fPIE"])],
  ["static", build(["spin.c", "hot.c"], ["-static", "-no-pie"])],
  ["calling a shared library", build("spin.c", flagsOfLibrary)],
])("a %s program: hot_spin called by main, 99 times a CPU second", async (_, program) => {
  const { seen, cpu } = await profile(await hold(program));
  expect(share(seen, (stack) => stack.includes("hot_spin"))).toBeGreaterThanOrEqual(0.95);
  expect(share(seen, ([leaf, caller]) => leaf === "hot_spin" && caller === "main")).toBeGreaterThanOrEqual(
    0.9,
  );
  // On a busy machine chance decides which samples fall into the program's turns: two standard deviations more.
  const due = cpu * HERTZ;
  expect(Math.abs(seen.rows.length - due)).toBeLessThan(0.15 * due + 2 * Math.sqrt(due));
});

test("a stripped program: module and offset, never a guess", async () => {
  const program = build(["spin.c", "hot.c"], ["-pie", "-fPIE"], "stripped");
  const [, address = "", size = ""] =
    /^(\w+) (\w+) \w hot_spin$/m.exec(execFileSync("nm", ["-S", program], { encoding: "utf8" })) ?? [];
  execFileSync("strip", [program]);
  const { seen } = await profile(await hold(program));
  const [from, to] = [Number.parseInt(address, 16), Number.parseInt(address, 16) + Number.parseInt(size, 16)];
  const inHotSpin = (name = "") => {
    const offset = Number.parseInt(
      new RegExp(`^${basename(program)}\\+0x([0-9a-f]+)$`).exec(name)?.[1] ?? "",
      16,
    );
    return offset >= from && offset < to;
  };
  expect(share(seen, ([leaf]) => inHotSpin(leaf))).toBeGreaterThanOrEqual(0.95);
  expect(userStacks(seen).flat()).not.toContain("main");
});

test("JavaScript in node, by perf's map of its JIT", { tags: "CAP_SYS_PTRACE" }, async () => {
  const flags = ["--perf-basic-prof", "--interpreted-frames-native-stack"];
  const load = await hold(process.execPath, [...flags, nodeLoad("spin.mjs")]);
  const { seen } = await profile(load, 1000);
  expect(share(seen, (stack) => stack.some((name) => /hotJavaScript/.test(name)))).toBeGreaterThanOrEqual(
    0.95,
  );
  expect(seen.frames.find(({ name }) => name.includes("hotJavaScript"))?.kind).toBe("jit");
});

test("kernel stacks of a process that is in the kernel", { tags: "CAP_SYSLOG" }, async () => {
  const load = await hold("sh", ["-c", "echo ready; read go; exec cat /dev/zero >/dev/null"]);
  const { seen } = await profile(load);
  const stacks = seen.rows.flatMap((row) => (row.kernel_stack ? [seen.stack(row.kernel_stack)] : []));
  expect(stacks.length).toBeGreaterThan(seen.rows.length / 2);
  const symbols = new Set(
    readFileSync("/proc/kallsyms", "utf8")
      .split("\n")
      .map((line) => line.split(/\s/)[2]),
  );
  expect(stacks.flat().filter((name) => !symbols.has(name))).toEqual([]);
  const reading = stacks.filter((stack) => stack.includes("vfs_read") || stack.includes("vfs_write"));
  expect(reading.length).toBeGreaterThan(stacks.length / 2);
});
