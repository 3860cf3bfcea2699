/** What a trial's end means: a reason is given only where it was seen, else the kernel's own errno stands for itself. */
import { constants } from "node:os";
import type { Trial } from "../../native";
import type { CatalogueTool } from "../catalogue";
import type { Check } from "../protocol/kernel";
import { type Capability, has, hasKprobes, NO_KPROBES } from "./capabilities";
import { losers, type Need } from "./needs";
import { lockdown, seccomp, sysctl, tracefs } from "./settings";

interface Way {
  means: string;
  /** The capabilities that the kernel asks for on this way. */
  asks: readonly Capability[];
}

const TRACING = ["CAP_BPF", "CAP_PERFMON"] as const;
const ways: Record<string, Way> = {
  tp_btf: { means: "Tracepoints, with the kernel's types; needs no tracefs.", asks: TRACING },
  raw_tp: { means: "Tracepoints as they are.", asks: TRACING },
  tp: { means: "Tracepoints of one system call, by tracefs.", asks: [...TRACING, "CAP_DAC_READ_SEARCH"] },
  fentry: { means: "The cheapest way to see a kernel function.", asks: TRACING },
  kprobe: { means: "A kernel function by a breakpoint or a jump.", asks: [...TRACING, "CAP_SYS_ADMIN"] },
  "kprobe.multi": { means: "Thousands of kernel functions at once.", asks: TRACING },
  uprobe: { means: "Functions of programs and libraries.", asks: [...TRACING, "CAP_SYS_ADMIN"] },
  perf_event: { means: "Samples, so many times a second.", asks: [...TRACING, "CAP_SYS_ADMIN"] },
  lsm: { means: "Security decisions. None of today's tools needs it.", asks: TRACING },
  statistics: {
    means: "Run count and time of every program; switched on only while somebody looks.",
    asks: ["CAP_SYS_ADMIN"],
  },
  list: {
    means: "Programs, maps and links of the whole host, as /kernel/programs shows them.",
    asks: ["CAP_SYS_ADMIN"],
  },
};

const EPERM = constants.errno.EPERM;
const EACCES = constants.errno.EACCES;
const ENOENT = constants.errno.ENOENT;

/** 524 is ENOTSUPP, which the kernel keeps to itself but for eBPF. */
const errnoName = (errno: number): string =>
  errno === 524
    ? "ENOTSUPP"
    : (Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`);

const denied = ({ errno }: Trial): boolean => errno === EPERM || errno === EACCES;

/** Whether a way was refused for want of rights, and the kernel asks for this capability there. */
export function refused(trials: readonly Trial[], name: string, capability: Capability): boolean {
  const trial = trials.find((one) => one.name === name);
  return (
    trial !== undefined &&
    denied(trial) &&
    (ways[name]?.asks.includes(capability) ?? false) &&
    !has(capability)
  );
}

/** What mends it; nothing is said of causes that were not seen. */
function mend(trial: Trial, btf: boolean): Pick<Check, "fix" | "command"> {
  const { name, errno } = trial;
  if (["tp_btf", "fentry", "lsm"].includes(name) && !btf)
    return { fix: "It needs BTF, which this kernel does not have." };
  if (name === "kprobe" && errno === ENOENT && !hasKprobes()) return { fix: NO_KPROBES.fix };
  if (name === "tp" && errno === ENOENT && !tracefs())
    return { fix: "tracefs is not mounted.", command: "sudo mount -t tracefs tracefs /sys/kernel/tracing" };
  if (name === "tp" && errno === ENOENT && lockdown() === "confidentiality")
    return { fix: "The kernel is locked down at confidentiality, which leaves tracefs empty." };
  if (!denied(trial)) return { fix: "This kernel does not offer it; no setting changes that." };
  const missing = (ways[name]?.asks ?? []).filter((capability) => !has(capability));
  if (missing.length > 0)
    return {
      fix: `The server lacks ${missing.join(" and ")}, which the kernel asks for here.`,
      command: "npm start",
    };
  if (name === "perf_event" && (sysctl("kernel.perf_event_paranoid") ?? 0) > 2)
    return { command: "sudo sysctl kernel.perf_event_paranoid=2" };
  const locked = lockdown();
  const filter = seccomp();
  return {
    fix: `The kernel refuses it although every capability is held; lockdown is ${locked ?? "unknown"}, and there is ${filter === 0 ? "no seccomp filter" : "a seccomp filter"}.`,
  };
}

/** Whether a need is one of the ways that were tried and did not work. */
export const failed =
  (trials: readonly Trial[]) =>
  ({ kind, name }: Need): boolean =>
    kind === "attach" && trials.some((trial) => trial.name === name && trial.errno !== 0);

export function trialCheck(
  trial: Trial,
  trials: readonly Trial[],
  tools: readonly CatalogueTool[],
  btf: boolean,
): Check {
  const { name, errno, detail } = trial;
  const check = { name, means: ways[name]?.means ?? "" };
  if (errno === 0) return { ...check, state: "ok", found: "tried: works", lost: [] };
  const lost = losers(tools, failed(trials), (need) => need.kind === "attach" && need.name === name);
  // The verifier's log ends in the count of what it looked at.
  const words = detail.trim().split("\n")[0];
  const state =
    lost.length > 0 ? "missing" : name === "statistics" || name === "list" ? "limited" : ("off" as const);
  return {
    ...check,
    state,
    found: `tried: ${errnoName(errno)}${words ? `, ${words}` : ""}`,
    lost,
    ...mend(trial, btf),
  };
}
