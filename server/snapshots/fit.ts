/** What of a recording is kept where all of it would be more than a snapshot holds. */
import { encodeSnapshot, type RecordedPanel } from "./encode";
import type { Snapshot } from "./format";

type Head = Omit<Snapshot, "panels">;

function jsonBytes(head: Head, panels: readonly RecordedPanel[]): number {
  let bytes = 0;
  for (const piece of encodeSnapshot(head, panels)) bytes += piece.length;
  return bytes;
}

/** The newest batches that are at most `share` of the panel's bytes; one at least goes where `share` < 1. */
function newestOf(panel: RecordedPanel, share: number): RecordedPanel {
  let rest = share * panel.batches.reduce((sum, { length }) => sum + length, 0);
  let from = panel.batches.length;
  while (from > 0) {
    rest -= panel.batches[from - 1]?.length ?? 0;
    if (rest < 0) break;
    from--;
  }
  const { first, at, batches } = panel;
  return { ...panel, first: first.slice(from), at: at.slice(from), batches: batches.slice(from) };
}

/** Without as many of the oldest batches as it takes for the JSON to have at most `most` bytes. */
export function newestThatFit(
  head: Head,
  panels: readonly RecordedPanel[],
  most: number,
): readonly RecordedPanel[] {
  let fitting = panels;
  let bytes = jsonBytes(head, fitting);
  while (bytes > most && fitting.some(({ batches }) => batches.length > 0)) {
    // Rows differ in length: rather a hundredth too few than one more turn.
    const share = (0.99 * most) / bytes;
    fitting = fitting.map((panel) => newestOf(panel, share));
    bytes = jsonBytes(head, fitting);
  }
  return fitting;
}
