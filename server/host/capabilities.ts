/** What this process may do, read from /proc/self/status and from trying. */
import { existsSync, readFileSync } from "node:fs";
import type { Problem } from "../protocol";
import { hasBtf } from "./settings";

/** Numbers from include/uapi/linux/capability.h, and what each is for here. */
const CAPABILITIES = {
  CAP_BPF: { number: 39, means: "Loads programs and maps." },
  CAP_PERFMON: { number: 38, means: "Lets programs read the kernel's memory, and attach to events." },
  CAP_SYS_ADMIN: {
    number: 21,
    means:
      "Stands for CAP_BPF and CAP_PERFMON; attaches to functions of programs, lists other people's eBPF and switches on statistics.",
  },
  CAP_SYSLOG: { number: 34, means: "Shows the kernel's addresses, so that its functions have names." },
  CAP_SYS_PTRACE: { number: 19, means: "Reads other users' processes, so that their functions have names." },
  CAP_DAC_READ_SEARCH: { number: 2, means: "Reads tracefs and other users' files." },
  CAP_NET_ADMIN: {
    number: 12,
    means: "Attaches programs to network devices and cgroups, which none of today's tools does.",
  },
} as const;
export type Capability = keyof typeof CAPABILITIES;

export const capabilities = Object.keys(CAPABILITIES) as Capability[];
export const meaningOf = (capability: Capability): string => CAPABILITIES[capability].means;

/** Neither npm start nor the service asks for what none of today's tools uses. */
export const isAskedFor = (capability: Capability): boolean => capability !== "CAP_NET_ADMIN";

/** The number in include/uapi/linux/capability.h. */
export const numberOf = (capability: Capability): number => CAPABILITIES[capability].number;

/** CAP_SYS_ADMIN stands for CAP_BPF and CAP_PERFMON, as in the kernel's bpf_capable() and perfmon_capable(). */
export function has(capability: Capability): boolean {
  const bits = BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? 0}`);
  const bit = (name: Capability) => ((bits >> BigInt(CAPABILITIES[name].number)) & 1n) === 1n;
  return (
    bit(capability) || ((capability === "CAP_BPF" || capability === "CAP_PERFMON") && bit("CAP_SYS_ADMIN"))
  );
}

/** Why no tool at all can run here. */
export function hostProblems(): Problem[] {
  const problems: Problem[] = [];
  if (!hasBtf())
    problems.push({
      reason: "This kernel has no BTF (/sys/kernel/btf/vmlinux is missing), which every tool needs.",
      fix: "Use a kernel built with CONFIG_DEBUG_INFO_BTF=y; every current distribution's own kernel is.",
      help: "btf",
    });
  const missing = (["CAP_BPF", "CAP_PERFMON"] as const).filter((capability) => !has(capability));
  if (missing.length > 0)
    problems.push({
      reason: `The server runs without ${missing.join(" and ")}, so it cannot load any tool.`,
      fix: "Stop it and start it with: sudo npm start",
      help: "permission",
    });
  return problems;
}

/** The kprobe event source is there exactly when the kernel has kprobe events (kernel/events/core.c). */
export const hasKprobes = (): boolean => existsSync("/sys/bus/event_source/devices/kprobe/type");

/** Said only where hasKprobes() was asked. */
export const NO_KPROBES: Problem = {
  reason: "Kernel functions need kprobes, and this kernel has none.",
  fix: "Use a kernel with CONFIG_KPROBE_EVENTS=y.",
};
