/** The runs that are pinned, in a file of the state folder, so that the next server starts them again. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { problemOf } from "../problem";
import type { Problem } from "../protocol";
import { keyOf } from "./request";
import type { Runs } from "./runs";

const pinsSchema = z.array(
  z.object({
    tool: z.string(),
    parameters: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])),
    target: z.string().optional(),
    budget: z.number().positive().optional(),
    /** When it is to stop, milliseconds since the epoch. */
    until: z.number().optional(),
  }),
);
type Pin = z.output<typeof pinsSchema>[number];

const fileIn = (folder: string): string => join(folder, "pinned.json");

/** Whole or not at all: a server that is killed while it writes leaves the file that was there. */
export function savePins(folder: string, runs: Runs): void {
  const pins = runs
    .all()
    .filter(({ running, pinned }) => running && pinned)
    .map(
      ({ request, ownBudget, until }): Pin => ({
        ...request,
        ...(ownBudget !== undefined && { budget: ownBudget }),
        ...(until !== undefined && { until }),
      }),
    );
  const file = fileIn(folder);
  writeFileSync(`${file}.part`, `${JSON.stringify(pins, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.part`, file);
}

function readPins(folder: string): Pin[] {
  let text: string;
  try {
    text = readFileSync(fileIn(folder), "utf8");
  } catch {
    return []; // Nothing was ever pinned.
  }
  return pinsSchema.parse(JSON.parse(text));
}

/** Starts what was pinned when the last server ended; why each that could not be. */
export async function bringBack(folder: string, runs: Runs): Promise<Problem[]> {
  let pins: Pin[];
  try {
    pins = readPins(folder);
  } catch {
    return [
      {
        reason: `${fileIn(folder)} cannot be read as a list of pinned tracers, so none was brought back.`,
        fix: "Pin them again, which writes it anew.",
      },
    ];
  }
  const problems: Problem[] = [];
  if (pins.length > 0) runs.prepare();
  for (const { until, budget, target, ...request } of pins) {
    const seconds = until === undefined ? null : Math.ceil((until - Date.now()) / 1000);
    if (seconds !== null && seconds <= 0) continue; // Its time was over while no server ran.
    const asked = { ...request, ...(target !== undefined && { target }) };
    try {
      const run = await runs.start({ ...asked, anyway: true, ...(budget !== undefined && { budget }) });
      runs.keep(run.id, true, seconds);
    } catch (error) {
      const { reason, fix } = problemOf(error, request.tool);
      problems.push({ reason: `${keyOf(asked)} was pinned and could not be brought back. ${reason}`, fix });
    }
  }
  return problems;
}
