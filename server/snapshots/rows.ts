/** The rows of a panel as text, written as the page and the command line write them, in pieces. */
import { csvPieces, ndjsonPieces } from "../../components/exports/lines";
import type { RecordedPanel } from "./encode";
import type { SnapshotHead } from "./jobs";
import { recordingOf } from "./recording";

export type RowsForm = "csv" | "ndjson";
export const rowsForms: readonly RowsForm[] = ["csv", "ndjson"];

export function rowsAsText(panel: RecordedPanel, head: SnapshotHead, form: RowsForm): Generator<string> {
  const recording = recordingOf(panel, head);
  return form === "csv" ? csvPieces(recording) : ndjsonPieces(recording);
}
