/** Snapshots that are open: their runs are watched through the same verbs as live ones. */
import type { RunInfo, StackBatch } from "../protocol";
import type { Recorded, SnapshotSummary } from "../protocol/snapshots";
import type { Entry } from "../runs/history";
import { keyOf } from "../runs/request";
import type { StackCursor } from "../runs/stacks";
import { type PanelHead, toolInfoOf } from "./format";
import { type FromWorker, runJob, type SnapshotHead } from "./jobs";
import type { SnapshotStore } from "./store";

/** Numbers that no live run gets to. */
const FIRST_ID = 2 ** 40;
/** Open ones that nobody watches, kept because a reload or a look back comes soon. */
const UNWATCHED_KEPT = 4;

/** What a run of a snapshot has in common with a live one. */
export class RecordedRun {
  viewers = 0;
  fineViewers = 0;
  unwatchedSince = 0;
  private first: Float64Array = new Float64Array();
  private at: Float64Array = new Float64Array();
  /** Where each batch begins, and the end. */
  private offsets = new Float64Array(1);
  private data = Buffer.alloc(0);
  private readonly stackBatches: StackBatch[] = [];

  constructor(
    readonly id: number,
    private readonly head: PanelHead,
    private readonly takenAt: number,
  ) {}

  readonly history = (() => {
    const run = this;
    return {
      start: 0,
      get end(): number {
        return run.at.length;
      },
      get: (number: number): Entry | undefined => {
        const [offset, end] = [run.offsets[number], run.offsets[number + 1]];
        if (offset === undefined || end === undefined) return undefined;
        const batch = run.data.subarray(offset, end);
        return {
          first: run.first[number] ?? 0,
          at: run.at[number] ?? 0,
          rows: batch.readUInt32LE(0),
          batch,
          offset,
        };
      },
      bytesFrom: (number: number): number => run.data.length - (run.offsets[number] ?? run.data.length),
    };
  })();

  readonly stacks = {
    since: (cursor: StackCursor): StackBatch | undefined => this.stackBatches[cursor.stacks++],
  };

  take(message: FromWorker): void {
    if ("data" in message) {
      this.first = message.first;
      this.at = message.at;
      this.data = Buffer.from(message.data);
      this.offsets = new Float64Array(message.bytes.length + 1);
      for (const [i, bytes] of message.bytes.entries()) this.offsets[i + 1] = (this.offsets[i] ?? 0) + bytes;
    } else if ("stacks" in message) this.stackBatches.push(message.stacks);
  }

  info(): RunInfo {
    const { run, tool, parameters, target } = this.head;
    const request = { tool: tool.name, parameters, ...(target !== undefined && { target }) };
    const last = this.history.get(this.history.end - 1);
    const rows = last ? last.first + last.rows - (this.first[0] ?? 0) : 0;
    const bytes = this.data.length;
    return {
      ...run,
      id: this.id,
      key: keyOf(request),
      request,
      state: "ended",
      endedAt: run.endedAt ?? this.takenAt,
      rate: 0,
      pinned: false,
      history: { bytes, maxBytes: bytes, minutes: 0, rows },
      viewers: this.viewers,
    };
  }
}

interface Opened {
  head: SnapshotHead;
  panels: PanelHead[];
  runs: RecordedRun[];
}

/** Gathers what a job says of a snapshot. */
function gather(nextId: () => number): { take(message: FromWorker): void; opened(): Opened } {
  let opened: Opened | undefined;
  return {
    take(message) {
      if ("head" in message) {
        const { head, panels } = message;
        opened = {
          head,
          panels,
          runs: panels.map((panel) => new RecordedRun(nextId(), panel, head.takenAt)),
        };
      } else if ("panel" in message) opened?.runs[message.panel]?.take(message);
    },
    opened() {
      if (!opened) throw new Error("a snapshot that was read without a word");
      return opened;
    },
  };
}

export class Recordings {
  private readonly opening = new Map<string, Promise<Opened>>();
  /** Those that are open, the one that was asked for last at the end. */
  private readonly opened = new Map<string, Opened>();
  private nextId = FIRST_ID;

  constructor(private readonly store: SnapshotStore) {}

  /** Reads it, unless it is open already. Throws a UserError. */
  async open(id: string): Promise<Recorded> {
    const summary = await this.store.get(id);
    const opened = this.opened.get(id) ?? (await this.read(id, this.store.pathOf(summary)));
    this.used(id, opened);
    return recordedOf(summary, opened);
  }

  private read(id: string, path: string): Promise<Opened> {
    let opening = this.opening.get(id);
    if (!opening) {
      const gathered = gather(this.newId);
      opening = runJob({ what: "open", from: path }, gathered.take)
        .done.then(gathered.opened)
        .finally(() => this.opening.delete(id));
      this.opening.set(id, opening);
    }
    return opening;
  }

  /** Keeps a file that somebody brought; it is open at once, as it has been read anyway. */
  async import(file: string): Promise<SnapshotSummary> {
    const gathered = gather(this.newId);
    const summary = await this.store.add(
      (to) => runJob({ what: "import", from: file, to }, gathered.take).done,
    );
    this.used(summary.id, gathered.opened());
    return summary;
  }

  private readonly newId = (): number => this.nextId++;

  /** Puts it last, and forgets the first that nobody watches. */
  private used(id: string, opened: Opened): void {
    this.opened.delete(id);
    this.opened.set(id, opened);
    const unwatched = [...this.opened].filter(([, { runs }]) => runs.every((run) => run.viewers === 0));
    for (const [old] of unwatched.slice(0, -UNWATCHED_KEPT)) this.opened.delete(old);
  }

  /** A run of an open snapshot. */
  run(id: number): RecordedRun | undefined {
    if (id < FIRST_ID) return undefined;
    for (const { runs } of this.opened.values()) {
      const found = runs.find((run) => run.id === id);
      if (found) return found;
    }
    return undefined;
  }
}

function recordedOf(summary: SnapshotSummary, { head, panels, runs }: Opened): Recorded {
  return {
    summary,
    host: { ...head.host, problems: [] },
    tools: [...new Map(panels.map((panel) => [panel.tool.name, toolInfoOf(panel)])).values()],
    runs: runs.map((run) => run.info()),
    names: head.names,
  };
}
