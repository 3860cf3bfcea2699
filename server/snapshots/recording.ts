/** A panel of a snapshot as what exports are made of. */
import { decodeBatch } from "../../components/batch";
import type { Recording } from "../../components/exports/recording";
import { decodePanel } from "./decode";
import { type Snapshot, toolInfoOf } from "./format";

/** `number`: from 0. Throws a UserError where a value is not as the format says. */
export function recordingOf({ panels, host, names }: Snapshot, number: number): Recording | undefined {
  const panel = panels[number];
  if (!panel) return undefined;
  const tool = toolInfoOf(panel);
  const { batches, at } = decodePanel(panel, number);
  return {
    tool,
    parameters: panel.parameters,
    host,
    context: {
      host,
      functions: panel.run.functions ?? [],
      stacks: { frames: panel.frames, stacks: new Map(panel.stacks.map(({ id, frames }) => [id, frames])) },
      name: (kind, id) => names[kind]?.[id] ?? "",
    },
    batches: batches.map((batch, i) => ({
      ...decodeBatch(tool.columns, batch.buffer as ArrayBuffer, batch.byteOffset, batch.length),
      at: at[i] ?? 0,
    })),
  };
}
