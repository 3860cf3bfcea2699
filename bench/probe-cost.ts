/** What an event of a probe adds to a load that measures itself: bare, traced, and traced with statistics on, in turn. */
import { execFileSync, spawn } from "node:child_process";
import { cpus } from "node:os";
import { type Kind, monotonicMs, Turning } from "../e2e/harness/turns";
import { hasKprobes } from "../server/host/capabilities";
import { fromRoot } from "../server/project";
import type { RunCost, RunRequest } from "../server/protocol";
import { median, sleep } from "./measure";
import type { Stage } from "./stage";

const TURNS_MS = 700;
/** A second on each CPU, as many as profile takes: what they cost together can be told from the load's own ups and downs. */
const SAMPLES = 4999;

interface Probe {
  probe: string;
  /** What the article says. */
  article: string;
  loop: Kind;
  request: RunRequest;
  /** Of profile; the others have one a turn. */
  eventsASecond?: number;
}

/** Nanoseconds an event: the statistics off, on, and what the panel shows. */
export interface ProbeCost {
  off: number;
  on: number;
  shown?: number;
}

/** Where scripts/guest.mjs compiles to as well. */
export const turns = (): string => fromRoot("dist", "run", "turns");

export function buildTurns(): void {
  execFileSync("gcc", ["-O0", "-o", turns(), fromRoot("e2e", "loads", "turns.c")], { stdio: "inherit" });
}

/** All that tools are attached by; kprobes where the kernel has them. */
export function probes(): Probe[] {
  const target = `${turns()}:turned`;
  const getppid = `__${process.arch === "arm64" ? "arm64" : "x64"}_sys_getppid`;
  const count = (what: string): RunRequest => ({ tool: "funccount", parameters: {}, target: what });
  const kprobe: Probe = { probe: "kprobe", article: "50–200 ns", loop: "call", request: count(getppid) };
  return [
    ...(hasKprobes() ? [kprobe] : []),
    {
      probe: "tracepoint, every call (tp_btf)",
      article: "~30 ns",
      loop: "call",
      request: { tool: "syscount", parameters: {} },
    },
    {
      probe: "tracepoint, one call (tp)",
      article: "~30 ns",
      loop: "call",
      request: count("t:syscalls:sys_enter_getppid"),
    },
    {
      probe: "a call that is none of the tool's",
      article: "",
      loop: "call",
      request: { tool: "opensnoop", parameters: {} },
    },
    { probe: "uprobe", article: "1–5 µs", loop: "function", request: count(target) },
    {
      probe: "uprobe and uretprobe",
      article: "1–5 µs",
      loop: "function",
      request: { tool: "funclatency", parameters: {}, target },
    },
    {
      probe: "profile, a sample",
      article: "<0.5 % CPU at 99 Hz",
      loop: "spin",
      request: { tool: "profile", parameters: { frequency: SAMPLES } },
      eventsASecond: SAMPLES,
    },
    {
      probe: "profile, a sample without stacks",
      article: "",
      loop: "spin",
      request: {
        tool: "profile",
        parameters: { frequency: SAMPLES, kernel_stacks: false, user_stacks: false },
      },
      eventsASecond: SAMPLES,
    },
  ];
}

/** One load, or (spin, as samples are taken on every CPU) one for each CPU. */
function load(loop: Kind) {
  const count = loop === "spin" ? cpus().length : 1;
  const children = Array.from({ length: count }, () =>
    spawn(turns(), [loop], { stdio: ["pipe", "pipe", "inherit"], detached: true }),
  );
  const loads = children.map((child) => new Turning(child));
  return {
    /** Nanoseconds of its own CPU time that a turn takes a load; of `spin`, that interrupts take of each second of it. */
    async turn(milliseconds = TURNS_MS): Promise<number> {
      const start = monotonicMs();
      await sleep(milliseconds / 1000);
      const spells = loads.map((one) => one.between(start, monotonicMs()));
      return (
        spells.reduce((sum, { nsec, lost }) => sum + (loop === "spin" ? lost * 1e9 : nsec), 0) / spells.length
      );
    },
    stop: () => {
      for (const child of children) child.kill("SIGKILL");
    },
  };
}

export async function measureProbe(stage: Stage, probe: Probe, rounds: number): Promise<ProbeCost> {
  const { turn, stop } = load(probe.loop);
  const all: { bare: number; off: number; on: number; cost: RunCost | undefined }[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const bare = await turn();
      const run = await stage.start(probe.request.tool, probe.request.parameters, probe.request.target);
      await sleep(0.2);
      const off = await turn();
      await stage.client.watch(run);
      // The statistics come on at the next full second, and each kind of probe is calibrated once.
      for (let i = 0; i < 20 && !stage.costOf(run); i++) await turn(300);
      const on = await turn(1200);
      all.push({ bare, off, on, cost: stage.costOf(run) });
      await stage.stop(run);
    }
  } finally {
    stop();
  }
  const of = (what: (one: (typeof all)[number]) => number) => median(all.map(what));
  const event = (traced: number, bare: number) => (traced - bare) / (probe.eventsASecond ?? 1);
  return {
    off: of(({ off, bare }) => event(off, bare)),
    on: of(({ on, bare }) => event(on, bare)),
    ...(probe.request.tool !== "opensnoop" && {
      shown: of(
        ({ cost }) => (cost ? cost.seen + cost.unseen : Number.NaN) * (probe.probe.includes(" and ") ? 2 : 1),
      ),
    }),
  };
}
