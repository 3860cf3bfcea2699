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

interface Words {
  title: string;
  /** Beside others, where what they are made of is said. */
  short: string;
  /** Of its files, without the dot before. */
  extension: string;
  /** As HTTP calls it. */
  mediaType: string;
}

const json = "application/json";
const stacks = {
  folded: {
    title: "Stacks folded, for FlameGraph",
    short: "folded",
    extension: "folded",
    mediaType: "text/plain; charset=utf-8",
    write: folded,
  },
  pprof: {
    title: "Stacks for pprof",
    short: "pprof",
    extension: "pb.gz",
    mediaType: "application/gzip",
    write: pprof,
  },
  speedscope: {
    title: "Stacks for speedscope",
    short: "speedscope",
    extension: "speedscope.json",
    mediaType: json,
    write: speedscope,
  },
  firefox: {
    title: "Stacks for Firefox Profiler",
    short: "Firefox Profiler",
    extension: "firefox.json",
    mediaType: json,
    write: firefox,
  },
} satisfies Record<string, Words & { write(profile: StackProfile): Piece }>;

const rows = {
  ndjson: {
    title: "Rows as NDJSON",
    short: "NDJSON",
    extension: "ndjson",
    mediaType: "application/x-ndjson",
    write: ndjsonPieces,
  },
  csv: {
    title: "Rows as CSV",
    short: "CSV",
    extension: "csv",
    mediaType: "text/csv; charset=utf-8",
    write: csvPieces,
  },
} satisfies Record<string, Words & { write(recording: Recording): Iterable<string> }>;

export type ExportFormat = keyof typeof stacks | keyof typeof rows;

export const exportFormats = Object.entries<Words>({ ...stacks, ...rows }).map(
  ([name, { title, short, extension, mediaType }]) => ({
    name: name as ExportFormat,
    title,
    short,
    extension,
    mediaType,
    needsStacks: name in stacks,
  }),
);

export const hasStacks = (columns: readonly Pick<Column, "type">[]): boolean =>
  columns.some(({ type }) => type === "stack");

/** Formats that a table can be written in, with stacks or without. */
export const formatsFor = (withStacks: boolean) =>
  exportFormats.filter(({ needsStacks }) => withStacks || !needsStacks);

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
