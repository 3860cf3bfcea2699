/**
 * What the server and a page say to each other: types only. `docs/protocol.md` tells it in prose. What only one page asks
 * for lies beside this file, in `protocol/`.
 */
import type { Tool, Words } from "../bpf/tool";
import type { ColumnSchema, FrameKind } from "../native";
import type { AuditEntry, Present, Share, ShareRequest, Visitor } from "./protocol/access";
import type { Code, CodeForm, Inventory, MapRows, Preflight } from "./protocol/kernel";
import type { ProcessDetails, ProcessInfo } from "./protocol/processes";
import type { KeepRequest, Recorded, SnapshotSummary } from "./protocol/snapshots";

export type { ColumnType, Frame, FrameKind } from "../native";

/** A column of a tool's table: its layout from BTF, its words from the manifest. */
export interface Column extends ColumnSchema, Words {
  /** Place from the left on screen, the manifest's order; -1: it has no words for this column, which only travels. */
  place: number;
}

/** A value on the wire: u64 parameters travel as decimal strings when a double cannot hold them. */
export type Value = number | boolean | string;

export interface Parameter extends Words {
  name: string;
  /** `text` also for meanings the server reads from words: `syscall_set` ("read, write"), `cgroup_id` (a path). */
  type: "number" | "boolean" | "text";
  /** The C typedef: chooses the picker (`pid_n`: processes, `cgroup_id`: cgroups, `syscall_set`: system calls). */
  meaning: string;
  default: Value;
  min?: number;
  max?: number;
  unit?: string;
}

export type TargetKind = "kernel" | "user" | "tracepoint";

export interface ToolInfo
  extends Pick<Tool, "title" | "tells" | "subsystem" | "view" | "cost" | "costWhy" | "tryIt"> {
  name: string;
  /** `ring`: rows are appended; `map`: each batch holds the differences since the one before, of a second or of 100 ms (`pace`). */
  kind: "ring" | "map";
  columns: Column[];
  parameters: Parameter[];
  /** Kinds of target it can be started on; empty: it needs none. */
  targets: TargetKind[];
  /** Why a further kind of target cannot be had on this kernel. */
  missingTarget?: Problem;
  /** Why it cannot run here, and what would mend it. */
  unavailable?: Problem;
}

/** A sentence for the user: what is wrong, and what to do. */
export interface Problem {
  reason: string;
  fix: string;
  /** The verifier's log or libbpf's words. */
  detail?: string;
  /** The same request with `anyway` is not refused. */
  anyway?: boolean;
  /** The section of the kernel page that explains it. */
  help?: Help;
}

/** The sections of /kernel that explain an error: "/kernel#btf". */
export type Help = "btf" | "verifier" | "permission" | "overhead";

export interface Host {
  hostname: string;
  /** Kernel release, `uname -r`. */
  kernel: string;
  cpus: number;
  /** Wall clock minus CLOCK_MONOTONIC, milliseconds. */
  bootedAt: number;
  /** Wall clock minus CLOCK_BOOTTIME, which goes on while the machine sleeps; milliseconds. */
  startedAt: number;
  /** What the whole server cannot do, if anything ("CAP_BPF is missing"). */
  problems: Problem[];
  /** Numbers to names that are the same for the whole kernel. */
  errnos: Record<number, string>;
  syscalls: Record<number, string>;
}

export interface RunRequest {
  tool: string;
  /** Only those that differ from their defaults. */
  parameters: Record<string, Value>;
  /** `vfs_read`, `vfs_*`; `/usr/bin/node:name*`, `c:malloc` (c: libc); `t:sched:sched_switch`. */
  target?: string;
}

/** How a run is started, beside what it is: not part of its key. */
export interface StartRequest extends RunRequest {
  /** Also when a short trial says that it costs more than its budget. */
  anyway?: boolean;
  /** Percent of the machine that it may cost. */
  budget?: number;
  /** It stops after so many. */
  seconds?: number;
}

/** What a run costs the host, over the last second. */
export interface RunCost {
  /** Events: runs of its programs a second. */
  runs: number;
  /** Nanoseconds an event, by the kernel's statistics. */
  seen: number;
  /** Nanoseconds an event on the way to the program and back, which those do not see: an estimate, by calibration. */
  unseen: number;
  /** Whether all of the way could be calibrated on this kernel. */
  isEstimated: boolean;
  /** Nanoseconds a second of the system calls that it slows though they are none of its events: an estimate. */
  bystanders: number;
  /** All of it, as a share of one CPU. */
  cpu: number;
}

/** What all runs cost together. */
export interface Tracing {
  /** Of the runs, as a share of one CPU. */
  cpu: number;
  /** The server's own, as a share of one CPU; not part of the budget. */
  server: number;
  /** Percent of the machine that the runs may cost together; absent: no bounds. */
  budget?: number;
  /** The same for a run to which nothing else was granted. */
  each?: number;
  /** Why the costs are unknown. */
  problem?: Problem;
  /** Times in which the server answered nobody for a second or longer: how many, the longest (milliseconds), when the last one was. */
  stalls?: { count: number; longest: number; lastAt: number };
}

export interface Loss {
  /** Rows that found the ring full. */
  ring: number;
  /** Updates that found a map full. */
  map: number;
  /** Stacks that could not be kept. */
  stack: number;
}

export interface RunInfo {
  id: number;
  /** Canonical text of the request: two requests with the same key share a run. */
  key: string;
  request: RunRequest;
  state: "running" | "ended" | "failed";
  /** Why it ended or failed. */
  problem?: Problem;
  /** Milliseconds since the epoch. */
  startedAt: number;
  endedAt?: number;
  /** How it is attached ("kprobe.multi", "tracepoint") and to how many targets. */
  attached: string;
  /** Names by `func_id`, for tools with targets. */
  functions?: string[];
  /** Rows of a ring, or the sum of the first u64 value column of a map, since the start. */
  count: number;
  /** The same a second, over the last second. */
  rate: number;
  loss: Loss;
  /** Absent until it was measured, and where that cannot be. */
  cost?: RunCost;
  /** Percent of the machine that was granted to this run; absent: what holds for each. */
  budget?: number;
  /** It was over its budget, which is why it is sampled or was stopped: with this one it could go on. */
  raise?: number;
  /** One event in this many is recorded; counts hold that many for each. */
  oneIn: number;
  /** Memory of its maps and rings in the kernel. */
  mapBytes: number;
  /** What the history holds, and its bounds. */
  history: { bytes: number; maxBytes: number; minutes: number; rows: number };
  viewers: number;
  /** It goes on when nobody watches, and comes back when the server is started again. */
  pinned: boolean;
  /** When it will be stopped, milliseconds since the epoch. */
  until?: number;
}

/** Names of numbers that only the host knows; see `names`. */
export type NameKind = "uid" | "dev" | "cgroup" | "pid" | "argv";

export type Result<T> = { ok: true; value: T } | { ok: false; problem: Problem };
export type Reply<T> = (result: Result<T>) => void;

/** New stacks of a run: frame texts once, stacks as indexes into all frames sent so far, leaf first. */
export interface StackBatch {
  /** Index of `frames[0]`. */
  firstFrame: number;
  frames: [name: string, module: string, kind: FrameKind][];
  stacks: [id: number, frames: number[]][];
}

/**
 * What lies in `data` of `rows`, in order. `first`: number of the batch's first row in its run, so that a gap to the
 * batch before is exactly what was not sent. `at`: when it was read, milliseconds of CLOCK_MONOTONIC.
 * `bytes`: its length, a multiple of 8.
 */
export type BatchHead = [first: number, at: number, bytes: number];

export interface ServerEvents {
  hello(host: Host, tools: ToolInfo[], visitor: Visitor): void;
  /** Whenever somebody comes, goes, or turns to another page. */
  present(present: Present): void;
  /** Why the server hangs up now: the link expired or was revoked, or too much came. */
  farewell(problem: Problem): void;
  /** All runs, at each change and once a second while one is running. */
  runs(runs: RunInfo[]): void;
  /** What all of them cost; before each `runs`. */
  tracing(tracing: Tracing): void;
  /**
   * Batches of a watched run, one behind the other in `data`. At most 512 KiB are under way to a socket, so
   * `received` must be called.
   */
  rows(run: number, batches: BatchHead[], data: ArrayBuffer, received: () => void): void;
  stacks(run: number, batch: StackBatch): void;
  /** Lines of the kernel's trace pipe, for those who asked; `skipped`: lines before them that were too many to send. */
  printk(lines: string[], skipped: number, received: () => void): void;
  /** All that are kept, newest first, at each change. */
  snapshots(list: SnapshotSummary[]): void;
}

export interface ClientEvents {
  start(request: StartRequest, reply: Reply<RunInfo>): void;
  stop(run: number, reply: Reply<RunInfo>): void;
  /** Percent of the machine that a run may cost, or (null) each run and all of them together. */
  budget(run: number | null, percent: number, reply: Reply<Tracing>): void;
  /** Whether a run goes on when nobody watches, and after how many seconds from now it stops (null: not by itself). */
  keep(run: number, pinned: boolean, seconds: number | null, reply: Reply<RunInfo>): void;
  /** Sends the run's history, then what follows. */
  watch(run: number, reply: Reply<RunInfo>): void;
  unwatch(run: number): void;
  /** Of a watched run of kind `map`: `fine` has it read every 100 ms instead of once a second, while anyone wants that. */
  pace(run: number, fine: boolean): void;
  /** While true (the page is out of sight) neither rows nor runs are sent; afterwards what the histories kept of it. */
  rest(resting: boolean): void;
  /** Names for ids, "" where the host knows none. */
  names(kind: NameKind, ids: string[], reply: Reply<Record<string, string>>): void;
  processes(search: string, reply: Reply<ProcessInfo[]>): void;
  /** `started`: when it was, milliseconds of CLOCK_BOOTTIME: its number may have come back to another. */
  process(pid: number, started: number, reply: Reply<ProcessDetails>): void;
  cgroups(search: string, reply: Reply<string[]>): void;
  /** Targets that match, at most 100; for `user`, `search` is `path:text` or a path's beginning. */
  targets(kind: TargetKind, search: string, reply: Reply<string[]>): void;
  /** What works here, found by trying: takes some tenths of a second. */
  preflight(reply: Reply<Preflight>): void;
  /** What is loaded, with `version` of the lists that are known already, or "". Statistics are on while somebody asks. */
  inventory(version: string, reply: Reply<Inventory>): void;
  /** Rows of a program's code from `from` on, at most 4096. */
  code(program: number, form: CodeForm, from: number, reply: Reply<Code>): void;
  /** Rows of a map behind the key `after` (hexadecimal), "": from the beginning; at most 100. */
  mapRows(map: number, after: string, reply: Reply<MapRows>): void;
  /** How many keys it has now, by walking it. */
  mapCount(map: number, reply: Reply<number>): void;
  /** Sends `printk` from now on, or no more. */
  tracePipe(on: boolean, reply: Reply<null>): void;
  /** Makes a link. */
  share(request: ShareRequest, reply: Reply<Share>): void;
  /** All links that are valid, newest first. */
  shares(reply: Reply<Share[]>): void;
  /** Ends a link and hangs up on who came by it. */
  revoke(id: string, reply: Reply<null>): void;
  /** The newest lines of the audit log, at most `most` (500), newest first. */
  audit(most: number, reply: Reply<AuditEntry[]>): void;
  /** Keeps what runs have recorded, and the board they are on. */
  keepBoard(request: KeepRequest, reply: Reply<SnapshotSummary>): void;
  snapshots(reply: Reply<SnapshotSummary[]>): void;
  /** Reads one; its runs can then be watched. */
  openSnapshot(id: string, reply: Reply<Recorded>): void;
  /** Gives it another title and other notes. */
  describeSnapshot(id: string, title: string, notes: string, reply: Reply<null>): void;
  pinSnapshot(id: string, pinned: boolean, reply: Reply<null>): void;
  deleteSnapshot(id: string, reply: Reply<null>): void;
}
