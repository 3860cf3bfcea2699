/** `ringside record` on the real kernel: rows of known loads, interrupts, readers that leave, what is refused. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { fromRoot } from "../../server/project";
import { attached, objectsOf, ringside } from "../harness/cli";
import { until } from "../harness/client";
import { asNobody } from "../harness/fixture";
import { build, hold, run, scratchFolder } from "../harness/load";
import { loadedPrograms, programsOf } from "../harness/programs";

const OPENS = 2000;
const opens = build("opens.c");

test("rows are those of the load, as JSON with names and errors; Ctrl-C keeps them and ends well", async () => {
  const folder = scratchFolder();
  const load = await hold(opens, [folder, String(OPENS)]);
  const recording = ringside(["record", "opensnoop", "--pid", String(load.pid)]);
  await attached(recording.pid);
  const programs = programsOf(recording.pid);
  expect(programs.length).toBeGreaterThan(0);
  await run(load);
  recording.process.kill("SIGINT");
  recording.process.kill("SIGINT"); // As a terminal and npm both send it.
  expect(await recording.ended).toBe(0);
  expect(recording.stderr()).toBe("");
  const rows = objectsOf(recording.stdout());
  expect(rows).toHaveLength(OPENS);
  for (const row of rows) {
    expect(row).toMatchObject({ pid: load.pid, comm: "opens", uid: "root" });
    expect(row.path).toContain(folder);
    expect(row.ret_errno).toBe({ "-2": "ENOENT", "-20": "ENOTDIR" }[Number(row.ret)] ?? "");
    expect(Math.abs(Date.parse(String(row.time)) - Date.now())).toBeLessThan(60_000);
  }
  const still = loadedPrograms();
  await until(() => programs.every((id) => !still.has(id) || !loadedPrograms().has(id)), 5000);
});

test("a latency's distribution is one object a second, a count's rows have their second; both count every call", async () => {
  const load = await hold(build("calls.c"), ["3000", "0", "0"]);
  const pid = ["--pid", String(load.pid)];
  const latency = ringside(["record", "syslat", "--calls", "getuid", ...pid]);
  const counts = ringside(["record", "syscount", "--per-call", ...pid]);
  await Promise.all([attached(latency.pid), attached(counts.pid)]);
  await run(load);
  latency.process.kill("SIGTERM");
  counts.process.kill("SIGTERM");
  expect([await latency.ended, await counts.ended]).toEqual([0, 0]);

  const seconds = objectsOf(latency.stdout()) as {
    count: number;
    p99: number;
    by: { call: string; count: number }[];
  }[];
  expect(seconds.reduce((sum, { count }) => sum + count, 0)).toBe(6000);
  expect(seconds.flatMap(({ by }) => by).every(({ call }) => call === "getuid")).toBe(true);
  expect(Math.max(...seconds.map(({ p99 }) => p99))).toBeGreaterThan(20);

  const rows = objectsOf(counts.stdout());
  const calls = (name: string) =>
    rows.filter(({ call }) => call === name).reduce((sum, { count }) => sum + Number(count), 0);
  expect([calls("getppid"), calls("getuid")]).toEqual([3000, 6000]);
  expect(rows.every(({ time }) => !Number.isNaN(Date.parse(String(time))))).toBe(true);
});

test("a sample's stacks are names, leaf first", async () => {
  const recording = ringside(["record", "profile", "--for", "2s", "--frequency", "499"]);
  expect(await recording.ended).toBe(0);
  const stacks = objectsOf(recording.stdout()).map((row) => row.kernel_stack as string[]);
  expect(stacks.length).toBeGreaterThan(10);
  expect(stacks.flat().every((name) => typeof name === "string" && name !== "?")).toBe(true);
  expect(
    stacks.some((names) => /^(entry_SYSCALL|asm_|ret_from_fork|do_syscall)/.test(names.at(-1) ?? "")),
  ).toBe(true);
});

test("a reader that has enough ends it at once, without a word", () => {
  const began = performance.now();
  const server = fromRoot("dist", "server.js");
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["-c", `set -o pipefail; ${process.execPath} ${server} record opensnoop --for 60s | head -2`],
    { encoding: "utf8" },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(objectsOf(stdout)).toHaveLength(2);
  expect(performance.now() - began).toBeLessThan(30_000);
});

test("a reader that is too slow loses rows, which are counted and told by the status", async () => {
  const load = await hold(opens, [scratchFolder(), "60000"]);
  const recording = ringside(["record", "opensnoop", "--history-mib", "1", "--pid", String(load.pid)]);
  recording.process.stdout?.pause();
  await attached(recording.pid);
  await run(load);
  recording.process.kill("SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  recording.process.stdout?.resume();
  expect(await recording.ended).toBe(3);
  const said = /([\d,]+) rows were not written/.exec(recording.stderr())?.[1] ?? "";
  expect(objectsOf(recording.stdout()).length + Number(said.replaceAll(",", ""))).toBe(60_000);
});

test.each([
  [["record"], 2, /needs the name of a tool.*\nringside tools/],
  [["record", "opensnop"], 2, /There is no tool "opensnop"\.\nThere are: .*opensnoop/],
  [["record", "opensnoop", "--foo", "3"], 2, /opensnoop has no parameter "foo"\.\nIt has: .*failed, pid/],
  [["record", "opensnoop", "--pid", "abc"], 2, /Process \(pid\) cannot be "abc"\.\nGive a whole number/],
  [
    ["record", "opensnoop", "--command", "sixteen letters!"],
    2,
    /Command \(command\) cannot be .*\nGive at most 15 bytes/,
  ],
  [["record", "syslat", "--calls", "raed"], 2, /There is no system call "raed"/],
  [["record", "opensnoop", "--for", "3"], 2, /Give a time with its unit/],
  [["record", "opensnoop", "--budget", "-1"], 2, /Give a percentage/],
  [["record", "opensnoop", "more"], 2, /too many arguments/],
  [["record", "funccount"], 1, /funccount needs something to trace\.\nChoose a function/],
  [["record", "funccount", "--target", "c:no_such"], 1, /Nothing is called "c:no_such"/],
] as const)("%j ends with %i and a sentence", async (args, status, words) => {
  const command = ringside(args);
  expect(await command.ended).toBe(status);
  expect(command.stderr()).toMatch(words);
  expect(command.stderr()).not.toMatch(/\n {4}at /);
  expect(command.stdout()).toBe("");
});

test("a tool's own options stand in its help, in the manifest's words", async () => {
  const help = ringside(["record", "offcputime", "--help"]);
  expect(await help.ended).toBe(0);
  expect(help.stdout()).toMatch(/--min-block <µs>\s+At least: Leave out shorter periods/);
  expect(help.stdout()).toMatch(/--no-user-stacks/);
  expect(help.stdout()).toMatch(/Exit status: 0/);
});

test("without a privilege it is refused with the reason and the fix; what can run says why not", async () => {
  const recording = ringside(["record", "opensnoop", "--for", "1s"], asNobody());
  expect(await recording.ended).toBe(1);
  expect(recording.stderr()).toMatch(/opensnoop: .*CAP_BPF.*\n.*sudo/);
  const list = ringside(["tools"], asNobody());
  expect(await list.ended).toBe(0);
  expect(list.stdout()).toMatch(/opensnoop .*\n.*CAP_BPF/);
});
