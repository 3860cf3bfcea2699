/** From histories to one socket: every viewer has a place in a run's history, the socket a bound on bytes under way. */
import type { CallerSocket } from "./access/callers";
import type { BatchHead, StackBatch } from "./protocol";
import type { History } from "./runs/history";
import { monotonicMs } from "./runs/run";
import type { StackCursor } from "./runs/stacks";

/** Bytes sent and not yet taken in by the page: at 20 MB/s this is 25 ms of delay. */
const UNDER_WAY_BYTES = 512 * 1024;
/** One message holds at most about this much, so that one run does not hold up another. */
const MESSAGE_BYTES = 256 * 1024;
/**
 * A page further behind than this is taken to the newest batch, and what it did not get is counted. The batches wait in
 * the history, not in the socket: at the 20 MB/s that a page takes it is 100 ms, at an ordinary rate some seconds.
 */
const BEHIND_BYTES = 2 * 1024 * 1024;

/** A run, live or recorded. */
export interface Watched {
  readonly id: number;
  readonly history: Pick<History, "start" | "end" | "get" | "bytesFrom">;
  readonly stacks: { since(cursor: StackCursor): StackBatch | undefined };
  viewers: number;
  fineViewers: number;
  unwatchedSince: number;
}

/**
 * Up to this many pages each get what was read at once; of more each waits, a millisecond for each of them and at most so
 * long, and takes what has come together: one message costs the same with ten rows as with one.
 */
const PROMPT_STREAMS = 8;
const MOST_WAIT_MS = 150;

/** How long rows wait for more, with so many pages to send to. */
export const waitFor = (streams: number): number =>
  streams <= PROMPT_STREAMS ? 0 : Math.min(MOST_WAIT_MS, streams);

/** What was last put together for one page is what the next page of that run will mostly need. */
interface Message {
  from: number;
  to: number;
  heads: BatchHead[];
  data: Buffer;
}
const lastMessage = new WeakMap<Watched, Message>();

interface View {
  run: Watched;
  /** Number of the next entry to send. */
  next: number;
  /** Number of the entry up to which there was history when it came: to send that may take as long as it takes. */
  liveFrom: number;
  /** Wants the run's map read every 100 ms. */
  fine: boolean;
  stacks: StackCursor;
}

export class Stream {
  private readonly views = new Map<number, View>();
  private underWay = 0;
  private resting = false;
  private waiting: NodeJS.Timeout | undefined;
  /** There was more to send than may be under way. */
  private held = false;

  constructor(private readonly socket: CallerSocket) {}

  watch(run: Watched): void {
    if (this.views.has(run.id)) return;
    run.viewers++;
    this.views.set(run.id, {
      run,
      next: run.history.start,
      liveFrom: run.history.end,
      fine: false,
      stacks: { frames: 0, stacks: 0 },
    });
    this.pump();
  }

  unwatch(id: number): void {
    const view = this.views.get(id);
    if (!view) return;
    this.pace(id, false);
    this.views.delete(id);
    view.run.viewers--;
    view.run.unwatchedSince = monotonicMs();
  }

  /** How often a watched run's map is to be read for this viewer; a run that it does not watch is left alone. */
  pace(id: number, fine: boolean): void {
    const view = this.views.get(id);
    if (!view || view.fine === fine) return;
    view.fine = fine;
    view.run.fineViewers += fine ? 1 : -1;
  }

  close(): void {
    clearTimeout(this.waiting);
    for (const id of [...this.views.keys()]) this.unwatch(id);
  }

  /** Sends nothing while the page is out of sight; then what the histories still hold, however much that is. */
  rest(resting: boolean): void {
    this.resting = resting;
    if (resting) return;
    for (const view of this.views.values()) view.liveFrom = view.run.history.end;
    this.pump();
  }

  watches(run: Watched): boolean {
    return this.views.has(run.id);
  }

  /** Sends what there is now, and what comes in the next milliseconds. */
  pumpWithin(waitMs: number): void {
    if (waitMs === 0) this.pump();
    else
      this.waiting ??= setTimeout(() => {
        this.waiting = undefined;
        this.pump();
      }, waitMs);
  }

  /** Sends what there is, in turn, until the socket has enough under way. */
  pump(): void {
    this.held = false;
    if (this.resting) return;
    for (const view of this.views.values()) this.sendStacks(view);
    let sent = true;
    while (sent) {
      sent = false;
      for (const view of this.views.values()) {
        if (this.underWay >= UNDER_WAY_BYTES) {
          this.held = true;
          return;
        }
        if (this.sendRows(view)) sent = true;
      }
    }
  }

  /** One message at a time, so that the rings are drained between them. */
  private sendStacks(view: View): void {
    const { id, stacks } = view.run;
    const batch = this.views.get(id) === view ? stacks.since(view.stacks) : undefined;
    if (!batch) return;
    this.socket.emit("stacks", id, batch);
    setImmediate(() => this.sendStacks(view));
  }

  private sendRows(view: View): boolean {
    const { history, id } = view.run;
    // Past the oldest entry that is kept: the gap shows in `first`.
    if (view.next < history.start) view.next = history.start;
    if (view.next >= history.end) return false;
    if (
      view.next >= view.liveFrom &&
      history.bytesFrom(view.next) > BEHIND_BYTES &&
      history.end - view.next > 1
    )
      view.next = history.end - 1;
    const { to, heads, data } = messageFrom(view.run, view.next);
    view.next = to;
    this.underWay += data.length;
    // A Buffer travels as it is and arrives as an ArrayBuffer, which is what the types tell the page.
    this.socket.emit("rows", id, heads, data as unknown as ArrayBuffer, () => {
      this.underWay -= data.length;
      if (this.held) this.pump();
    });
    return true;
  }
}

/** The batches from one number on, about `MESSAGE_BYTES` of them, put together once for all pages that are as far. */
function messageFrom(run: Watched, from: number): Message {
  const last = lastMessage.get(run);
  // It is whole where nothing came since, or where it was full.
  if (last?.from === from && (last.to === run.history.end || last.data.length >= MESSAGE_BYTES)) return last;
  const heads: BatchHead[] = [];
  const buffers: Buffer[] = [];
  let bytes = 0;
  let to = from;
  while (bytes < MESSAGE_BYTES) {
    const entry = run.history.get(to);
    if (!entry) break;
    heads.push([entry.first, entry.at, entry.batch.length]);
    buffers.push(entry.batch);
    bytes += entry.batch.length;
    to++;
  }
  // A copy: the history may use the memory again before the socket has written it.
  const message = { from, to, heads, data: Buffer.concat(buffers, bytes) };
  lastMessage.set(run, message);
  return message;
}
