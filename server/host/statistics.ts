/**
 * The kernel's statistics of eBPF programs: runs and time of each. They cost every program of the host a little
 * (`npm run bench -- --only overhead` tells how much), so they are on only while somebody holds them.
 */
import { readFileSync } from "node:fs";
import { enableStatistics } from "../../native";
import type { Problem } from "../protocol";

let holders = 0;
let turnOff: (() => void) | undefined;

/** Turns them on if nobody has, and gives the way to let go, safe to call twice. */
export function holdStatistics(): () => void {
  if (holders++ === 0)
    try {
      turnOff = enableStatistics();
    } catch {
      // Not allowed: statisticsProblem() says what that means.
    }
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    if (--holders > 0) return;
    turnOff?.();
    turnOff = undefined;
  };
}

/** Whether an administrator has them on anyway. */
function alwaysOn(): boolean {
  try {
    return readFileSync("/proc/sys/kernel/bpf_stats_enabled", "utf8").trim() === "1";
  } catch {
    return false;
  }
}

/** Why they say nothing although somebody holds them; undefined: they can be believed. */
export function statisticsProblem(): Problem | undefined {
  if (turnOff || alwaysOn()) return undefined;
  return {
    reason:
      "What tracing costs is unknown: the kernel's eBPF statistics are off and the server may not turn them on.",
    fix: "Give the server CAP_SYS_ADMIN, or turn them on for good: sysctl -w kernel.bpf_stats_enabled=1",
  };
}
