/** The loads of e2e/loads: built when asked for, held back until a tracer is attached, of known size. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, onTestFinished, vi } from "vitest";
import { fromRoot } from "../../server/project";

// Loads take their time on a machine that has other things to do; no test waits for a clock that long.
vi.setConfig({ testTimeout: 90_000 });

const source = (file: string): string => fromRoot("e2e", "loads", file);

let parent: string | undefined;

/** A new folder, gone when the test file ends; everyone may read it. */
export function scratchFolder(): string {
  parent ??= mkdtempSync(join(tmpdir(), "ringside-load-"));
  const folder = mkdtempSync(join(parent, "x"));
  for (const path of [parent, folder]) chmodSync(path, 0o755);
  return folder;
}
afterAll(() => {
  if (parent) rmSync(parent, { recursive: true });
});

/** Compiles `files` of e2e/loads; gives the program's path, called like the first of them unless `name` says. */
export function build(
  files: string | readonly string[],
  flags: readonly string[] = [],
  name?: string,
): string {
  const list = typeof files === "string" ? [files] : files;
  const path = join(scratchFolder(), name ?? basename(list[0] ?? "", ".c"));
  // Not optimised: gcc leaves the frame pointer out of leaf functions otherwise, and the profile their callers.
  execFileSync("gcc", ["-O0", ...list.map(source), ...flags, "-o", path]);
  return path;
}

export interface Load {
  pid: number;
  /** Where it runs, a folder of its own: node leaves its profiler's log there. */
  folder: string;
  /** Lets it begin. */
  go(): void;
  /** Resolves with what it printed after "ready" when it has ended. */
  done: Promise<string>;
  process: ChildProcess;
}

/** Starts a load, which waits for `go`; it is killed when the test ends. */
export async function hold(file: string, args: readonly string[] = []): Promise<Load> {
  const folder = scratchFolder();
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"], cwd: folder });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let output = "";
  const ready = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => reject(new Error(`${file} ended before it was told to go`)));
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.startsWith("ready\n")) resolve();
    });
  });
  const done = new Promise<string>((resolve) =>
    child.once("close", () => resolve(output.replace("ready\n", ""))),
  );
  await ready;
  return { pid: child.pid ?? 0, folder, go: () => child.stdin.write("\n"), done, process: child };
}

/** Lets it begin and waits for its end. */
export async function run(load: Load): Promise<string> {
  load.go();
  return load.done;
}

export const nodeLoad = (file: string): string => source(file);
