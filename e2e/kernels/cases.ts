/** What a tool is tried on, on every kernel. */
import type { TargetKind } from "../../server/protocol";

/** Calls that calls.c makes. */
export const CALLS = 137;

export interface Case {
  /** The tool, and what it is started on if it needs a target: "funccount, user function". */
  what: string;
  target?: string;
  /** Makes the tool say something. */
  stimulus: readonly string[];
  /** The exact count; absent: any but 0. */
  exactly?: number;
}

/** `calls`: the program built from calls.c; `kinds`: of target, none for a tool that takes none. */
export function casesOf(tool: string, tryIt: string, kinds: readonly TargetKind[], calls: string): Case[] {
  const cases: Record<TargetKind, Omit<Case, "stimulus">[]> = {
    kernel: [
      { what: "kernel function", target: "__x64_sys_getpgid", exactly: CALLS },
      { what: "kernel functions by glob", target: "vfs_rea*" },
    ],
    user: [{ what: "user function", target: `${calls}:counted`, exactly: CALLS }],
    tracepoint: [{ what: "tracepoint", target: "t:sched:sched_switch" }],
  };
  if (kinds.length === 0) return [{ what: tool, stimulus: ["sh", "-c", tryIt] }];
  return kinds
    .flatMap((kind) => cases[kind])
    .map((one) => ({ ...one, what: `${tool}, ${one.what}`, stimulus: [calls, String(CALLS)] }));
}
