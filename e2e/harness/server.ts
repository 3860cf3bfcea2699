/** A real server on a free port, for tests and benches. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverFlags } from "../../scripts/server-flags.mjs";
import { fromRoot } from "../../server/project";
import { usualCommand } from "./nobody";

export interface TestServer {
  /** Without the token. */
  url: string;
  /** Of the operator, as it was printed. */
  token: string;
  /** Its state folder, gone with it. */
  state: string;
  pid: number;
  process: ChildProcess;
  /** What it printed so far, both streams. */
  output(): string;
  /** Ends it with SIGTERM and waits. */
  stop(): Promise<void>;
}

const tokens = new Map<string, string>();

/** The operator's token of a server that was started here. */
export const tokenOf = (url: string): string => tokens.get(new URL(url).origin) ?? "";

/** How a program that is no browser says who it is. */
export const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });

interface Cookies {
  addCookies(cookies: { name: string; value: string; url: string }[]): Promise<void>;
}

/** Lets a browser in without the way over the link. */
export const admit = (browser: Cookies, { url, token }: Pick<TestServer, "url" | "token">): Promise<void> =>
  browser.addCookies([{ name: `ringside${new URL(url).port}`, value: token, url }]);

/**
 * Without a budget, so that a storm on a small machine stops nothing that a test looks at, and without a bound on
 * messages; what `args` says of them goes before. Starts dist/server.js; rejects with its words when it ends before it listens.
 */
export async function startServer(
  args: readonly string[] = [],
  command: readonly string[] = usualCommand(),
): Promise<TestServer> {
  const node = [process.execPath, ...serverFlags, fromRoot("dist", "server.js")];
  // Its own folder, made by itself as whoever it runs as.
  const above = mkdtempSync(join(tmpdir(), "ringside-server-"));
  chmodSync(above, 0o777);
  const state = join(above, "state");
  const ours = ["--port", "0", "--budget", "off", "--max-messages", "1000000", "--state", state];
  const [file = "", ...rest] = [...command, ...node, ...ours, ...args];
  const child = spawn(file, rest, { stdio: ["ignore", "pipe", "pipe"] });
  child.once("exit", () => rmSync(above, { recursive: true, force: true }));
  let output = "";
  let found: string | undefined;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const address = await new Promise<URL>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      // All that a flooded server writes is not to be searched again with each line.
      if (found) return;
      found = /Ringside on (https?:\S+)\n/.exec(output)?.[1];
      if (found) resolve(new URL(found));
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
    child.once("error", reject);
  });
  const { origin: url } = address;
  const token = address.searchParams.get("token") ?? "";
  tokens.set(url, token);
  return {
    url,
    token,
    state,
    pid: child.pid ?? 0,
    process: child,
    output: () => output,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
}
