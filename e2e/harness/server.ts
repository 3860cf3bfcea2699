/** A real server on a free port, for tests and benches. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverFlags } from "../../scripts/server-flags.mjs";
import { fromRoot } from "../../server/project";

export interface TestServer {
  url: string;
  pid: number;
  process: ChildProcess;
  /** What it printed so far, both streams. */
  output(): string;
  /** Ends it with SIGTERM and waits. */
  stop(): Promise<void>;
}

/**
 * Without a budget, so that a storm on a small machine stops nothing that a test looks at; `--budget` in `args` goes
 * before. Starts dist/server.js; rejects with its words when it ends before it listens.
 */
export async function startServer(
  args: readonly string[] = [],
  command: readonly string[] = [],
): Promise<TestServer> {
  const node = [process.execPath, ...serverFlags, fromRoot("dist", "server.js")];
  // Its own folder, made by itself as whoever it runs as.
  const above = mkdtempSync(join(tmpdir(), "ringside-server-"));
  chmodSync(above, 0o777);
  const ours = ["--port", "0", "--budget", "off", "--state", join(above, "state")];
  const [file = "", ...rest] = [...command, ...node, ...ours, ...args];
  const child = spawn(file, rest, { stdio: ["ignore", "pipe", "pipe"] });
  child.once("exit", () => rmSync(above, { recursive: true, force: true }));
  let output = "";
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /Ringside on (http:\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
    child.once("error", reject);
  });
  return {
    url,
    pid: child.pid ?? 0,
    process: child,
    output: () => output,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
}
