/** `ringside open FILE`: serves one snapshot and nothing else, from a folder that goes with the server. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Options, parseOptions } from "../options";
import { Recordings } from "../snapshots/recordings";
import { SnapshotStore } from "../snapshots/store";
import { UsageError } from "./exit";
import { snapshotFrom } from "./snapshot-file";

export interface Opened {
  /** Without tools, and on any free port unless one was given. */
  options: Options;
  /** Of the page that shows it. */
  path: string;
  /** Takes its folder away. */
  close(): void;
}

/** Throws a UserError. */
export async function opened(argv: readonly string[]): Promise<Opened> {
  const [file, ...rest] = argv;
  const name = "ringside open FILE";
  if (file === "--help" || file === "-h") parseOptions(["--help"], name);
  if (file === undefined || file.startsWith("-"))
    throw new UsageError({
      reason: "open needs a snapshot.",
      fix: "Give its path, then options of the server: ringside open FILE.json --port 4601",
    });
  snapshotFrom(file);
  const state = mkdtempSync(join(tmpdir(), "ringside-open-"));
  const close = () => rmSync(state, { recursive: true, force: true });
  process.once("exit", close);
  const options = parseOptions(["--port", "0", ...rest, "--state", state, "--demo"], name);
  const store = new SnapshotStore(join(state, "snapshots"), Number.POSITIVE_INFINITY);
  const { id } = await new Recordings(store).import(resolve(file));
  return { options, path: `/snapshots/${id}`, close };
}
