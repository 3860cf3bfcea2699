/** The page's one connection, what it knows of the server, and what it may ask. */
import { io, type Socket } from "socket.io-client";
import { create } from "zustand";
import type {
  ClientEvents,
  Host,
  NameKind,
  Problem,
  Reply,
  Result,
  RunInfo,
  ServerEvents,
  StartRequest,
  TargetKind,
  ToolInfo,
  Tracing,
} from "../server/protocol";
import type { AuditEntry, Present, Share, ShareRequest, Visitor } from "../server/protocol/access";
import type { Code, CodeForm, Inventory, MapRows, Preflight } from "../server/protocol/kernel";
import type { ProcessDetails, ProcessInfo } from "../server/protocol/processes";
import type { KeepRequest, Recorded, SnapshotSummary } from "../server/protocol/snapshots";

/** `ended`: the server has hung up and said why; the page does not try again. */
export type Connection = "connecting" | "live" | "lost" | "ended";

interface Server {
  connection: Connection;
  host: Host | undefined;
  tools: readonly ToolInfo[];
  runs: readonly RunInfo[];
  tracing: Tracing | undefined;
  /** As whom the server knows this page. */
  visitor: Visitor | undefined;
  /** Who else is there. */
  present: Present | undefined;
  /** The snapshot that the page shows: host, tools and runs are then those that it recorded. */
  recorded: SnapshotSummary | undefined;
  /** All that are kept; undefined until somebody asked. */
  snapshots: readonly SnapshotSummary[] | undefined;
  /** Something the page itself could not do. */
  problem: Problem | undefined;
}

export const useServer = create<Server>(() => ({
  connection: "connecting",
  host: undefined,
  tools: [],
  runs: [],
  tracing: undefined,
  visitor: undefined,
  present: undefined,
  recorded: undefined,
  snapshots: undefined,
  problem: undefined,
}));

const answerMs = 20_000;

export const socket: Socket<ServerEvents, ClientEvents> = io({
  transports: ["websocket"],
  autoConnect: false,
});

/** Call once, from the page. */
export function connect() {
  socket.connect();
  document.addEventListener("visibilitychange", () => {
    if (socket.connected) rest();
  });
}

/** Out of sight the page is sent nothing, so it does nothing; the server's histories keep what it then catches up with. */
const rest = () => socket.emit("rest", document.hidden);

/** Of the snapshot that the page shows, and the names that it brought. */
let shown: { id: string; names: Recorded["names"] } | undefined;

socket.on("hello", (host, tools, visitor) => {
  useServer.setState({ connection: "live", visitor, ...(!shown && { host, tools }) });
});

socket.on("present", (present) => useServer.setState({ present }));

// It has hung up for good: who comes back by itself would be refused.
socket.on("farewell", (problem) => useServer.setState({ connection: "ended", problem }));

socket.on("tracing", (tracing) => {
  useServer.setState({ tracing });
});

socket.on("runs", (runs) => {
  if (!shown) useServer.setState({ runs });
});

socket.on("snapshots", (snapshots) => useServer.setState({ snapshots }));

socket.on("connect", () => {
  if (document.hidden) rest();
});

socket.on("disconnect", () => {
  if (useServer.getState().connection !== "ended") useServer.setState({ connection: "lost" });
});
socket.on("connect_error", () => {
  if (useServer.getState().connection !== "connecting") useServer.setState({ connection: "lost" });
  void seeWhetherRefused();
});

/** A refused handshake does not say why; the page's own address does. */
async function seeWhetherRefused() {
  const answer = await fetch(location.pathname, { method: "HEAD" }).catch(() => undefined);
  if (answer?.status !== 401) return;
  socket.disconnect();
  const problem = {
    reason: "Your link is not valid any more.",
    fix: "Open the address that the server printed when it started, or ask an operator for a link.",
  };
  useServer.setState({ connection: "ended", problem });
}

function ask<T>(send: (reply: Reply<T>) => void): Promise<Result<T>> {
  const failed = (reason: string): Result<T> => ({
    ok: false,
    problem: { reason, fix: "See whether the server is running, and try again." },
  });
  if (!socket.connected) return Promise.resolve(failed("There is no connection to the server."));
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => resolve(failed(`The server did not answer in ${answerMs / 1000} s.`)),
      answerMs,
    );
    send((result) => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}

export const start = (request: StartRequest) => ask<RunInfo>((reply) => socket.emit("start", request, reply));
export const stop = (run: number) => ask<RunInfo>((reply) => socket.emit("stop", run, reply));
/** Percent of the machine that a run, or (null) each run and all together, may cost. */
export const setBudget = (run: number | null, percent: number) =>
  ask<Tracing>((reply) => socket.emit("budget", run, percent, reply));
/** Whether it goes on unwatched, and after how many seconds from now it stops (null: not by itself). */
export const keep = (run: number, pinned: boolean, seconds: number | null) =>
  ask<RunInfo>((reply) => socket.emit("keep", run, pinned, seconds, reply));
/** A snapshot brought its names: those of this host would be others. */
export const askNames = (kind: NameKind, ids: string[]): Promise<Result<Record<string, string>>> =>
  shown
    ? Promise.resolve({ ok: true, value: shown.names[kind] ?? {} })
    : ask((reply) => socket.emit("names", kind, ids, reply));
export const findProcesses = (search: string) =>
  ask<ProcessInfo[]>((reply) => socket.emit("processes", search, reply));
export const askProcess = (pid: number, startedMs: number) =>
  ask<ProcessDetails>((reply) => socket.emit("process", pid, startedMs, reply));
export const findCgroups = (search: string) =>
  ask<string[]>((reply) => socket.emit("cgroups", search, reply));
export const findTargets = (kind: TargetKind, search: string) =>
  ask<string[]>((reply) => socket.emit("targets", kind, search, reply));

export const preflight = () => ask<Preflight>((reply) => socket.emit("preflight", reply));
export const askInventory = (version: string) =>
  ask<Inventory>((reply) => socket.emit("inventory", version, reply));
export const askCode = (program: number, form: CodeForm, from: number) =>
  ask<Code>((reply) => socket.emit("code", program, form, from, reply));
export const askMapRows = (map: number, after: string) =>
  ask<MapRows>((reply) => socket.emit("mapRows", map, after, reply));
export const askMapCount = (map: number) => ask<number>((reply) => socket.emit("mapCount", map, reply));

export const share = (request: ShareRequest) => ask<Share>((reply) => socket.emit("share", request, reply));
export const askShares = () => ask<Share[]>((reply) => socket.emit("shares", reply));
export const revoke = (id: string) => ask<null>((reply) => socket.emit("revoke", id, reply));
export const askAudit = (most: number) => ask<AuditEntry[]>((reply) => socket.emit("audit", most, reply));
export const keepBoard = (request: KeepRequest) =>
  ask<SnapshotSummary>((reply) => socket.emit("keepBoard", request, reply));
export const describeSnapshot = (id: string, title: string, notes: string) =>
  ask<null>((reply) => socket.emit("describeSnapshot", id, title, notes, reply));
export const pinSnapshot = (id: string, pinned: boolean) =>
  ask<null>((reply) => socket.emit("pinSnapshot", id, pinned, reply));
export const deleteSnapshot = (id: string) => ask<null>((reply) => socket.emit("deleteSnapshot", id, reply));
export const openSnapshot = (id: string) => ask<Recorded>((reply) => socket.emit("openSnapshot", id, reply));

/** Asks for the list, which then follows every change. */
export async function listSnapshots(): Promise<Problem | undefined> {
  const result = await ask<SnapshotSummary[]>((reply) => socket.emit("snapshots", reply));
  if (result.ok) useServer.setState({ snapshots: result.value });
  return result.ok ? undefined : result.problem;
}

/** Makes this page one of a snapshot; call before `connect`, and `showSnapshot` once it is live. */
export const expectSnapshot = (id: string) => {
  shown = { id, names: {} };
};

export async function showSnapshot(id: string): Promise<Problem | undefined> {
  const result = await openSnapshot(id);
  if (!result.ok) return result.problem;
  const { summary, host, tools, runs, names } = result.value;
  shown = { id, names };
  useServer.setState({ recorded: summary, host, tools, runs });
  return undefined;
}

/** Calls `take` with what the trace pipe says until what comes back is called; `failed` when it cannot be read. */
export function followTracePipe(
  take: (lines: readonly string[], skipped: number) => void,
  failed: (problem: Problem) => void,
): () => void {
  const onLines: ServerEvents["printk"] = (lines, skipped, received) => {
    take(lines, skipped);
    received();
  };
  const follow = () =>
    socket.emit("tracePipe", true, (result) => {
      if (!result.ok) failed(result.problem);
    });
  socket.on("printk", onLines);
  socket.on("connect", follow);
  if (socket.connected) follow();
  return () => {
    socket.off("printk", onLines);
    socket.off("connect", follow);
    if (socket.connected) socket.emit("tracePipe", false, () => {});
  };
}
