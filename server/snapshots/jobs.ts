/** What is done with snapshots in a thread of its own, so that live panels do not wait: each job has its worker. */
import { Worker } from "node:worker_threads";
import type { ExportFormat } from "../../components/exports/formats";
import { UserError } from "../problem";
import { fromRoot } from "../project";
import type { Problem, StackBatch } from "../protocol";
import type { SnapshotSummary } from "../protocol/snapshots";
import type { PanelHead, Snapshot } from "./format";

/** All of a snapshot but its panels. */
export type SnapshotHead = Omit<Snapshot, "panels">;
/** What the store adds to it is not in the file. */
export type Summary = Omit<SnapshotSummary, "id" | "pinned" | "shipped">;

/** What becomes of more than a snapshot holds: all is refused and stays where it is, or only the newest is kept. */
export type TooLong = "refuse" | "keep newest";

export type Job =
  /** Writes what follows as messages, up to `{ written: true }`. */
  | { what: "save"; to: string; head: SnapshotHead; panels: PanelHead[]; tooLong: TooLong }
  /** Checks a file that somebody brought, and writes its gzip. */
  | { what: "import"; from: string; to: string }
  /** Writes the gzip of the same with another title and other notes. */
  | { what: "describe"; from: string; to: string; title: string; notes: string }
  | { what: "open"; from: string }
  /** One panel, from 0, for other programs. */
  | { what: "export"; from: string; panel: number; format: ExportFormat };

/** Batches of a panel, one behind the other in `data`. */
export interface BatchesMessage {
  panel: number;
  first: Float64Array;
  at: Float64Array;
  bytes: Uint32Array;
  data: ArrayBuffer;
}
export interface StacksMessage {
  panel: number;
  stacks: StackBatch;
}
/** To the worker. `more`: that many pieces of an export were taken. */
export type ToWorker = BatchesMessage | StacksMessage | { written: true } | { more: number };
/** From it; `done` or `problem` is the last. */
export type FromWorker =
  | BatchesMessage
  | StacksMessage
  | { head: SnapshotHead; panels: PanelHead[] }
  | { piece: Uint8Array<ArrayBuffer> }
  | { done: Summary }
  | { problem: Problem };

/** A hostile file may hold more than its size says: past this the worker ends, not the server. */
const MOST_HEAP_MIB = 2048;

/** The largest file that may be kept takes a quarter of this; what takes longer was made to. */
const LONGEST_READ_MS = 60_000;

export interface Running {
  send(message: ToWorker, transfer?: ArrayBuffer[]): void;
  /** Throws a UserError. */
  done: Promise<Summary>;
  /** Ends it; `done` then rejects. */
  cancel(): void;
}

/** `take`: called with what comes before the end. */
export function runJob(job: Job, take: (message: FromWorker) => void = () => {}): Running {
  const worker = new Worker(fromRoot("dist", "snapshot-worker.js"), {
    workerData: job,
    // The server's own young generation is kept small; here millions of texts are made at once.
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MIB, maxYoungGenerationSizeMb: 48 },
  });
  const done = new Promise<Summary>((resolve, reject) => {
    worker.on("message", (message: FromWorker) => {
      if ("done" in message) resolve(message.done);
      else if ("problem" in message) reject(new UserError(message.problem));
      else take(message);
    });
    worker.on("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "ERR_WORKER_OUT_OF_MEMORY"
          ? new UserError({
              reason: `The snapshot needs more than ${MOST_HEAP_MIB / 1024} GiB of memory to be read.`,
              fix: "Keep fewer panels, or a selected stretch of time.",
            })
          : error,
      ),
    );
    if (job.what === "import" || job.what === "describe" || job.what === "open")
      setTimeout(
        () =>
          reject(
            new UserError({
              reason: `The snapshot takes more than ${LONGEST_READ_MS / 1000} seconds to be read.`,
              fix: "Ask for one of fewer panels, or of a selected stretch of time.",
            }),
          ),
        LONGEST_READ_MS,
      ).unref();
    worker.on("exit", () => reject(new Error("the snapshot's thread ended before its work")));
  });
  // Whoever asks later still gets it.
  done.catch(() => {});
  void done.then(
    () => worker.terminate(),
    () => worker.terminate(),
  );
  return {
    send: (message, transfer = []) => worker.postMessage(message, transfer),
    done,
    cancel: () => void worker.terminate(),
  };
}
