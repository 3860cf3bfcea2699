/** What the list of snapshots tells of one. */
import { hasStacks } from "../../components/exports/formats";
import { sumOf } from "../runs/batch";
import type { RecordedPanel } from "./encode";
import type { SnapshotHead, Summary } from "./jobs";

/** Bars of a preview. */
const BARS = 48;

/** How much happened, in equal stretches of time: rows of a ring, else the table's first u64 value. */
function activityOf({ head, at, batches }: RecordedPanel, from: number, to: number): number[] {
  const bars = new Array<number>(BARS).fill(0);
  const counted = head.schema.find(({ key, type }) => !key && type === "u64");
  const step = Math.max(1, to - from) / BARS;
  for (const [i, batch] of batches.entries()) {
    const bar = Math.min(BARS - 1, Math.max(0, Math.floor(((at[i] ?? from) - from) / step)));
    const amount =
      head.tool.kind === "ring" || !counted ? batch.readUInt32LE(0) : sumOf(batch, head.schema, counted.name);
    bars[bar] = (bars[bar] ?? 0) + amount;
  }
  return bars;
}

/** `bytes`: of the file as it is stored. */
export function summaryOf(head: SnapshotHead, panels: readonly RecordedPanel[], bytes: number): Summary {
  const first = (values: number[]) => values.find(Number.isFinite) ?? 0;
  const from = Math.min(...panels.map(({ at }) => at[0] ?? Number.POSITIVE_INFINITY));
  const to = Math.max(...panels.map(({ at }) => at.at(-1) ?? Number.NEGATIVE_INFINITY));
  return {
    title: head.title,
    notes: head.notes,
    takenAt: head.takenAt,
    hostname: head.host.hostname,
    kernel: head.host.kernel,
    view: head.view,
    from: head.host.bootedAt + first([from, 0]),
    to: head.host.bootedAt + first([to, 0]),
    bytes,
    panels: panels.map((panel) => ({
      tool: panel.head.tool.name,
      kind: panel.head.tool.kind,
      rows: panel.batches.reduce((sum, batch) => sum + batch.readUInt32LE(0), 0),
      hasStacks: hasStacks(panel.head.schema),
      activity: activityOf(panel, first([from, 0]), first([to, 0])),
    })),
  };
}
