/** The command line as its users have it: its own process, its status, both streams. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { onTestFinished } from "vitest";
import { serverFlags } from "../../scripts/server-flags.mjs";
import { fromRoot } from "../../server/project";
import { until } from "./client";

export interface CommandRun {
  process: ChildProcess;
  pid: number;
  stdout(): string;
  stderr(): string;
  /** Its exit status, once it has ended and both streams are read. */
  ended: Promise<number | null>;
}

/** Starts `ringside ARGS…`; it is killed when the test ends. `command` is put before it. */
export function ringside(args: readonly string[], command: readonly string[] = []): CommandRun {
  const [file = "", ...rest] = [
    ...command,
    process.execPath,
    ...serverFlags,
    fromRoot("dist", "server.js"),
    ...args,
  ];
  const child = spawn(file, rest, { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  return {
    process: child,
    pid: child.pid ?? 0,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    ended: new Promise((resolve) => child.once("close", resolve)),
  };
}

/** Objects of NDJSON. */
export const objectsOf = (text: string): Record<string, unknown>[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** Resolves once a process has attached a program, by its open links. */
export async function attached(pid: number): Promise<void> {
  const folder = `/proc/${pid}/fdinfo`;
  const hasLink = () =>
    readdirSync(folder).some((fd) => {
      try {
        return readFileSync(`${folder}/${fd}`, "utf8").includes("link_type:");
      } catch {
        return false; // Closed meanwhile.
      }
    });
  await until(hasLink, 20_000);
  // A tool's programs are attached one behind the other.
  await new Promise((resolve) => setTimeout(resolve, 200));
}
