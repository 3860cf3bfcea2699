/** A panel of a snapshot as what exports are made of. */
import { decodeBatch } from "../../components/batch";
import type { Recording } from "../../components/exports/recording";
import type { RecordedPanel } from "./encode";
import { type Snapshot, toolInfoOf } from "./format";

export function recordingOf(
  { head, at, batches, frames, stacks }: RecordedPanel,
  { host, names }: Pick<Snapshot, "host" | "names">,
): Recording {
  const tool = toolInfoOf(head);
  return {
    tool,
    parameters: head.parameters,
    host,
    context: {
      host,
      functions: head.run.functions ?? [],
      stacks: { frames, stacks: new Map(stacks.map(({ id, frames }) => [id, frames])) },
      name: (kind, id) => names[kind]?.[id] ?? "",
    },
    batches: batches.map((batch, i) => ({
      ...decodeBatch(tool.columns, batch.buffer as ArrayBuffer, batch.byteOffset, batch.length),
      at: at[i] ?? 0,
    })),
  };
}
