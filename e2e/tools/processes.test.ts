/** What the process table says, beside what the kernel tells the process itself, and what pidstat sees. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Client, type Collected, type Row, until } from "../harness/client";
import { withServer } from "../harness/fixture";
import { build, hold, type Load, run, scratchFolder } from "../harness/load";

const MILLISECOND = 1e6;
const MIB = 1024 * 1024;
const at = withServer();
const uses = build("uses.c");
const calls = build("calls.c");
const file = join(scratchFolder(), "written");

type Used = Record<"cpu" | "faults" | "switches" | "preemptions" | "file_written" | "disk_written", number>;

const of = (pid: number) => (row: Row) => row.pid === pid;
const letter = (row: Row | undefined) => String.fromCharCode(Number(row?.state));

/** What it did since it was started: the first row holds what it had done before. */
function compare(seen: Collected, pid: number, used: Used): void {
  const sum = (column: string) => seen.sum(column, of(pid));
  // After it has looked at its own figures it prints them and ends.
  expect(sum("cpu")).toBeGreaterThanOrEqual(used.cpu);
  expect(sum("cpu")).toBeLessThan(1.02 * used.cpu + 10 * MILLISECOND);
  for (const column of ["faults", "switches", "preemptions"] as const) {
    expect(sum(column), column).toBeGreaterThanOrEqual(used[column]);
    expect(sum(column), column).toBeLessThan(used[column] + 60);
  }
  expect(sum("file_written") - used.file_written).toBeGreaterThan(0);
  expect(sum("file_written") - used.file_written).toBeLessThan(300);
  expect(sum("disk_written")).toBe(used.disk_written);
  expect(sum("file_read")).toBeGreaterThanOrEqual(MIB);
  expect(sum("sent")).toBe(MIB);
  expect(sum("received")).toBe(MIB);
}

const ended = async (seen: Collected, pid: number): Promise<void> =>
  until(() => seen.rows.some((row) => row.pid === pid && letter(row) === "X"), 15_000);

test("what a process used is what the kernel told the process itself", async () => {
  const load = await hold(uses, ["400", "2000", String(MIB), file]);
  const seen = await at.client.start("processes");
  load.go();
  const used = JSON.parse(await firstLine(load)) as Used;
  load.process.stdin?.end();
  await load.done;
  await ended(seen, load.pid);
  await at.client.stop(seen);
  compare(seen, load.pid, used);
  const [first] = seen.rows.filter(of(load.pid));
  expect(first).toMatchObject({ comm: "uses", parent: process.pid, user: process.geteuid?.(), threads: 1 });
  expect(letter(first)).toBe("S");
});

const firstLine = async (load: Load): Promise<string> => {
  const [chunk] = await once(load.process.stdout ?? process.stdin, "data");
  return String(chunk);
};

test("a process that lives a fraction of a second is accounted for in full", async () => {
  const seen = await at.client.start("processes", { command: "uses" });
  const load = await hold(uses, ["0", "500", String(MIB), file]);
  const used = JSON.parse(await run(load)) as Used;
  await ended(seen, load.pid);
  await at.client.stop(seen);
  compare(seen, load.pid, used);
});

test("pidstat sees the same CPU time, within 2 %", async () => {
  const seconds = 6;
  // Before others where it may: it is to use much, and is stopped before the last look of pidstat.
  const load = await hold("nice", ["-n", "-10", uses, "60000", "1", "4096", file]);
  const seen = await at.client.start("processes", { pid: load.pid });
  const pidstat = spawn("pidstat", ["-u", "-p", String(load.pid), String(seconds), "1"], {
    env: { ...process.env, LC_ALL: "C", S_COLORS: "never" },
  });
  let output = "";
  pidstat.stdout.on("data", (chunk) => {
    output += chunk;
  });
  await once(pidstat.stdout, "data");
  await new Promise((resolve) => setTimeout(resolve, 200));
  load.go();
  await new Promise((resolve) => setTimeout(resolve, (seconds - 2) * 1000));
  process.kill(load.pid, "SIGSTOP");
  await once(pidstat, "close");
  await at.client.stop(seen);
  const [head = "", average = ""] = output
    .split("\n")
    .filter((line) => /%CPU|^Average: +\d/.test(line))
    .slice(-2);
  const column = head.split(/\s+/).indexOf("%CPU") - head.split(/\s+/).length;
  const theirs = (Number(average.split(/\s+/).at(column)) / 100) * seconds;
  const ours = seen.sum("cpu", of(load.pid)) / 1e9;
  expect(theirs).toBeGreaterThan(0.5);
  // It counts whole hundredths of a second, of user and system time each.
  expect(Math.abs(ours - theirs)).toBeLessThan(0.02 * theirs + 0.02);
});

test("threads are added up, those that are gone as well; waiting for a CPU too", async () => {
  // Four threads of Node's pool compute at once, on two CPUs at the most.
  const code = `
    const { pbkdf2 } = require("node:crypto");
    process.stdout.write("ready\\n");
    process.stdin.once("data", () => {
      let left = 8;
      for (let i = 0; i < 8; i++) pbkdf2("a", "b", 300000, 64, "sha512", () => --left || console.log("done"));
    });`;
  const load = await hold("taskset", ["-c", "0", process.execPath, "-e", code]);
  const seen = await at.client.start("processes", { pid: load.pid });
  const schedstat = () =>
    execFileSync("sh", ["-c", `cat /proc/${load.pid}/task/*/schedstat`], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map((line) => line.split(" ").map(Number))
      .reduce(([cpu = 0, wait = 0], [c = 0, w = 0]) => [cpu + c, wait + w], [0, 0]);
  const output = firstLine(load);
  load.go();
  await output;
  await at.client.stop(seen);
  const [cpu = 0, wait = 0] = schedstat();
  expect(cpu).toBeGreaterThan(500 * MILLISECOND);
  expect(Math.abs(seen.sum("cpu", of(load.pid)) / cpu - 1)).toBeLessThan(0.02);
  expect(Math.abs(seen.sum("wait", of(load.pid)) / wait - 1)).toBeLessThan(0.03);
  expect(Number(seen.rows.at(-1)?.threads)).toBeGreaterThan(4);
});

test("system calls are counted where that is asked for, and only there", async () => {
  const load = await hold(calls, ["20000", "0", "0"]);
  const without = await at.client.start("processes", { pid: load.pid });
  const seen = await at.client.start("processes", { pid: load.pid, syscalls: true });
  await run(load);
  await ended(seen, load.pid);
  await at.client.stop(seen);
  await at.client.stop(without);
  expect(without.sum("calls")).toBe(0);
  expect(seen.sum("calls")).toBeGreaterThanOrEqual(60_000);
  expect(seen.sum("calls")).toBeLessThan(60_050);
});

test("a number that comes back within the second is another process", async (ctx) => {
  const last = "/proc/sys/kernel/ns_last_pid";
  const seen = await at.client.start("processes");
  let pid = 0;
  for (let tries = 0; tries < 200 && pid === 0; tries++) {
    const first = spawnSync("/bin/true").pid;
    try {
      writeFileSync(last, String(first - 1));
    } catch (error) {
      ctx.skip(`the number of the next process cannot be chosen here: ${error}`);
    }
    if (spawnSync("/bin/sh", ["-c", "exit 3"]).pid === first) pid = first;
  }
  expect(pid).toBeGreaterThan(0);
  await until(() => seen.rows.filter((row) => row.pid === pid && letter(row) === "X").length >= 2, 15_000);
  await at.client.stop(seen);
  const rows = seen.rows.filter(of(pid));
  expect(new Set(rows.map(({ started }) => started)).size).toBe(rows.length);
  expect(rows.map(({ comm }) => comm)).toEqual(expect.arrayContaining(["true", "sh"]));
});

test("every process of the host is there, kernel threads told apart, and again for those who come late", async () => {
  const seen = await at.client.start("processes");
  const other = await Client.connect(at.server.url);
  onTestFinished(() => other.close());
  const late = await other.watch(seen.info);
  await until(() => late.batches >= 2, 10_000);
  await at.client.stop(seen);
  expect(late.rows.length).toBeGreaterThan(20);
  const there = new Set(seen.rows.map(({ pid }) => Number(pid)));
  const alive = execFileSync("ps", ["-e", "-o", "pid="], { encoding: "utf8" })
    .trim()
    .split(/\s+/)
    .map(Number);
  // What was started since, ps itself among it, is not.
  expect(alive.filter((pid) => !there.has(pid)).length).toBeLessThan(10);
  expect(there.has(process.pid)).toBe(true);
  for (const row of seen.rows.filter((row) => row.kernel))
    expect(Number(row.parent) === 2 || Number(row.pid) === 2).toBe(true);
  const [own] = seen.rows.filter(of(process.pid));
  const startTick = Number(readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ")[19]);
  expect(Math.floor(Number(own?.started) / 1e7)).toBe(startTick);
});

const value = async <T>(call: Promise<unknown>): Promise<T> => {
  const result = (await call) as { ok: boolean; value: T; problem?: { reason: string } };
  if (!result.ok) throw new Error(result.problem?.reason);
  return result.value;
};

test("details of one process, and one sentence when it is gone or its number is another's", {
  tags: ["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"],
}, async () => {
  const load = await hold(uses, ["1", "1", "4096", file]);
  const ticks = Number(readFileSync(`/proc/${load.pid}/stat`, "utf8").split(") ")[1]?.split(" ")[19]);
  const ask = (startedMs: number) =>
    value<Record<string, unknown>>(at.client.socket.emitWithAck("process", load.pid, startedMs));
  const details = await ask(ticks * 10);
  expect(details).toMatchObject({
    command: "uses",
    commandLine: [uses, "1", "1", "4096", file].join("\0"),
    executable: uses,
    directory: load.folder,
    threads: { all: 1, list: [{ tid: load.pid, name: "uses", state: "S" }] },
    files: { list: expect.arrayContaining([expect.objectContaining({ fd: 2 })]) },
    limits: expect.arrayContaining([expect.objectContaining({ name: "open files", unit: "files" })]),
  });
  await expect(ask(ticks * 10 - 5000)).rejects.toThrow(`Process ${load.pid} has ended.`);
  load.go();
  await firstLine(load);
  load.process.stdin?.end();
  await load.done;
  await expect(ask(ticks * 10)).rejects.toThrow(`Process ${load.pid} has ended.`);
});

test("sockets of a process, by their addresses", {
  tags: ["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"],
}, async () => {
  const code = `
    const net = require("node:net");
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      process.stdout.write("ready\\n" + server.address().port + "\\n");
    });
    process.stdin.once("data", () => process.exit());`;
  const load = await hold(process.execPath, ["-e", code]);
  const ticks = Number(readFileSync(`/proc/${load.pid}/stat`, "utf8").split(") ")[1]?.split(" ")[19]);
  const { sockets } = await value<{ sockets: unknown[] }>(
    at.client.socket.emitWithAck("process", load.pid, ticks * 10),
  );
  const port = Number((await run(load)).trim());
  expect(sockets).toContainEqual(
    expect.objectContaining({ protocol: "tcp", local: `127.0.0.1:${port}`, remote: "", state: "LISTEN" }),
  );
});
