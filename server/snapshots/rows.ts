/** The rows of a panel as text, written as the page and the command line write them, in pieces. */
import { decodeBatch } from "../../components/batch";
import { csvHead, csvOf, isoTimes, wordedColumns, writtenFields } from "../../components/exports/rows";
import type { Context } from "../../components/format";
import { ndjson } from "../cli/row-stream";
import type { RecordedPanel } from "./encode";
import { toolInfoOf } from "./format";
import type { SnapshotHead } from "./jobs";

export type RowsForm = "csv" | "ndjson";
export const rowsForms: readonly RowsForm[] = ["csv", "ndjson"];

export function* rowsAsText(
  { head, at, batches, frames, stacks }: RecordedPanel,
  { host, names }: SnapshotHead,
  form: RowsForm,
): Generator<string> {
  const tool = toolInfoOf(head);
  const context: Context = {
    host,
    functions: head.run.functions ?? [],
    stacks: { frames, stacks: new Map(stacks.map(({ id, frames }) => [id, frames])) },
    name: (kind, id) => names[kind]?.[id] ?? "",
  };
  const line = form === "csv" ? undefined : ndjson(tool, context);
  const fields = writtenFields(wordedColumns(tool.columns), context);
  const cells = csvOf(fields);
  const iso = isoTimes();
  // A table's rows have no time of their own: theirs is when they were read.
  const isTimed = fields.some(({ name }) => name === "time");
  if (!line) yield (isTimed ? "" : "time,") + csvHead(fields);
  for (const [i, bytes] of batches.entries()) {
    const batch = decodeBatch(tool.columns, bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
    const readAt = at[i] ?? 0;
    if (line) {
      yield line(batch, readAt);
      continue;
    }
    const time = isTimed ? "" : `${iso(host.bootedAt + readAt)},`;
    let text = "";
    for (let row = 0; row < batch.rows; row++) text += time + cells(batch, row);
    yield text;
  }
}
