/** From the JSON text of a snapshot back to the batches that a page is sent. Whoever wrote the file is not trusted. */
import { refuse, UserError } from "../problem";
import { aligned, BY_HAND, notWhole, readColumn } from "./columns";
import type { RecordedPanel } from "./encode";
import { envelope, FORMAT_VERSION, type Snapshot, type SnapshotPanel } from "./format";
import { ANY, cutLists } from "./lists";

/** A panel whose columns are still JSON: each its list, with the brackets. */
export type ReadPanel = Omit<SnapshotPanel, "columns"> & { columns: Map<string, Buffer> };
export type ReadSnapshot = Omit<Snapshot, "panels"> & { panels: ReadPanel[] };

/** What the bytes of a JSON text say, if it is a snapshot. Throws a UserError. Columns are read by `decodePanel`. */
export function readSnapshot(json: Buffer): ReadSnapshot {
  let lists: Buffer[];
  let parsed: unknown;
  try {
    const cut = cutLists(json, ["panels", ANY, "columns", ANY]);
    lists = cut.lists;
    parsed = JSON.parse(cut.rest);
  } catch (error) {
    if (error instanceof UserError) throw error;
    return notWhole();
  }
  const { format, version } = (typeof parsed === "object" && parsed !== null ? parsed : {}) as {
    format?: unknown;
    version?: unknown;
  };
  if (format !== "ringside-snapshot")
    return refuse(
      "The file is JSON, but no snapshot of Ringside.",
      "Choose a file that Ringside exported; it begins with the format's name.",
    );
  if (version !== FORMAT_VERSION)
    return refuse(
      `The snapshot is of version ${JSON.stringify(version)?.slice(0, 20)} of its format; this server reads up to ${FORMAT_VERSION}.`,
      "Open it with the Ringside that wrote it, or a newer one.",
    );
  const checked = envelope.safeParse(parsed);
  if (checked.success) {
    // In place of each column stands the number of its list.
    const listOf = ([number]: readonly unknown[]): Buffer => lists[number as number] ?? Buffer.from("[]");
    return {
      ...checked.data,
      panels: checked.data.panels.map((panel) => ({
        ...panel,
        columns: new Map(Object.entries(panel.columns).map(([name, of]) => [name, listOf(of)])),
      })),
    };
  }
  const [issue] = checked.error.issues;
  const where = (issue?.path ?? []).map((key) => `.${String(key)}`).join("");
  return refuse(
    `In the snapshot, ${where.slice(0, 200)} is not as the format says: ${issue?.message}.`,
    BY_HAND,
  );
}

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

function checkBatches({ at, first, rows }: SnapshotPanel["batches"], what: string): void {
  if (at.length !== rows.length || first.length !== rows.length)
    refuse(`The three lists of the batches of ${what} differ in length.`, BY_HAND);
  let next = 0;
  let latest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < rows.length; i++) {
    const begin: unknown = first[i];
    const count: unknown = rows[i];
    const when: unknown = at[i];
    if (isCount(begin) && isCount(count) && typeof when === "number" && begin >= next && when >= latest) {
      next = begin + count;
      latest = when;
    } else refuse(`Batch ${i} of ${what} does not follow the one before it.`, BY_HAND);
  }
}

function checkStacks({ frames, stacks }: ReadPanel, what: string): void {
  for (const [i, frame] of frames.entries())
    if (typeof frame?.name !== "string" || typeof frame.module !== "string" || !FRAME_KINDS.has(frame.kind))
      refuse(`Frame ${i} of ${what} has no name, module and kind.`, BY_HAND);
  for (const [i, stack] of stacks.entries())
    if (
      !isCount(stack?.id) ||
      !Array.isArray(stack.frames) ||
      !stack.frames.every((frame) => isCount(frame) && frame < frames.length)
    )
      refuse(`Stack ${i} of ${what} refers to frames that are not there.`, BY_HAND);
}
const FRAME_KINDS = new Set<string>(["kernel", "user", "jit", "unknown", "inlined"]);

/** Checks every value. `number`: which panel of the snapshot it is, from 0, for the sentences. Throws a UserError. */
export function decodePanel(panel: ReadPanel, number: number): RecordedPanel {
  const { batches, columns, frames, stacks, ...head } = panel;
  const what = `panel ${number + 1} (${head.tool.name})`;
  checkBatches(batches, what);
  checkStacks(panel, what);
  const names = head.schema.map(({ name }) => name);
  if (new Set(names).size < names.length) refuse(`Two columns of ${what} have the same name.`, BY_HAND);
  const written = head.schema.map((column) => {
    const named = `The column ${column.name} of ${what}`;
    const json = columns.get(column.name) ?? refuse(`${named} has no values.`, BY_HAND);
    return readColumn(column, json, batches.rows, named);
  });
  const lengths = batches.rows.map((_, i) =>
    written.reduce((sum, of) => sum + aligned(of[i]?.length ?? 0), 8),
  );
  // One piece of memory, so that it can be handed to another thread without a copy.
  const all = Buffer.from(new ArrayBuffer(lengths.reduce((sum, length) => sum + length, 0)));
  let begin = 0;
  return {
    head,
    first: batches.first,
    at: batches.at,
    frames,
    stacks,
    batches: lengths.map((length, i) => {
      const batch = all.subarray(begin, begin + length);
      begin += length;
      batch.writeUInt32LE(batches.rows[i] ?? 0, 0);
      let at = 8;
      for (const of of written) {
        const bytes = of[i];
        if (bytes) batch.set(bytes, at);
        at += aligned(bytes?.length ?? 0);
      }
      return batch;
    }),
  };
}
