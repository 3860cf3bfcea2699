/** The loads: bench/loads/open.c, and a shell that starts short processes. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { fromRoot } from "../server/project";
import type { Column } from "../server/protocol";
import { allowedCpus, cpuNumbers } from "./measure";

/** The CPU that opens run on. */
export const LOAD_CPU = cpuNumbers(allowedCpus())[0] ?? 0;
/** What the kernel calls it, and so its rows. */
const LOAD_COMMAND = "open";

export function buildLoads(): void {
  mkdirSync(fromRoot("dist", "bench"), { recursive: true });
  execFileSync("gcc", ["-O2", "-o", program(), fromRoot("bench", "loads", "open.c")], { stdio: "inherit" });
}

const program = (): string => fromRoot("dist", "bench", LOAD_COMMAND);

export interface Load {
  stop(): void;
}

/** In a session of its own, as a user's program is: the scheduler shares a CPU between sessions, not with the server's. */
function load(command: string, args: readonly (string | number)[]) {
  const child = spawn(command, args.map(String), { stdio: ["ignore", "pipe", "inherit"], detached: true });
  const stop = () => void child.kill("SIGTERM");
  process.once("exit", stop);
  child.once("exit", () => process.off("exit", stop));
  return { child, stop };
}

/** Opens a path for some seconds, `rate` times a second or (0) as fast as it goes; resolves to opens a second. */
export const openFor = (seconds: number, rate: number, path: string): Promise<number> =>
  opensOf(load(program(), [LOAD_CPU, seconds, rate, path]));

/** The same on all CPUs together, and before all else there: the pace is kept, the others have what is left. */
export async function openBeforeAllElse(seconds: number, rate: number, path: string): Promise<number> {
  const cpus = cpuNumbers(allowedCpus());
  const loads = cpus.map((cpu) => load(program(), [cpu, seconds, rate / cpus.length, path]));
  for (const { child } of loads) if (child.pid) favour(child.pid);
  const rates = await Promise.all(loads.map(opensOf));
  return rates.reduce((sum, each) => sum + each, 0);
}

/** That of the server, where it may. */
const NICE = -10;

/** Where the scheduler shares a CPU between sessions, it is the session whose nice value counts (sched(7)). */
function favour(pid: number) {
  const session = `/proc/${pid}/autogroup`;
  if (existsSync(session)) writeFileSync(session, String(NICE));
  setPriority(pid, NICE);
}

function opensOf({ child }: ReturnType<typeof load>): Promise<number> {
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      const [opens = 0, took = 0] = output.split(" ").map(Number);
      if (code === 0 && took > 0) resolve(opens / took);
      else reject(new Error(`the load ended with ${code}: ${output}`));
    });
  });
}

/** Opens a path `rate` times a second until it is stopped. */
export const keepOpening = (rate: number, path: string): Load => load(program(), [LOAD_CPU, 1e6, rate, path]);

/** A path that is not there, as long as it takes for a row about its opening to be `bytes` long in a batch. */
export function pathForRow(columns: readonly Column[], bytes: number): string {
  const fixed = columns.reduce((sum, { type, size }) => sum + (type === "text" ? 4 : size), 0);
  return "no-such-file-".repeat(8).slice(0, Math.max(1, bytes - fixed - LOAD_COMMAND.length));
}

/** Starts about `rate` short processes a second until it is stopped. */
export function keepForking(rate: number): Load {
  const each = `cat /proc/self/stat >/dev/null; sleep ${(2 / rate).toFixed(4)}`;
  return load("sh", ["-c", `while :; do ${each}; done`]);
}
