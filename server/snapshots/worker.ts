/** The thread of one job (./jobs). */
import { createReadStream, createWriteStream, readFileSync, statSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { setPriority } from "node:os";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as turn } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { createGzip, gunzipSync } from "node:zlib";
import { exported, formatsFor, hasStacks } from "../../components/exports/formats";
import { namesOf } from "../names/names";
import { problemOf, refuse } from "../problem";
import type { NameKind } from "../protocol";
import { columnOffsets } from "../runs/batch";
import { decodePanel, readSnapshot } from "./decode";
import { encodeSnapshot, type RecordedPanel } from "./encode";
import { newestThatFit } from "./fit";
import { MOST_JSON_BYTES, type Snapshot } from "./format";
import type { BatchesMessage, FromWorker, Job, SnapshotHead, Summary, ToWorker } from "./jobs";
import { recordingOf } from "./recording";
import { summaryOf } from "./summary";

const port = parentPort ?? refuse("This file is a thread of the server.", "Start the server: npm start.");
const post = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

/** The quickest: twice as quick as the usual 6, for a file a fifth larger. */
const LEVEL = 1;
const MIB = 1 << 20;

/** Takes messages until `end` says that this was the last. */
const messages = (end: (message: ToWorker) => boolean): Promise<void> =>
  new Promise((resolve) => {
    port.on("message", (message: ToWorker) => {
      if (end(message)) resolve();
    });
  });

async function save(job: Extract<Job, { what: "save" }>): Promise<Summary> {
  const recorded = job.panels.map(
    (head): RecordedPanel => ({ head, first: [], at: [], batches: [], frames: [], stacks: [] }),
  );
  await messages((message) => {
    if ("written" in message) return true;
    const panel = "panel" in message ? recorded[message.panel] : undefined;
    if (panel && "data" in message) takeBatches(panel, message);
    else if (panel && "stacks" in message) {
      for (const [name, module, kind] of message.stacks.frames) panel.frames.push({ name, module, kind });
      for (const [id, frames] of message.stacks.stacks) panel.stacks.push({ id, frames });
    }
    return false;
  });
  const head = { ...job.head, names: hostNames(recorded) };
  const panels = job.tooLong === "keep newest" ? newestThatFit(head, recorded, MOST_JSON_BYTES) : recorded;
  let bytes = 0;
  const bounded = async function* () {
    for (const piece of encodeSnapshot(head, panels)) {
      bytes += piece.length;
      if (bytes > MOST_JSON_BYTES)
        refuse(
          `The board has recorded more than the ${MOST_JSON_BYTES / MIB} MiB of JSON that a snapshot holds.`,
          "Keep a selected stretch of time, or fewer panels.",
        );
      yield piece;
      // The gzip, of another thread, takes the piece before while the next is written.
      await turn();
    }
  };
  await writeGzip(Readable.from(bounded()), job.to);
  return summaryOf(head, panels, statSync(job.to).size);
}

function takeBatches(panel: RecordedPanel, { first, at, bytes, data }: BatchesMessage) {
  let offset = 0;
  for (const [i, length] of bytes.entries()) {
    panel.first.push(first[i] ?? 0);
    panel.at.push(at[i] ?? 0);
    panel.batches.push(Buffer.from(data, offset, length));
    offset += length;
  }
}

async function writeGzip(from: Readable, to: string) {
  await pipeline(
    from,
    createGzip({ level: LEVEL, chunkSize: MIB / 4 }),
    createWriteStream(to, { flags: "wx", mode: 0o600 }),
  );
  await sync(to);
}

/** On the disk before it gets its name, so that after a loss of power it is whole or not there. */
async function sync(path: string) {
  const file = await open(path, "r");
  await file.sync().finally(() => file.close());
}

/** Meanings whose numbers only this host can name, and how many names a snapshot takes at most. */
const NAMED: Record<string, NameKind> = { uid_n: "uid", dev_n: "dev", cgroup_id: "cgroup" };
const MOST_NAMES = 10_000;

function hostNames(panels: readonly RecordedPanel[]): Snapshot["names"] {
  const ids = new Map<NameKind, Set<string>>();
  for (const { head, batches } of panels)
    for (const [i, { type, meaning, size, name }] of head.schema.entries()) {
      const isPid = head.tool.view === "processes" && name === "pid";
      const kind = isPid ? "argv" : NAMED[meaning];
      if (!kind || (type !== "u32" && type !== "u64")) continue;
      const found = ids.get(kind) ?? new Set();
      ids.set(kind, found);
      // A number before its digits: a column of a million users is mostly one user.
      const numbers = new Set<number | bigint>();
      for (const batch of batches) {
        const start = columnOffsets(batch, head.schema)[i] ?? 0;
        for (let row = batch.readUInt32LE(0) - 1; row >= 0; row--)
          numbers.add(
            size === 8 ? batch.readBigUInt64LE(start + 8 * row) : batch.readUInt32LE(start + 4 * row),
          );
      }
      for (const number of numbers) if (found.size < MOST_NAMES) found.add(String(number));
    }
  return Object.fromEntries(
    [...ids].map(([kind, of]) => [
      kind,
      Object.fromEntries(Object.entries(namesOf(kind, [...of])).filter(([, name]) => name !== "")),
    ]),
  );
}

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

function jsonOfFile(bytes: Buffer): Buffer {
  const limit = `${MOST_JSON_BYTES / MIB} MiB`;
  const tooMuch = (): never =>
    refuse(
      `The file holds more than the ${limit} of JSON that a snapshot may have.`,
      "Choose a smaller snapshot.",
    );
  if (!isGzip(bytes)) return bytes.length > MOST_JSON_BYTES ? tooMuch() : bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_JSON_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") tooMuch();
    return refuse(
      "The file is a gzip that was cut short or damaged.",
      "Ask for the file again, or export it again.",
    );
  }
}

async function importFile({ from, to }: Extract<Job, { what: "import" }>): Promise<Summary> {
  const bytes = await readFile(from);
  const { panels, ...head } = readSnapshot(jsonOfFile(bytes));
  const recorded = panels.map(decodePanel);
  // The file as it came, so that it is given back to the byte.
  if (isGzip(bytes))
    await pipeline(createReadStream(from), createWriteStream(to, { flags: "wx", mode: 0o600 }));
  else await writeGzip(createReadStream(from), to);
  await sync(to);
  const summary = summaryOf(head, recorded, statSync(to).size);
  postOpened(head, recorded);
  return summary;
}

async function describe({ from, to, title, notes }: Extract<Job, { what: "describe" }>): Promise<Summary> {
  const file = jsonOfFile(await readFile(from));
  const { panels, ...read } = readSnapshot(file);
  // As it was, in its order and with what this version does not know.
  const json = Buffer.from(JSON.stringify({ ...JSON.parse(file.toString()), title, notes }));
  if (json.length > MOST_JSON_BYTES)
    refuse(
      `With these notes it would be more than the ${MOST_JSON_BYTES / MIB} MiB of JSON that a snapshot holds.`,
      "Shorten them.",
    );
  await writeGzip(Readable.from([json]), to);
  return summaryOf({ ...read, title, notes }, panels.map(decodePanel), statSync(to).size);
}

/** So many stacks a message: the main thread makes objects of each in one go. */
const STACKS_PER_MESSAGE = 1000;

function openFile({ from }: Extract<Job, { what: "open" }>): Summary {
  const bytes = readFileSync(from);
  const { panels, ...head } = readSnapshot(jsonOfFile(bytes));
  postOpened(head, panels.map(decodePanel));
  return summaryOf(head, [], bytes.length);
}

/** Hands the memory of the batches over: `recorded` is empty afterwards. */
function postOpened(head: SnapshotHead, recorded: readonly RecordedPanel[]) {
  post({ head, panels: recorded.map((panel) => panel.head) });
  for (const [panel, { first, at, batches, frames, stacks }] of recorded.entries()) {
    // All batches of a panel lie in one piece of memory.
    const data = (batches[0]?.buffer ?? new ArrayBuffer(0)) as ArrayBuffer;
    const lengths = Uint32Array.from(batches, (batch) => batch.length);
    post({ panel, first: Float64Array.from(first), at: Float64Array.from(at), bytes: lengths, data }, [data]);
    for (let i = 0; i === 0 || i < stacks.length; i += STACKS_PER_MESSAGE)
      post({
        panel,
        stacks: {
          firstFrame: i === 0 ? 0 : frames.length,
          frames: i === 0 ? frames.map(({ name, module, kind }) => [name, module, kind]) : [],
          stacks: stacks.slice(i, i + STACKS_PER_MESSAGE).map(({ id, frames }) => [id, frames]),
        },
      });
  }
}

/** Pieces that may wait to be taken, and what each may hold. */
const PIECES_AHEAD = 8;
const PIECE_BYTES = MIB / 4;

/** Sends bytes in pieces, no faster than they are taken. */
function outlet(): (bytes: Uint8Array) => Promise<void> {
  let ahead = 0;
  let wake = () => {};
  port.on("message", (message: ToWorker) => {
    if ("more" in message) ahead -= message.more;
    wake();
  });
  return async (bytes) => {
    for (let i = 0; i < bytes.length; i += PIECE_BYTES) {
      while (ahead >= PIECES_AHEAD)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      // Copied: what is posted takes all the memory with it that it is a view of.
      const piece = new Uint8Array(bytes.subarray(i, i + PIECE_BYTES));
      post({ piece }, [piece.buffer]);
      ahead++;
    }
  };
}

async function exportPanel({ from, panel, format }: Extract<Job, { what: "export" }>): Promise<Summary> {
  const bytes = readFileSync(from);
  const { panels, ...head } = readSnapshot(jsonOfFile(bytes));
  const chosen =
    panels[panel] ?? refuse(`The snapshot has no panel ${panel + 1}.`, "Choose one from the list.");
  if (!formatsFor(hasStacks(chosen.schema)).some(({ name }) => name === format))
    refuse(
      `Panel ${panel + 1} (${chosen.tool.name}) has no stacks, which this format is made of.`,
      "Take its rows, as CSV or NDJSON.",
    );
  const send = outlet();
  let text = "";
  for await (const piece of exported(format, recordingOf(decodePanel(chosen, panel), head))) {
    if (typeof piece !== "string") {
      await send(piece);
      continue;
    }
    text += piece;
    // A batch may be a single row.
    if (text.length < PIECE_BYTES) continue;
    await send(Buffer.from(text));
    text = "";
  }
  await send(Buffer.from(text));
  return summaryOf(head, [], bytes.length);
}

async function run(job: Job): Promise<Summary> {
  if (job.what === "save") return save(job);
  if (job.what === "import") return importFile(job);
  if (job.what === "describe") return describe(job);
  return job.what === "open" ? openFile(job) : exportPanel(job);
}

try {
  // On Linux this thread's alone: what it does may take longer, what the rings need may not.
  setPriority(0);
} catch {
  // Not allowed: it competes as everything does.
}
run(workerData as Job).then(
  (done) => post({ done }),
  (error: NodeJS.ErrnoException) =>
    post({
      problem:
        error.code === "ENOSPC"
          ? {
              reason: "The disk is full, so the snapshot was not kept; what was kept before is as it was.",
              fix: "Free some space, or delete snapshots that are no longer needed.",
            }
          : problemOf(error, "The snapshot"),
    }),
);
