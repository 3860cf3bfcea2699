/** What a user can get wrong: each is answered with a sentence that names the thing and one that mends it. */
import { spawnSync } from "node:child_process";
import { afterEach, expect, test } from "vitest";
import type { Problem, RunRequest } from "../../server/protocol";
import { Client, Refused, until } from "../harness/client";
import { withServer } from "../harness/fixture";

const at = withServer(["--max-runs", "3"]);

async function refusal(request: Partial<RunRequest>): Promise<Problem> {
  const { tool = "opensnoop", parameters = {}, target } = request;
  const refused = await at.client.start(tool, parameters, target).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refused);
  return (refused as Refused).problem;
}

/** A process id that nobody has: of a child that has ended. */
const gone = spawnSync("true").pid;

afterEach(async () => {
  expect(at.client.runs.filter(({ state }) => state === "running")).toEqual([]);
  // The server still does what it is for.
  const run = await at.client.start("opensnoop", { pid: process.pid });
  await at.client.stop(run);
});

test.each<[string, Partial<RunRequest>, RegExp]>([
  ["an unknown tool", { tool: "nosuchtool" }, /nosuchtool/],
  ["a tool that is a path", { tool: "../../etc/passwd" }, /\.\.\/\.\.\/etc\/passwd/],
  ["a tool by a name that every object has", { tool: "constructor" }, /constructor/],
  ["an unknown parameter", { parameters: { nosuch: 1 } }, /opensnoop.*nosuch/],
  ["a parameter by a name that every object has", { parameters: { constructor: 1 } }, /constructor/],
  ["a text for a number", { parameters: { pid: "twelve" } }, /pid.*twelve/],
  ["a number for a text", { parameters: { command: 7 } }, /command.*7/],
  ["a number for a yes or no", { parameters: { failed: 1 } }, /failed.*1/],
  ["a broken number", { parameters: { pid: 1.5 } }, /pid.*1\.5/],
  ["a negative number", { parameters: { pid: -1 } }, /pid.*-1/],
  ["more than the type holds", { parameters: { pid: 2 ** 32 } }, /pid.*4294967296/],
  ["more than the tool allows", { tool: "profile", parameters: { frequency: 5000 } }, /frequency.*5000/],
  ["less than the tool allows", { tool: "profile", parameters: { frequency: 0 } }, /frequency.*0/],
  ["a process that does not exist", { parameters: { pid: gone } }, new RegExp(`process ${gone}`)],
  [
    "a command longer than the kernel keeps",
    { parameters: { command: "sixteen-letters!" } },
    /sixteen-letters!/,
  ],
  ["an unknown system call", { tool: "syslat", parameters: { calls: "read, raed" } }, /raed/],
  ["an unknown cgroup", { parameters: { cgroup: "/no/such/group" } }, /\/no\/such\/group/],
  ["a cgroup outside of the cgroups", { parameters: { cgroup: "/../../../etc" } }, /etc/],
  ["a target for a tool without", { target: "c:malloc" }, /opensnoop/],
  ["no target for a tool that needs one", { tool: "funccount" }, /funccount/],
])("%s", async (_, request, named) => {
  const { reason, fix } = await refusal(request);
  expect(reason).toMatch(named);
  for (const sentence of [reason, fix]) {
    expect(sentence).toMatch(/[.)]$/);
    expect(sentence).not.toMatch(/\n|undefined|\[object|at .*:\d+:\d+/);
  }
  await until(() => at.server.output().includes(JSON.stringify(reason)), 2000);
});

test("an unknown run cannot be watched or stopped", async () => {
  for (const verb of ["watch", "stop"] as const) {
    const result = await at.client.socket.emitWithAck(verb, 4711);
    expect(result).toMatchObject({ ok: false, problem: { reason: expect.stringContaining("4711") } });
  }
});

test("one tracer more than --max-runs is refused, and possible again when one has stopped", async () => {
  const parameters = { pid: process.pid };
  const tools = ["opensnoop", "execsnoop", "tcplife"];
  const runs = await Promise.all(tools.map((tool) => at.client.start(tool, parameters)));
  expect((await refusal({ tool: "syscount" })).reason).toMatch(/3 tracers/);
  // Joining one that runs is no further tracer.
  const joined = await at.client.socket.emitWithAck("start", { tool: "opensnoop", parameters });
  expect(joined).toMatchObject({ ok: true, value: { id: runs[0]?.info.id } });
  const [first, ...others] = runs;
  if (first) await at.client.stop(first);
  others.push(await at.client.start("syscount", parameters));
  for (const run of others) await at.client.stop(run);
});

test("at once: no more than --max-runs, however fast they come", async () => {
  const clients = await Promise.all(Array.from({ length: 4 }, () => Client.connect(at.server.url)));
  const tools = ["opensnoop", "execsnoop", "tcplife", "tcpconnect", "runqlat", "biolatency"];
  const results = await Promise.all(
    tools.map((tool, i) => clients[i % 4]?.socket.emitWithAck("start", { tool, parameters: {} })),
  );
  const started = results.flatMap((result) => (result?.ok ? [result.value] : []));
  expect(started).toHaveLength(3);
  for (const run of started) await at.client.socket.emitWithAck("stop", run.id);
  for (const client of clients) client.close();
});
