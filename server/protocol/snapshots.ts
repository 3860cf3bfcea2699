/** Boards that were kept: what the server tells of them. The file's own format is server/snapshots/format.ts. */
import type { Host, NameKind, RunInfo, ToolInfo } from "../protocol";

export interface SnapshotSummary {
  id: string;
  title: string;
  notes: string;
  /** Milliseconds since the epoch: when it was kept, and what its rows reach over. */
  takenAt: number;
  from: number;
  to: number;
  hostname: string;
  kernel: string;
  /** The board's address from its "?" on. */
  view: string;
  /** `activity`: what happened, in equal stretches from `from` to `to`. */
  panels: {
    tool: string;
    kind: ToolInfo["kind"];
    rows: number;
    hasStacks: boolean;
    activity: number[];
  }[];
  /** Of its file on the server. */
  bytes: number;
  /** It is never taken to make room for another. */
  pinned: boolean;
  /** It came with the server: nobody pins or deletes it. */
  shipped: boolean;
}

export interface KeepRequest {
  title: string;
  notes: string;
  /** The board's address from its "?" on. */
  view: string;
  /** Those on the board, in its order. */
  runs: number[];
  /** Only what was read in this stretch, milliseconds of CLOCK_MONOTONIC. */
  range?: { from: number; to: number };
}

/** A snapshot that is open: its runs can be watched like any other, and never change. */
export interface Recorded {
  summary: SnapshotSummary;
  host: Host;
  tools: ToolInfo[];
  runs: RunInfo[];
  /** By kind and number, as the recording host knew them. */
  names: Partial<Record<NameKind, Record<string, string>>>;
}
