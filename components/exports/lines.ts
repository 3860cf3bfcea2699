/** Rows as lines of NDJSON or CSV, a piece for each batch. */
import type { ToolInfo } from "../../server/protocol";
import type { Decoded } from "../batch";
import type { Context } from "../format";
import { distributions } from "./distributions";
import { inRange, type Recording } from "./recording";
import { csvHead, csvOf, type Field, isoTimes, jsonOf, wordedColumns, writtenFields } from "./rows";

type Timed = Decoded & { at: number };
type IsWanted = (batch: Timed, row: number) => boolean;

/** Rows of a table that is read again and again bear when that was. */
function timedFields(tool: Pick<ToolInfo, "columns">, context: Context): Field[] {
  const fields = writtenFields(wordedColumns(tool.columns), context);
  if (fields.some(({ name }) => name === "time")) return fields;
  const iso = isoTimes();
  return [{ name: "time", valueOf: (batch) => iso(context.host.bootedAt + (batch as Timed).at) }, ...fields];
}

/** A line for each row; of a table of latencies one for each reading. */
export function ndjson(
  tool: Pick<ToolInfo, "columns" | "view">,
  context: Context,
  isWanted: IsWanted = () => true,
): (batch: Timed) => string {
  const reading = tool.view === "histogram" ? distributions(tool.columns, context) : undefined;
  if (reading) {
    const iso = isoTimes();
    return (batch) =>
      isWanted(batch, 0)
        ? `${JSON.stringify({ time: iso(context.host.bootedAt + batch.at), ...reading(batch) })}\n`
        : "";
  }
  return rowLines(jsonOf(timedFields(tool, context)), "\n", isWanted);
}

function rowLines(line: (batch: Timed, row: number) => string, end: string, isWanted: IsWanted) {
  return (batch: Timed) => {
    let text = "";
    for (let row = 0; row < batch.rows; row++) if (isWanted(batch, row)) text += line(batch, row) + end;
    return text;
  };
}

export function* ndjsonPieces(recording: Recording): Generator<string> {
  const lines = ndjson(recording.tool, recording.context, inRange(recording));
  for (const batch of recording.batches) yield lines(batch);
}

export function* csvPieces(recording: Recording): Generator<string> {
  const fields = timedFields(recording.tool, recording.context);
  const lines = rowLines(csvOf(fields), "", inRange(recording));
  yield csvHead(fields);
  for (const batch of recording.batches) yield lines(batch);
}
