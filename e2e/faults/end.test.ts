/** However the server ends, nothing of it stays in the kernel. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { Client } from "../harness/client";
import { build, hold } from "../harness/load";
import { loadedPrograms, programsOf } from "../harness/programs";
import { startServer } from "../harness/server";

const calls = build("calls.c");

test.each(["SIGKILL", "SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s leaves no program loaded",
  async (signal) => {
    const server = await startServer();
    onTestFinished(server.stop);
    const client = await Client.connect(server.url);
    await hold(calls, ["0", "0", "0"]);
    await client.start("biolatency");
    for (const tool of ["opensnoop", "execsnoop", "profile", "syscount"])
      await client.start(tool, { pid: process.pid });
    await client.start("funccount", {}, `${calls}:counted_*`);
    await client.start("funccount", { pid: process.pid }, "t:sched:sched_switch");

    const programs = programsOf(server.pid);
    expect(programs.length).toBeGreaterThan(8);
    const loaded = loadedPrograms();
    expect(programs.filter((id) => !loaded.has(id))).toEqual([]);

    const ended = new Promise<[number | null, string | null]>((resolve) =>
      server.process.once("exit", (code, by) => resolve([code, by])),
    );
    server.process.kill(signal);
    expect(await ended).toEqual(signal === "SIGKILL" ? [null, "SIGKILL"] : [0, null]);
    client.close();

    // The kernel frees programs a moment after their last user is gone (RCU).
    for (let wait = 0; wait < 50 && programs.some((id) => loadedPrograms().has(id)); wait++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const still = loadedPrograms();
    expect(programs.filter((id) => still.has(id))).toEqual([]);
  },
);

test("stopping a run frees its programs, while the server goes on", async () => {
  const server = await startServer();
  onTestFinished(server.stop);
  const client = await Client.connect(server.url);
  // As it starts, it tries what is there.
  const free = () => vi.waitFor(() => expect(programsOf(server.pid)).toEqual([]), 5000);
  await free();
  const run = await client.start("opensnoop", { pid: process.pid });
  expect(programsOf(server.pid)).not.toEqual([]);
  await client.stop(run);
  // An empty program may still be timed for the run's cost.
  await free();
  client.close();
});

test("two who stop a run at once get the same answer, and who starts it meanwhile gets a new one", async () => {
  const server = await startServer();
  onTestFinished(server.stop);
  const [client, other] = await Promise.all([Client.connect(server.url), Client.connect(server.url)]);
  const beside = await client.start("syscount", { pid: process.pid });
  const run = await client.start("opensnoop", { pid: process.pid });
  const opened = 100;
  for (let i = 0; i < opened; i++) closeSync(openSync("/dev/null", "r"));
  const [first, second, next] = await Promise.all([
    client.stop(run),
    other.socket.emitWithAck("stop", run.info.id),
    other.start("opensnoop", { pid: process.pid }),
  ]);
  expect(second).toEqual({ ok: true, value: first });
  expect(first.state).toBe("ended");
  expect(run.rows.filter(({ path }) => path === "/dev/null")).toHaveLength(opened);
  expect(next.info.id).not.toBe(first.id);
  expect(client.runs.find(({ id }) => id === beside.info.id)?.state).toBe("running");
  for (const one of [client, other]) one.close();
});

test("a server that ends while a pinned run is being stopped ends well, and the next one does not start it", async () => {
  const state = mkdtempSync(join(tmpdir(), "ringside-stopped-"));
  onTestFinished(() => rmSync(state, { recursive: true }));
  const server = await startServer(["--state", state]);
  onTestFinished(server.stop);
  const client = await Client.connect(server.url);
  const { info } = await client.start("opensnoop", { pid: process.pid });
  await client.socket.emitWithAck("keep", info.id, true, null);
  const programs = programsOf(server.pid);
  const ended = new Promise((resolve) => server.process.once("exit", (...how) => resolve(how)));
  const pins = () => JSON.parse(readFileSync(join(state, "pinned.json"), "utf8"));
  expect(pins()).toHaveLength(1);
  client.socket.emit("stop", info.id, () => undefined);
  await vi.waitFor(() => expect(pins()).toEqual([]), { timeout: 5000, interval: 1 });
  server.process.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  client.close();
  await vi.waitFor(() => expect(programs.filter((id) => loadedPrograms().has(id))).toEqual([]), 5000);
});
