/** Every format that a recording can be saved in, for other programs; the page and the command line offer the same. */
import type { Column } from "../../server/protocol";
import { firefox } from "./firefox";
import { folded } from "./folded";
import { csvPieces, ndjsonPieces } from "./lines";
import { pprof } from "./pprof";
import type { Recording } from "./recording";
import { speedscope } from "./speedscope";
import { type StackProfile, stackProfile } from "./stack-profile";

type Piece = string | Uint8Array<ArrayBuffer>;

const stacks = {
  folded: { title: "Stacks folded, for FlameGraph", extension: "folded", write: folded },
  pprof: { title: "Stacks for pprof", extension: "pb.gz", write: pprof },
  speedscope: { title: "Stacks for speedscope", extension: "speedscope.json", write: speedscope },
  firefox: { title: "Stacks for Firefox Profiler", extension: "firefox.json", write: firefox },
} satisfies Record<string, { title: string; extension: string; write(profile: StackProfile): Piece }>;

const rows = {
  ndjson: { title: "Rows as NDJSON", extension: "ndjson", write: ndjsonPieces },
  csv: { title: "Rows as CSV", extension: "csv", write: csvPieces },
} satisfies Record<
  string,
  { title: string; extension: string; write(recording: Recording): Iterable<string> }
>;

export type ExportFormat = keyof typeof stacks | keyof typeof rows;

export const exportFormats = Object.entries({ ...stacks, ...rows }).map(([name, { title, extension }]) => ({
  name: name as ExportFormat,
  title,
  extension,
  needsStacks: name in stacks,
}));

/** Formats that a table can be written in. */
export const formatsFor = (columns: readonly Column[]) => {
  const hasStacks = columns.some(({ type }) => type === "stack");
  return exportFormats.filter(({ needsStacks }) => hasStacks || !needsStacks);
};

async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The file in pieces, a large one in many. Throws RangeError for stacks of a table that has none. */
export async function* exported(format: ExportFormat, recording: Recording): AsyncGenerator<Piece> {
  if (format === "ndjson" || format === "csv") {
    yield* rows[format].write(recording);
    return;
  }
  const profile = stackProfile(recording);
  if (!profile) throw new RangeError(`${recording.tool.name} records no stacks`);
  const file = stacks[format].write(profile);
  // What pprof's tools expect of a file.
  yield typeof file === "string" ? file : await gzipped(file);
}
