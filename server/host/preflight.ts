/** What works on this host, what does not, which tools that costs, and the command that mends it. */
import { release } from "node:os";
import { type Features, probeFeatures, type Trial, tryTracing } from "../../native";
import type { CatalogueTool } from "../catalogue";
import type { Problem } from "../protocol";
import type { Check, Preflight } from "../protocol/kernel";
import { capabilities, has, isAskedFor, meaningOf } from "./capabilities";
import { featureChecks } from "./feature-checks";
import { losers, type Need } from "./needs";
import { hasBtf, lockdown, mounts, read, seccomp, sysctl, tracefs } from "./settings";
import { failed, refused, trialCheck } from "./trials";

/** What was found, before it becomes checks. */
export interface Findings {
  trials: readonly Trial[];
  tools: readonly CatalogueTool[];
}

let features: Promise<Features> | undefined;

/** Nothing can be tried without the right to load programs. What a kernel has does not change while it runs. */
async function whatIsThere(): Promise<Features | undefined> {
  if (!has("CAP_BPF") || !has("CAP_PERFMON")) return undefined;
  features ??= probeFeatures();
  return features;
}

const ok = (name: string, found: string, means: string): Check => ({
  name,
  state: "ok",
  found,
  means,
  lost: [],
});

function kernelChecks({ tools }: Findings): Check[] {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  const newEnough = major > 5 || (major === 5 && minor >= 15);
  const version = ok("Kernel", release(), "Ringside is made for 5.15 and newer.");
  const btf = ok(
    "BTF",
    "/sys/kernel/btf/vmlinux",
    "The kernel's own types, by which programs find its fields.",
  );
  return [
    newEnough
      ? version
      : { ...version, state: "limited", fix: "Use a newer kernel; what it lacks is listed below." },
    hasBtf()
      ? btf
      : {
          ...btf,
          state: "missing",
          found: "/sys/kernel/btf/vmlinux is missing",
          lost: losers(tools, ({ kind }) => kind === "BTF"),
          fix: "Use a kernel built with CONFIG_DEBUG_INFO_BTF=y; this tells whether yours is.",
          command: "grep CONFIG_DEBUG_INFO_BTF= /boot/config-$(uname -r)",
        },
    lockdownCheck(),
    ...jitChecks(),
  ];
}

function lockdownCheck(): Check {
  const means =
    "At confidentiality it keeps programs from reading the kernel's memory; at integrity it does not.";
  const found = lockdown();
  const check = { name: "Lockdown", means, lost: [] };
  if (found === undefined)
    return mounts().some(({ type }) => type === "securityfs")
      ? { ...check, state: "ok", found: "this kernel has none" }
      : {
          ...check,
          state: "unknown",
          found: "securityfs is not mounted",
          command: "sudo mount -t securityfs securityfs /sys/kernel/security",
        };
  if (found !== "confidentiality") return { ...check, state: "ok", found };
  return {
    ...check,
    state: "limited",
    found,
    fix: "Nothing lifts it while the kernel runs: boot with lockdown=integrity. What it costs stands at the ways to attach and the helpers below.",
  };
}

function jitChecks(): Check[] {
  const unread = (name: string, means: string): Check => ({
    name,
    state: "unknown",
    found: "only root may read it",
    means,
    lost: [],
  });
  const enable = sysctl("net.core.bpf_jit_enable");
  const compiled =
    "Compiles programs to the CPU's own code; without it they are interpreted, some ten times slower.";
  const harden = sysctl("net.core.bpf_jit_harden");
  const blinded =
    "Hides constants in compiled code (1: of ordinary users, 2: of everyone), which makes it slower.";
  return [
    enable === undefined
      ? unread("net.core.bpf_jit_enable", compiled)
      : {
          ...ok("net.core.bpf_jit_enable", String(enable), compiled),
          ...(enable === 0 && {
            state: "limited" as const,
            command: "sudo sysctl net.core.bpf_jit_enable=1",
          }),
        },
    harden === undefined
      ? unread("net.core.bpf_jit_harden", blinded)
      : {
          ...ok("net.core.bpf_jit_harden", String(harden), blinded),
          ...(harden === 2 && {
            state: "limited" as const,
            fix: "Tools work, and cost more.",
            command: "sudo sysctl net.core.bpf_jit_harden=1",
          }),
        },
  ];
}

function privilegeChecks({ trials, tools }: Findings): Check[] {
  const checks = capabilities.map((name): Check => {
    const held = ok(name, "held", meaningOf(name));
    if (has(name)) return held;
    const here = (need: Need) => need.kind === "attach" && refused(trials, need.name, name);
    const lost = losers(tools, failed(trials), here);
    return {
      ...held,
      state: lost.length > 0 ? "missing" : "limited",
      found: "not held",
      lost,
      fix: isAskedFor(name)
        ? "Start it as root, or as yourself with npm start, which asks sudo for this and no more."
        : "No tool of today needs it, so npm start does not ask for it.",
      ...(isAskedFor(name) && { command: "npm start" }),
    };
  });
  const unprivileged = sysctl("kernel.unprivileged_bpf_disabled");
  const paranoid = sysctl("kernel.perf_event_paranoid");
  const mode = seccomp();
  return [
    ...checks,
    ok(
      "kernel.unprivileged_bpf_disabled",
      unprivileged === undefined ? "this kernel has none" : String(unprivileged),
      "0 lets ordinary users load a few kinds of programs. Ringside needs none of that.",
    ),
    {
      ...ok(
        "kernel.perf_event_paranoid",
        String(paranoid ?? "unreadable"),
        "Above 2, as Debian and Ubuntu have it, sampling asks for CAP_SYS_ADMIN instead of CAP_PERFMON.",
      ),
      ...(refused(trials, "perf_event", "CAP_SYS_ADMIN") && {
        state: "limited" as const,
        lost: losers(tools, ({ kind, name }) => kind === "attach" && name === "perf_event"),
        command: "sudo sysctl kernel.perf_event_paranoid=2",
      }),
    },
    ok(
      "seccomp",
      ["none", "strict", "a filter"][mode] ?? String(mode),
      "A filter may refuse bpf() and perf_event_open() to a container whatever its capabilities; the trials below tell.",
    ),
  ];
}

function mountChecks({ tools }: Findings): Check[] {
  const tracing = tracefs();
  const tracefsMeans = "Numbers and formats of tracepoints, and what bpf_printk writes.";
  const locked = lockdown() === "confidentiality";
  const readable = tracing !== undefined && read(`${tracing}/events/header_page`) !== undefined;
  const lost = losers(tools, ({ kind, name }) => kind === "attach" && name === "tp");
  const groups = mounts().filter(({ type }) => type === "cgroup2" || type === "cgroup");
  const v2 = groups.find(({ type }) => type === "cgroup2");
  const v1 = groups.some(({ type }) => type === "cgroup");
  const groupsMean = "Version 2 is what the filter by container works with.";
  return [
    readable
      ? ok("tracefs", tracing, tracefsMeans)
      : {
          ...ok("tracefs", tracing ? `${tracing} may not be read` : "not mounted", tracefsMeans),
          state: lost.length > 0 ? "missing" : "limited",
          lost,
          ...(!tracing
            ? { command: "sudo mount -t tracefs tracefs /sys/kernel/tracing" }
            : locked
              ? { fix: "The kernel is locked down at confidentiality, which leaves tracefs empty." }
              : has("CAP_DAC_READ_SEARCH")
                ? { fix: "CAP_DAC_READ_SEARCH is held all the same; why is not known." }
                : { fix: "Give the server CAP_DAC_READ_SEARCH, as npm start does.", command: "npm start" }),
        },
    v2
      ? ok("cgroup", `version 2 at ${v2.folder}${v1 ? ", beside version 1" : ""}`, groupsMean)
      : {
          ...ok("cgroup", v1 ? "version 1 only" : "not mounted", groupsMean),
          state: "limited",
          lost: tools
            .filter(({ schema }) => schema.parameters.some(({ meaning }) => meaning === "cgroup_id"))
            .map(({ info }) => `${info.name}: filter by container`),
          command:
            "sudo mkdir -p /sys/fs/cgroup/unified && sudo mount -t cgroup2 none /sys/fs/cgroup/unified",
        },
  ];
}

/** Everything, tried now. Never throws for what is missing: that is what it tells. */
export async function preflight(
  tools: Iterable<CatalogueTool>,
  rejections: Preflight["rejections"] = [],
): Promise<Preflight> {
  const [trials, there] = await Promise.all([tryTracing(), whatIsThere()]);
  const findings: Findings = { trials, tools: [...tools] };
  return {
    groups: [
      { title: "Kernel", checks: kernelChecks(findings) },
      { title: "Privileges", checks: privilegeChecks(findings) },
      {
        title: "Ways to attach",
        checks: trials.map((trial) => trialCheck(trial, trials, findings.tools, hasBtf())),
      },
      { title: "Mounts", checks: mountChecks(findings) },
      { title: "Types and helpers", checks: featureChecks(findings.tools, there) },
    ],
    ...(there && { features: there }),
    rejections,
  };
}

/** The programs that the verifier refused since the server started. */
export class Rejections {
  private static readonly KEPT = 5;
  private readonly list: Preflight["rejections"] = [];

  add(problem: Problem): void {
    if (problem.help !== "verifier") return;
    this.list.unshift({ at: Date.now(), problem });
    this.list.length = Math.min(this.list.length, Rejections.KEPT);
  }

  newest(): Preflight["rejections"] {
    return [...this.list];
  }
}
