/** What keeps the server harmless and going: as little privilege as it needs, bounds, pins that outlive it, a watchdog. */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { Client, type Collected, Refused, until, value } from "../harness/client";
import { withServer } from "../harness/fixture";
import { programsOf } from "../harness/programs";
import { startServer, type TestServer } from "../harness/server";

// Several starts of a server in one test.
vi.setConfig({ testTimeout: 120_000 });

const status = (pid: number, field: string): string =>
  new RegExp(`^${field}:[ \\t]*(.*)$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]?.trim() ??
  "";
const capabilities = (pid: number, set: string): bigint => BigInt(`0x${status(pid, set)}`);
/** Numbers from include/uapi/linux/capability.h: DAC_READ_SEARCH, NET_ADMIN, SYS_PTRACE, SYS_ADMIN, SYSLOG, PERFMON, BPF. */
const NEEDED = [2, 12, 19, 21, 34, 38, 39].reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n);

const at = withServer(["--idle-seconds", "1", "--max-programs", "12"]);

test("started by root it is another user, with what it needs and no way to more, in each of its threads", () => {
  const { pid } = at.server;
  expect(status(pid, "Uid")).not.toMatch(/\b0\b/);
  expect(status(pid, "Groups")).toBe("");
  for (const set of ["CapPrm", "CapEff", "CapBnd"]) expect(capabilities(pid, set) & ~NEEDED).toBe(0n);
  expect(capabilities(pid, "CapEff")).not.toBe(0n);
  expect(status(pid, "NoNewPrivs")).toBe("1");
  // What it starts gets none of them.
  expect(capabilities(pid, "CapAmb")).toBe(0n);
});

test("root by name, where that is asked for, has no more", async () => {
  const server = await startServer(["--user", "root"]);
  onTestFinished(server.stop);
  expect(status(server.pid, "Uid")).toMatch(/^0\b/);
  for (const set of ["CapPrm", "CapEff", "CapBnd"]) expect(capabilities(server.pid, set) & ~NEEDED).toBe(0n);
});

test("more programs than --max-programs are refused, and nothing of the one too many stays", async () => {
  const started: Collected[] = [];
  const tools = [
    "opensnoop",
    "execsnoop",
    "tcplife",
    "tcpconnect",
    "biolatency",
    "runqlat",
    "syscount",
    "syslat",
    "profile",
  ];
  let refused: unknown;
  for (const tool of tools) {
    refused = await at.client.start(tool).then(
      (run) => void started.push(run),
      (error: unknown) => error,
    );
    if (refused) break;
  }
  expect(refused).toBeInstanceOf(Refused);
  expect((refused as Refused).problem).toMatchObject({
    reason: expect.stringMatching(/programs in the kernel to \d+; this server allows 12/),
    fix: expect.stringContaining("--max-programs"),
  });
  expect(started.length).toBeGreaterThan(1);
  for (const run of started) await at.client.stop(run);
});

test("starts at once stay within --max-programs, and what is being stopped counts no more", async () => {
  const server = await startServer(["--max-programs", "6"]);
  onTestFinished(server.stop);
  const client = await Client.connect(server.url);
  onTestFinished(() => client.close());
  const start = (tool: string) => client.socket.emitWithAck("start", { tool, parameters: {} });
  const tools = ["opensnoop", "execsnoop", "tcplife", "biolatency", "runqlat", "syscount"];
  const answers = await Promise.all(tools.map(start));
  const started = answers.flatMap((answer) => (answer.ok ? [answer.value.id] : []));
  const reasons = answers.flatMap((answer) => (answer.ok ? [] : [answer.problem.reason]));
  expect(started.length).toBeGreaterThan(0);
  for (const reason of reasons) expect(reason).toContain("this server allows 6");
  expect(programsOf(server.pid).length).toBeLessThanOrEqual(6);
  const stopped = started.map((id) => client.socket.emitWithAck("stop", id));
  expect(await start("opensnoop")).toMatchObject({ ok: true });
  await Promise.all(stopped);
});

test("a run stops when its time is over, though it is watched", async () => {
  const run = value(
    await at.client.socket.emitWithAck("start", { tool: "execsnoop", parameters: {}, seconds: 2 }),
  );
  await at.client.watch(run);
  const now = () => at.client.runs.find(({ id }) => id === run.id);
  expect(run.until).toBeGreaterThan(Date.now());
  await until(() => now()?.state === "ended", 10_000);
  expect(now()?.problem?.reason).toMatch(/time it was given/);
});

const watched = (server: TestServer, key: string) => async () => {
  const client = await Client.connect(server.url);
  await until(() => client.runs.length > 0, 2000).catch(() => {});
  client.close();
  return client.runs.find((run) => run.key === key && run.state === "running");
};

test("a pinned run goes on unwatched, outlives even a kill, and ends when it is stopped", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ringside-pins-"));
  chmodSync(folder, 0o777);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const args = ["--idle-seconds", "1", "--state", join(folder, "state")];
  const first = await startServer(args);
  onTestFinished(first.stop);
  const client = await Client.connect(first.url);
  const { info } = await client.start("opensnoop", { failed: true });
  const other = await client.start("execsnoop");
  const kept = value(await client.socket.emitWithAck("keep", info.id, true, 3600));
  expect(kept).toMatchObject({ pinned: true, until: expect.any(Number) });
  client.close();
  const look = watched(first, other.info.key);
  for (let wait = 0; wait < 100 && (await look()); wait++) await new Promise((done) => setTimeout(done, 100));
  expect(await look()).toBeUndefined();
  expect(await watched(first, info.key)()).toMatchObject({ pinned: true });
  first.process.kill("SIGKILL");
  await first.stop();

  const second = await startServer(args);
  onTestFinished(second.stop);
  const again = await watched(second, info.key)();
  expect(again).toMatchObject({ pinned: true, state: "running" });
  expect(Math.abs((again?.until ?? 0) - (kept.until ?? 0))).toBeLessThan(2000);
  const later = await Client.connect(second.url);
  value(await later.socket.emitWithAck("stop", again?.id ?? 0));
  later.close();
  await second.stop();

  const third = await startServer(args);
  onTestFinished(third.stop);
  expect(await watched(third, info.key)()).toBeUndefined();
});

test("a pinned run that cannot come back is told", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ringside-pins-"));
  chmodSync(folder, 0o777);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const args = ["--state", join(folder, "state")];
  const first = await startServer(args);
  onTestFinished(first.stop);
  const client = await Client.connect(first.url);
  const { info } = await client.start("opensnoop", { pid: first.pid });
  value(await client.socket.emitWithAck("keep", info.id, true, null));
  client.close();
  await first.stop();
  const second = await startServer(args);
  onTestFinished(second.stop);
  const later = await Client.connect(second.url);
  expect(later.host.problems[0]?.reason).toContain(`${info.key} was pinned and could not be brought back.`);
  later.close();
});

test("a loop that stands still is told, and one that was stopped as a whole is not blamed", async () => {
  const server = await startServer();
  onTestFinished(server.stop);
  process.kill(server.pid, "SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 3500));
  process.kill(server.pid, "SIGCONT");
  const client = await Client.connect(server.url);
  onTestFinished(() => client.close());
  expect(server.output()).not.toContain("the event loop stands still");
  await until(() => server.output().includes("the event loop stood still"), 5000);
});

test("a client that never leaves what has ended does not make the server keep all of it", async () => {
  for (let i = 0; i < 40; i++)
    await at.client.stop(await at.client.start("syscount", { command: `none-${i}` }));
  await until(() => at.client.runs.filter(({ state }) => state === "ended").length <= 33, 5000);
  const kept = at.client.runs.map(({ request }) => request.parameters.command);
  expect(kept).toContain("none-39");
  expect(kept).not.toContain("none-0");
});

test("as another user it still reaches its state below a folder that only root may enter", async () => {
  const above = mkdtempSync(join(tmpdir(), "ringside-root-"));
  onTestFinished(() => rmSync(above, { recursive: true }));
  chmodSync(above, 0o700);
  const server = await startServer(["--state", join(above, "state")]);
  onTestFinished(server.stop);
  expect(status(server.pid, "Uid")).not.toMatch(/\b0\b/);
  const client = await Client.connect(server.url);
  onTestFinished(() => client.close());
  expect(client.tools.size).toBeGreaterThan(10);
});
