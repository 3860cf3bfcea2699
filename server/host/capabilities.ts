/** What this process may do, read from /proc/self/status and from trying. */
import { existsSync, readFileSync } from "node:fs";
import type { Problem } from "../protocol";

/** Numbers from include/uapi/linux/capability.h. */
const NUMBERS = {
  CAP_DAC_READ_SEARCH: 2,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_SYSLOG: 34,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;
export type Capability = keyof typeof NUMBERS;

/** CAP_SYS_ADMIN stands for CAP_BPF and CAP_PERFMON, as in the kernel's bpf_capable() and perfmon_capable(). */
export function has(capability: Capability): boolean {
  const bits = BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? 0}`);
  const bit = (name: Capability) => ((bits >> BigInt(NUMBERS[name])) & 1n) === 1n;
  return (
    bit(capability) || ((capability === "CAP_BPF" || capability === "CAP_PERFMON") && bit("CAP_SYS_ADMIN"))
  );
}

/** Why no tool at all can run here. */
export function hostProblems(): Problem[] {
  const problems: Problem[] = [];
  if (!existsSync("/sys/kernel/btf/vmlinux"))
    problems.push({
      reason: "This kernel has no BTF (/sys/kernel/btf/vmlinux is missing), which every tool needs.",
      fix: "Use a kernel built with CONFIG_DEBUG_INFO_BTF=y; every current distribution's own kernel is.",
    });
  const missing = (["CAP_BPF", "CAP_PERFMON"] as const).filter((capability) => !has(capability));
  if (missing.length > 0)
    problems.push({
      reason: `The server runs without ${missing.join(" and ")}, so it cannot load any tool.`,
      fix: "Stop it and start it with: sudo npm start",
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
