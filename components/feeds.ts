/** The feeds of the runs that are on the board: watched for as long as a panel shows them. */
import type { RunInfo, ToolInfo } from "../server/protocol";
import { socket, useServer } from "./socket";
import { StackStore } from "./stacks";
import { TableStore } from "./table";

/** The rows and stacks of one run, for as long as a panel shows it. */
export interface Feed {
  table: TableStore;
  stacks: StackStore;
}

interface WatchedFeed extends Feed {
  tool: string;
  startedAt: number;
  users: number;
  /** Panels that want its map read every 100 ms. */
  fine: number;
}

const feeds = new Map<number, WatchedFeed>();
/** A panel that is mounted again within this time keeps its rows. */
const lingerMs = 500;
/** A tick of the server and the way here; a panel that comes so much later still comes at once. */
const FIRST_ROWS_MS = 30;

// A reconnect watches again; the tables pass over what they already hold.
socket.on("connect", () => {
  for (const id of feeds.keys()) sendWatch(id);
});

socket.on("rows", (run, batches, data, received) => {
  const feed = feeds.get(run);
  try {
    feed?.table.append(batches, data);
  } catch (error) {
    const problem = {
      reason: `The rows of ${feed?.tool} do not fit what the server said of its columns.`,
      fix: "Reload the page: the server was probably replaced by another version.",
      detail: String(error),
    };
    useServer.setState({ problem });
  }
  received();
});

socket.on("stacks", (run, batch) => feeds.get(run)?.stacks.append(batch));

function sendWatch(id: number) {
  socket.emit("watch", id, (result) => {
    // The run went between two messages, or the server is another one: the panel sees it in `runs`.
    if (!result.ok) feeds.delete(id);
  });
  if ((feeds.get(id)?.fine ?? 0) > 0) socket.emit("pace", id, true);
}

/** The feed of a run where there is one already. */
export function feedOf(run: RunInfo): Feed | undefined {
  const feed = feeds.get(run.id);
  return feed?.startedAt === run.startedAt ? feed : undefined;
}

/** The feed of a run; each call is paired with one of `release`. */
export function watch(run: RunInfo, tool: ToolInfo): Feed {
  let feed = feeds.get(run.id);
  if (feed?.startedAt !== run.startedAt) {
    feed = {
      table: new TableStore(tool.columns, { join: tool.view === "events" }),
      stacks: new StackStore(),
      tool: tool.name,
      startedAt: run.startedAt,
      users: 0,
      fine: 0,
    };
    feeds.set(run.id, feed);
    sendWatch(run.id);
  }
  feed.users++;
  return feed;
}

export function release(run: RunInfo) {
  const feed = feeds.get(run.id);
  if (feed?.startedAt !== run.startedAt || --feed.users > 0) return;
  setTimeout(() => {
    if (feed.users > 0 || feeds.get(run.id) !== feed) return;
    feeds.delete(run.id);
    if (socket.connected) socket.emit("unwatch", run.id);
  }, lingerMs);
}

/** Has a watched run's map read every 100 ms, until the function it returns is called. */
export function readFinely(run: RunInfo): () => void {
  const feed = feeds.get(run.id);
  if (!feed) return () => {};
  const change = (by: number) => {
    const before = feed.fine > 0;
    feed.fine += by;
    if (feed.fine > 0 !== before && feeds.get(run.id) === feed && socket.connected)
      socket.emit("pace", run.id, feed.fine > 0);
  };
  change(1);
  return () => change(-1);
}

/**
 * Watches a run before a panel does, and resolves with its first rows, or soon: a panel that is built with them is laid out
 * and drawn once instead of twice, and they are seen a frame earlier than if it had been there before them.
 */
export function firstRows(run: RunInfo, tool: ToolInfo): Promise<void> {
  const { table } = watch(run, tool);
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      unsubscribe();
      release(run);
      resolve();
    };
    const timer = setTimeout(done, FIRST_ROWS_MS);
    const unsubscribe = table.subscribe(done);
    if (table.version > 0) done();
  });
}
