/** However the server ends, nothing of it stays in the kernel. */
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
  const before = programsOf(server.pid);
  const run = await client.start("opensnoop", { pid: process.pid });
  expect(programsOf(server.pid).length).toBeGreaterThan(before.length);
  await client.stop(run);
  // An empty program may still be timed for the run's cost.
  await vi.waitFor(() => expect(programsOf(server.pid)).toEqual(before), 5000);
  client.close();
});
