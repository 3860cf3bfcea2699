/** `ringside export FILE`: a snapshot in the formats of other programs; needs no privilege. */
import { open, rename, rm, stat } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { type ExportFormat, exported, exportFormats, hasStacks } from "../../components/exports/formats";
import { refuse } from "../problem";
import { decodePanel, type ReadSnapshot } from "../snapshots/decode";
import { recordingOf } from "../snapshots/recording";
import { asCommand, EXIT, UsageError } from "./exit";
import { Output } from "./output";
import { snapshotFrom } from "./snapshot-file";

type ExportOptions = Partial<Record<ExportFormat, true>> & { panel?: number; out?: string };

function panelNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError("Give a panel's number, from 1.");
  return Number(text);
}

function chosenFormat(options: ExportOptions): (typeof exportFormats)[number] {
  const [format, second] = exportFormats.filter(({ name }) => options[name]);
  if (format && !second) return format;
  const all = exportFormats.map(({ name }) => `--${name}`).join(", ");
  throw new UsageError({
    reason: format ? "A file has one format." : "export needs a format.",
    fix: `Give one of ${all}.`,
  });
}

/** The panel to export, from 0: the one that was asked for, else the only one that has what the format needs. */
function chosenPanel(
  { panels }: ReadSnapshot,
  format: (typeof exportFormats)[number],
  asked?: number,
): number {
  const list = panels.map(({ tool }, i) => `${i + 1} ${tool.name}`).join(", ");
  const fitting = panels.flatMap(({ schema }, i) => (!format.needsStacks || hasStacks(schema) ? [i] : []));
  if (asked !== undefined && asked > panels.length)
    throw new UsageError({ reason: `The snapshot has no panel ${asked}.`, fix: `It has: ${list}.` });
  const wanted = asked === undefined ? fitting : [asked - 1];
  const [panel, second] = wanted;
  if (panel === undefined || !panels[panel])
    return refuse(
      `No panel of the snapshot has stacks, which --${format.name} is made of.`,
      `It has: ${list}. Rows are written by --csv and --ndjson.`,
    );
  if (second !== undefined)
    throw new UsageError({
      reason: `The snapshot has ${wanted.length} panels that can be written so.`,
      fix: `Choose one with --panel: ${list}.`,
    });
  if (!fitting.includes(panel))
    return refuse(
      `Panel ${panel + 1} (${panels[panel].tool.name}) has no stacks, which --${format.name} is made of.`,
      "Its rows are written by --csv and --ndjson.",
    );
  return panel;
}

/** The file is whole, or as it was before; what is no file, such as a pipe with a name, is written to as it is. */
async function writeFile(path: string, pieces: AsyncIterable<string | Uint8Array>): Promise<void> {
  const isFile = await stat(path).then(
    (there) => there.isFile(),
    () => true,
  );
  const to = isFile ? `${path}.${process.pid}.part` : path;
  try {
    const file = await open(to, "w");
    try {
      for await (const piece of pieces) await file.appendFile(piece); // All of it, however much a write takes.
    } finally {
      await file.close();
    }
    if (isFile) await rename(to, path);
  } catch (error) {
    if (isFile) await rm(to, { force: true });
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    refuse(`${path} cannot be written (${code}).`, "Give --out another path, or make room there.");
  }
}

export async function exportSnapshot(argv: readonly string[]): Promise<number> {
  const command = asCommand(
    new Command("ringside export")
      .argument("<file>", "a snapshot: FILE.json or FILE.json.gz")
      .description("Writes a snapshot in a format of other programs, to standard output."),
  );
  for (const { name, title } of exportFormats) command.option(`--${name}`, title);
  command
    .option("--panel <n>", "which panel, from 1; otherwise the only one that can be written so", panelNumber)
    .option("--out <file>", "write there instead");
  command.parse([...argv], { from: "user" });
  const options = command.opts<ExportOptions>();
  const format = chosenFormat(options);
  const snapshot = snapshotFrom(command.args[0] ?? "");
  const panel = chosenPanel(snapshot, format, options.panel);
  const [chosen] = snapshot.panels.slice(panel);
  if (!chosen) return EXIT.refused;
  const pieces = exported(format.name, recordingOf(decodePanel(chosen, panel), snapshot));
  if (options.out !== undefined) await writeFile(options.out, pieces);
  else {
    const output = new Output();
    for await (const piece of pieces) {
      await output.write(piece);
      if (output.closed) break;
    }
  }
  return EXIT.ok;
}
