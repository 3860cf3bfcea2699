/** What a trial's end means: a reason is given only where it was seen, else the kernel's own errno stands for itself. */
import { constants } from "node:os";
import type { BpfError, Trial } from "../../native";
import type { CatalogueTool } from "../catalogue";
import type { Problem } from "../protocol";
import type { Check } from "../protocol/kernel";
import { type Capability, has, hasKprobes, isAskedFor, NO_KPROBES } from "./capabilities";
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
  perf_event: { means: "Samples, so many times a second.", asks: TRACING },
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

/** Ways that Debian and Ubuntu, whose kernel.perf_event_paranoid goes above 2, then keep for CAP_SYS_ADMIN. */
const isPerf = (way: string): boolean =>
  ["tp", "perf_event"].includes(way) && (sysctl("kernel.perf_event_paranoid") ?? 0) > 2;

const asksOf = (way: string): readonly Capability[] => [
  ...(ways[way]?.asks ?? TRACING),
  ...(isPerf(way) ? (["CAP_SYS_ADMIN"] as const) : []),
];

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
  return trial !== undefined && denied(trial) && asksOf(name).includes(capability) && !has(capability);
}

/** What mends a refusal of a way for want of rights; nothing is said of causes that were not seen. */
function rights(way: string): Pick<Check, "fix" | "command"> {
  const missing = asksOf(way).filter((capability) => !has(capability));
  if (missing.length > 0 && !missing.every(isAskedFor))
    return {
      fix: `The server lacks ${missing.join(" and ")}, which the kernel asks for here; no tool of today attaches like this.`,
    };
  if (missing.length > 0) {
    const lower =
      isPerf(way) && missing.includes("CAP_SYS_ADMIN")
        ? ", or let others use perf events: sudo sysctl kernel.perf_event_paranoid=2"
        : ".";
    return {
      fix: `The server lacks ${missing.join(" and ")}, which the kernel asks for here: give it that, as npm start does${lower}`,
      command: "npm start",
    };
  }
  const filter = seccomp() === 0 ? "no seccomp filter" : "a seccomp filter";
  return {
    fix: `The kernel refuses it although every capability is held that it asks for; lockdown is ${lockdown() ?? "unknown"}, and there is ${filter}.`,
  };
}

/** The kernel's refusal to attach in this way ("uprobe") or, undefined, to load, as a sentence and what mends it. */
export function refusal({ message, detail }: BpfError, tool: string, way = "load"): Problem {
  const reason = `${tool}: ${message}`;
  return { reason, fix: rights(way).fix ?? "", ...(detail && { detail }), help: "permission" };
}

/** What mends it. */
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
  return rights(name);
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
