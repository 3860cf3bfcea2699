/** Keeps a run that has ended as a snapshot in a file. */
import { accessSync, constants, createReadStream, createWriteStream, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { writeBoard } from "../../components/url";
import { refuse } from "../problem";
import type { Host } from "../protocol";
import type { Run } from "../runs/run";
import { keep } from "../snapshots/keep";
import { SOFTWARE } from "../snapshots/snapshots";

/** Before anything is recorded that could not be kept. Throws a UserError. */
export function needWritable(path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    refuse(
      `${path} cannot be written (${(error as NodeJS.ErrnoException).code}).`,
      "Give --out a path in a folder that this user may write to.",
    );
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    refuse(`${path} is a folder.`, "Give --out the path of a file.");
}

/** The file is whole, or as it was before; returns how many rows are in it. Throws a UserError. */
export async function keepRun(run: Run, host: Host, path: string, title: string): Promise<number> {
  const compressed = `${path}.${process.pid}.part`;
  const plain = `${compressed}.json`;
  try {
    const view = writeBoard([{ request: run.request, view: "" }]);
    const what = { title, notes: "", view };
    const { panels } = await keep(compressed, [run], what, host, SOFTWARE, "keep newest");
    if (path.endsWith(".gz")) await rename(compressed, path);
    else {
      await pipeline(createReadStream(compressed), createGunzip(), createWriteStream(plain));
      await rename(plain, path);
    }
    return panels.reduce((sum, { rows }) => sum + rows, 0);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    return refuse(`${path} cannot be written (${code}).`, "Give --out another path, or make room there.");
  } finally {
    for (const file of [compressed, plain]) await rm(file, { force: true });
  }
}
