/** What an export is made of: the rows of one tool, on a page or in a file. */
import type { Host, ToolInfo, Value } from "../../server/protocol";
import type { Decoded } from "../batch";
import type { Context } from "../format";

export interface Recording {
  tool: Pick<ToolInfo, "name" | "title" | "view" | "columns" | "parameters">;
  /** Those that differ from their defaults. */
  parameters: Record<string, Value>;
  host: Pick<Host, "hostname" | "kernel">;
  context: Context;
  /** `at`: when it was read, milliseconds of CLOCK_MONOTONIC. */
  batches: readonly (Decoded & { at: number })[];
  /** Only rows of this time, milliseconds of CLOCK_MONOTONIC, `to` exclusive. */
  range?: { from: number; to: number };
}

/** Whether a row is of the recording's time: by its own time where it has one, else by when it was read. */
export function inRange({
  tool,
  range,
  batches,
}: Recording): (batch: Decoded & { at: number }, row: number) => boolean {
  if (!range || batches.length === 0) return () => true;
  const time = tool.columns.findIndex(({ meaning }) => meaning === "ktime");
  return (batch, row) => {
    const values = batch.columns[time];
    const at = values?.kind === "numbers" ? Number(values.values[row]) / 1e6 : batch.at;
    return at >= range.from && at < range.to;
  };
}
