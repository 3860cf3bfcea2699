/**
 * What the kernel's statistics do not see: the way to a program and back. Measured once for each kind of probe by a loop
 * of known length with an empty program on its way, statistics on, minus what the statistics say the empty program took.
 * The statistics' own price is therefore in it, as it is in what is shown.
 */
import { setTimeout as sleep, setImmediate as soon } from "node:timers/promises";
import {
  type AttachTarget,
  BpfObject,
  type Loop,
  loopFunction,
  lostToInterrupts,
  type ProgramStats,
  timeLoop,
} from "../../native";
import { fromRoot } from "../project";
import type { Probe, Probes, Side } from "./probes";
import { ONE_IN } from "./run";

/**
 * Each round is some tenths of a millisecond, with the rings drained between. The middle one counts and not the quickest:
 * what else runs here makes the way dearer, for the tracer as for this loop.
 */
const ROUNDS = 40;
const TURNS: Record<Loop, number> = { call: 1000, emulated: 100, stepped: 30 };
/** Samples a second, enough for some in each round of spinning, which are half without samples and half with, in spells. */
const SAMPLE_HZ = 4000;
const SPIN_MS = 4;
const SPELLS = 8;
/** How long system calls are counted. */
const COUNT_MS = 30;

/** Chance has it that as good as no event is sampled. */
const MOST = 2 ** 32 - 1;

/** The system call of the loop, which nobody is likely to trace, and one that it does not make. */
const CALL = "getsid";
const OTHER_CALL = "getpgid";
const CALL_FUNCTION = `__${process.arch === "arm64" ? "arm64" : "x64"}_sys_${CALL}`;

/** Of calibration.bpf.c, "on_kprobe_multi" for "kprobe.multi". */
const programOf = (name: string): string => `on_${name.replace(".", "_")}`;

type Attachment = readonly [program: string, target?: AttachTarget];

async function attachEmpty(attachments: readonly Attachment[]): Promise<BpfObject> {
  const object = new BpfObject(fromRoot("dist", "calibration.bpf.o"));
  try {
    await object.load(
      attachments.map(([name]) => programOf(name)),
      CALL_FUNCTION,
    );
    for (const [name, target] of attachments) await object.attach(programOf(name), target);
    return object;
  } catch (error) {
    void object.close();
    throw error;
  }
}

function nsecPerRun(end: ProgramStats, start?: ProgramStats): number {
  const runs = Number(end.runs - (start?.runs ?? 0n));
  return runs > 0 ? Number(end.nsec - (start?.nsec ?? 0n)) / runs : 0;
}

const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** The middle of some rounds: nanoseconds a turn, and those that the statistics say of the programs of `object`. */
async function turns(
  loop: Loop,
  rounds: number,
  object?: BpfObject,
): Promise<{ turn: number; seen: number }> {
  const took: number[] = [];
  const seen: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await soon();
    const before = object?.stats() ?? [];
    took.push(timeLoop(loop, TURNS[loop]));
    const after = object?.stats() ?? [];
    seen.push(after.reduce((sum, end, i) => sum + nsecPerRun(end, before[i]), 0));
  }
  return { turn: middle(took), seen: middle(seen) };
}

/** Nanoseconds that the attachments add to a turn, without what statistics say of those programs that it runs. */
async function added(loop: Loop, attachments: readonly Attachment[], runs = true): Promise<number> {
  const before = await turns(loop, ROUNDS / 2);
  const object = await attachEmpty(attachments);
  let probed: { turn: number; seen: number };
  try {
    probed = await turns(loop, ROUNDS, object);
  } finally {
    await object.close();
  }
  const after = await turns(loop, ROUNDS / 2);
  return Math.max(0, probed.turn - (before.turn + after.turn) / 2 - (runs ? probed.seen : 0));
}

/** What interrupts take of a spinning thread, with samples less without, for each sample: by turns, as others' come and go. */
async function sampling(): Promise<number> {
  const bare = { lost: 0, spent: 0 };
  const sampled = { lost: 0, spent: 0 };
  let samples = 0;
  let seen = 0;
  const spin = async (into: { lost: number; spent: number }): Promise<void> => {
    await soon();
    const { lost, spent } = lostToInterrupts(SPIN_MS);
    into.lost += lost;
    into.spent += spent;
  };
  for (let spell = 0; spell < SPELLS; spell++) {
    for (let round = 0; round < ROUNDS / SPELLS; round++) await spin(bare);
    const object = await attachEmpty([["sample", { frequency: SAMPLE_HZ, pid: process.pid }]]);
    try {
      const [before] = object.stats();
      for (let round = 0; round < ROUNDS / SPELLS; round++) await spin(sampled);
      const [after] = object.stats();
      samples += Number((after?.runs ?? 0n) - (before?.runs ?? 0n));
      seen += Number((after?.nsec ?? 0n) - (before?.nsec ?? 0n));
    } finally {
      await object.close();
    }
  }
  if (samples === 0) throw new Error("no sample was taken");
  return Math.max(0, (sampled.lost - (bare.lost / bare.spent) * sampled.spent - seen) / samples);
}

/** Nanoseconds that the statistics say of a program which finds that its event is not sampled. */
async function skipping(): Promise<number> {
  const object = await attachEmpty([["skipped"]]);
  try {
    object.set(ONE_IN, MOST);
    return (await turns("call", ROUNDS, object)).seen;
  } finally {
    await object.close();
  }
}

const onCall: AttachTarget = { functions: [CALL_FUNCTION] };
const everyCall = (side: Side) => added("call", [[`every_${side}`]]);
const twice = () => added("call", [["every_sys_enter"], ["every_sys_enter_again"]]);
const oneCall = (side: Side, call: string, runs = true) =>
  added("call", [["tracepoint", { tracepoint: `syscalls:${side}_${call}` }]], runs);

const uprobe = (loop: "emulated" | "stepped") => added(loop, [["uprobe", loopFunction(loop)]]);
const bothUprobes = () =>
  added("emulated", [
    ["uprobe", loopFunction("emulated")],
    ["uretprobe", loopFunction("emulated")],
  ]);
const kernelProbe = (program: string) => added("call", [[program, onCall]]);
const bothKernelProbes = (first: string, second: string) =>
  added("call", [
    [first, onCall],
    [second, onCall],
  ]);

async function difference(...measured: [more: Promise<number>, less: Promise<number>]): Promise<number> {
  const [more, less] = await Promise.all(measured);
  return Math.max(0, more - less);
}

/** Lazily, one after the other; what cannot be measured here (no kprobes, no tracefs) counts as nothing, and is said. */
export class Calibration {
  private readonly known = new Map<string, number | undefined>();
  private readonly asked = new Map<string, Promise<number>>();
  private last: Promise<unknown> = Promise.resolve();

  /** Measures `what` once. */
  private once(what: string, measure: () => Promise<number>): Promise<number> {
    let result = this.asked.get(what);
    if (!result) {
      result = this.last.then(measure);
      this.last = result.catch(() => undefined);
      this.asked.set(what, result);
    }
    return result;
  }

  private measure(probe: Probe): Promise<number> {
    const uprobeAlone = () => this.once("uprobe", () => uprobe("emulated"));
    switch (probe) {
      case "tp_btf":
        return difference(this.once("twice", twice), this.measure("tp_btf, sys_enter"));
      case "tp_btf, sys_enter":
        return this.once(probe, () => everyCall("sys_enter"));
      case "tp_btf, sys_exit":
        return this.once(probe, () => everyCall("sys_exit"));
      case "tp":
        return this.oneCall("sys_exit");
      case "tp, sys_enter":
        return this.oneCall("sys_enter");
      case "iter":
        return Promise.resolve(0); // The server itself walks.
      case "perf_event":
        return this.once(probe, sampling);
      case "uprobe":
        return uprobeAlone();
      case "uprobe, stepped":
        return this.once(probe, () => uprobe("stepped"));
      case "uretprobe":
        return difference(this.once("both uprobes", bothUprobes), uprobeAlone());
      case "kretprobe":
      case "kretprobe.multi":
      case "fexit": {
        const entry = { kretprobe: "kprobe", "kretprobe.multi": "kprobe.multi", fexit: "fentry" } as const;
        return difference(
          this.once(`both ${probe}`, () => bothKernelProbes(entry[probe], probe)),
          this.measure(entry[probe]),
        );
      }
      default:
        return this.once(probe, () => kernelProbe(probe));
    }
  }

  private oneCall(side: Side): Promise<number> {
    return difference(
      this.once(`one ${side}`, () => oneCall(side, CALL)),
      this.otherCall(side),
    );
  }

  private otherCall(side: Side): Promise<number> {
    return this.once(`other ${side}`, () => oneCall(side, OTHER_CALL, false));
  }

  private async learn(what: string, measured: Promise<number>): Promise<void> {
    if (this.known.has(what)) return void measured.catch(() => undefined);
    this.known.set(what, await measured.catch(() => undefined));
  }

  /** Resolves when these kinds were measured, or found to be unmeasurable. Hold the statistics meanwhile. */
  async ready({ of, slows }: Probes): Promise<void> {
    for (const probe of new Set(of.values())) await this.learn(probe, this.measure(probe));
    for (const side of slows) await this.learn(side, this.otherCall(side));
    await this.learn("skipped", this.once("skipped", skipping));
  }

  /**
   * What is on system calls: to be measured while no run is, as all calls are slow already then, and a second program on
   * a tracepoint costs more than the first. Hold the statistics meanwhile.
   */
  readyForCalls(): Promise<void> {
    const probes: Probe[] = ["tp_btf, sys_enter", "tp_btf, sys_exit", "tp, sys_enter", "tp"];
    return this.ready({
      of: new Map(probes.map((probe) => [probe, probe])),
      slows: new Set(["sys_enter", "sys_exit"]),
    });
  }

  /** Samples that a run takes come with some of these, and make them look cheap. Hold the statistics meanwhile. */
  readyForSamples(): Promise<void> {
    return this.ready({ of: new Map([["sample", "perf_event"]]), slows: new Set() });
  }

  isReady({ of, slows }: Probes): boolean {
    return [...of.values(), ...slows].every((probe) => this.known.has(probe));
  }

  /** Nanoseconds of the way to a program and back; undefined: not measured. */
  unseen(probe: Probe): number | undefined {
    return this.known.get(probe);
  }

  /** Nanoseconds that a program takes for an event which it does not sample; 0 until that was measured. */
  get skipped(): number {
    return this.known.get("skipped") ?? 0;
  }

  /** Nanoseconds that a system call of the host takes longer; undefined: not all of that was measured. */
  slowerCall(sides: Iterable<Side>): number | undefined {
    let sum: number | undefined = 0;
    for (const side of sides) {
      const slower = this.known.get(side);
      sum = sum === undefined || slower === undefined ? undefined : sum + slower;
    }
    return sum;
  }
}

/** System calls of the host a second, counted for some hundredths of one. Hold the statistics meanwhile. */
export async function countCalls(): Promise<number> {
  const object = await attachEmpty([["every_sys_enter"]]);
  try {
    const start = process.hrtime.bigint();
    await sleep(COUNT_MS);
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    return Number(object.stats()[0]?.runs ?? 0n) / seconds;
  } finally {
    await object.close();
  }
}
