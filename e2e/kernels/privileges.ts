/**
 * Starts the server as nobody with few capabilities and then with one more at a time, and every tool on each; prints an
 * Attempt a line, and the Meanings. Arguments: the programs built from calls.c and sleeps.c. As root, on this kernel or in a guest of
 * scripts/run-in-vm.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Capability, meaningOf } from "../../server/host/capabilities";
import type { Problem, Result, Tracing } from "../../server/protocol";
import { Client, Refused, until, value } from "../harness/client";
import {
  asNobody,
  CAP_BPF,
  CAP_DAC_READ_SEARCH,
  CAP_NET_ADMIN,
  CAP_PERFMON,
  CAP_SYS_ADMIN,
  CAP_SYS_PTRACE,
  CAP_SYSLOG,
} from "../harness/nobody";
import { startServer } from "../harness/server";
import { casesOf } from "./cases";

/** One thing tried with one set of capabilities. */
export interface Attempt {
  /** Names of the capabilities. */
  held: string[];
  what: string;
  /** How it is attached, or "yes". */
  got?: string;
  /** Why not, where that is said. */
  problem?: Problem;
  /** Not a tool, but what the page shows besides. */
  isExtra?: boolean;
}

/** What a capability is for, in the product's words. */
export interface Meaning {
  capability: string;
  means: string;
}

const BASE = { CAP_BPF, CAP_PERFMON };
const OPTIONAL = { CAP_SYSLOG, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH, CAP_SYS_ADMIN, CAP_NET_ADMIN };
const NUMBERS: Record<string, number> = { ...BASE, ...OPTIONAL };
const SETS = [
  ["CAP_PERFMON"],
  ["CAP_BPF"],
  Object.keys(BASE),
  ...Object.keys(OPTIONAL).map((one) => [...Object.keys(BASE), one]),
  Object.keys(NUMBERS),
];

/** Emulated, a server takes its time. */
const SOON_MS = 90_000;
const [calls = "", sleeps = ""] = process.argv.slice(2);

type Tried = Omit<Attempt, "held">;

async function tool(client: Client, name: string, what: string, target?: string): Promise<Tried> {
  try {
    const { id, attached } = (await client.start(name, {}, target)).info;
    value(await client.socket.emitWithAck("stop", id));
    return { what, got: attached };
  } catch (error) {
    if (error instanceof Refused) return { what, problem: error.problem };
    throw error;
  }
}

async function tools(client: Client): Promise<Tried[]> {
  const all: Tried[] = [];
  for (const { name, tryIt, targets, missingTarget } of client.tools.values()) {
    const kinds = missingTarget ? (["kernel", ...targets] as const) : targets;
    for (const { what, target } of casesOf(name, tryIt, kinds, calls))
      all.push(await tool(client, name, what, target));
  }
  return all;
}

/** When a process was started, as the protocol says it: from ticks of 10 ms, behind the name in parentheses. */
function startOf(pid: number): number {
  const [, rest = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  return Number(rest.split(" ")[19]) * 10;
}

/** A process of root's, which sleeps in functions with names. */
async function sleeper(): Promise<ChildProcess> {
  const child = spawn(sleeps, ["1000000", "10000", "0"], { stdio: ["pipe", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.stdin.write("\n");
  return child;
}

/** `problem`: what is said where it is not to be had. */
const extra = (what: string, has: boolean, problem?: Problem): Tried => ({
  what,
  isExtra: true,
  ...(has ? { got: "yes" } : problem && { problem }),
});

async function extras(client: Client, pid: number): Promise<Tried[]> {
  let tracing: Tracing | undefined;
  client.socket.on("tracing", (now) => {
    tracing = now;
  });
  const seen = await client.start("offcputime", { pid });
  const { id } = seen.info;
  const cost = () => client.runs.find((run) => run.id === id)?.cost;
  await until(
    () => seen.rows.length > 0 && seen.allNamed && (tracing?.problem !== undefined || cost() !== undefined),
    SOON_MS,
  );
  const unmeasured = tracing?.problem; // Of no run there is none.
  const { problems } = value(await client.socket.emitWithAck("inventory", ""));
  const onlyOurs = problems.find(({ reason }) => /^Only Ringside/.test(reason));
  const { files } = value(await client.socket.emitWithAck("process", pid, startOf(pid)));
  const pipe: Result<null> = await client.socket.emitWithAck("tracePipe", true);
  value(await client.socket.emitWithAck("stop", id));
  return [
    extra(
      "names of kernel functions in stacks",
      seen.frames.some(({ kind, name }) => kind === "kernel" && !name.startsWith("0x")),
    ),
    extra(
      "names of functions of others' programs in stacks",
      seen.frames.some(({ name }) => name === "known_wait"),
    ),
    extra("what tracers cost, and so their budgets", unmeasured === undefined, unmeasured),
    extra("everybody's eBPF on /kernel/programs", onlyOurs === undefined, onlyOurs),
    extra(
      "files and sockets of others' processes",
      files.list.some(({ path }) => path !== ""),
    ),
    extra("the trace pipe", pipe.ok, pipe.ok ? undefined : pipe.problem),
  ];
}

async function withOnly(held: string[]): Promise<Tried[]> {
  const server = await startServer([], asNobody(...held.flatMap((name) => NUMBERS[name] ?? [])));
  const load = await sleeper();
  try {
    const client = await Client.connect(server.url);
    const all = await tools(client);
    // Where no tool runs there is nothing besides.
    if (all.some(({ got }) => got)) all.push(...(await extras(client, load.pid ?? 0)));
    client.close();
    return all;
  } finally {
    load.kill("SIGKILL");
    await server.stop();
  }
}

const print = (line: Attempt | Meaning) => process.stdout.write(`${JSON.stringify(line)}\n`);

for (const held of SETS) for (const tried of await withOnly(held)) print({ held, ...tried });
for (const capability of Object.keys(OPTIONAL) as Capability[])
  print({ capability, means: meaningOf(capability) });
