/** A client that watches runs and only counts: rows, gaps, and how late each batch was. */
import { io, type Socket } from "socket.io-client";
import type { ClientEvents, RunInfo, ServerEvents, StartRequest } from "../../server/protocol";
import { value } from "../harness/client";
import { bearer, tokenOf } from "../harness/server";

const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** An answer that never comes is a failure, and no test that hangs. */
const ANSWER_MS = 60_000;

/** What came of one run. */
export interface Seen {
  rows: number;
  /** Rows that were not sent. */
  gaps: number;
  /** Whether its first column is when each row happened. */
  timed: boolean;
}

export class Viewer {
  readonly seen = new Map<number, Seen>();
  /**
   * How late each message is, milliseconds: since the oldest row in it happened, or, where rows have no time, since its
   * oldest batch was read.
   */
  lateness: number[] = [];
  runs: readonly RunInfo[] = [];
  private constructor(readonly socket: Socket<ServerEvents, ClientEvents>) {}

  static async connect(url: string): Promise<Viewer> {
    const socket: Socket<ServerEvents, ClientEvents> = io(url, {
      transports: ["websocket"],
      reconnection: false,
      forceNew: true,
      extraHeaders: bearer(tokenOf(url)),
    });
    const viewer = new Viewer(socket);
    socket.on("runs", (runs) => {
      viewer.runs = runs;
    });
    socket.on("rows", (run, heads, data, received) => {
      viewer.take(run, heads, data as unknown as Buffer);
      received();
    });
    await new Promise<void>((resolve, reject) => {
      socket.once("hello", () => resolve());
      socket.once("connect_error", reject);
    });
    return viewer;
  }

  private take(run: number, heads: Parameters<ServerEvents["rows"]>[1], bytes: Buffer): void {
    const seen = this.seen.get(run);
    if (!seen) return;
    let offset = 0;
    for (const [first, , length] of heads) {
      seen.gaps += first - seen.rows - seen.gaps;
      seen.rows += bytes.readUInt32LE(offset);
      offset += length;
    }
    const [oldest] = heads;
    if (!oldest) return;
    // A batch is u32 rows, u32 0, then its columns: see BpfObject.
    const since = seen.timed ? Number(bytes.readBigUInt64LE(8)) / 1e6 : oldest[1];
    this.lateness.push(monotonicMs() - since);
  }

  async start(request: StartRequest): Promise<RunInfo> {
    return value(await this.socket.timeout(ANSWER_MS).emitWithAck("start", request));
  }

  async watch(run: RunInfo, timed = false): Promise<Seen> {
    const seen = { rows: 0, gaps: 0, timed };
    this.seen.set(run.id, seen);
    value(await this.socket.timeout(ANSWER_MS).emitWithAck("watch", run.id));
    return seen;
  }

  /** An ended run is kept while anyone watches it. */
  leave(run: RunInfo): void {
    this.seen.delete(run.id);
    this.socket.emit("unwatch", run.id);
  }

  async stop(run: RunInfo): Promise<RunInfo> {
    return value(await this.socket.timeout(ANSWER_MS).emitWithAck("stop", run.id));
  }

  close(): void {
    this.socket.close();
  }
}
