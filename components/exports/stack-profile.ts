/** The samples of a table of stacks, as every profile format wants them: threads, traces, times and weights. */
import type { Frame } from "../../server/protocol";
import { numberAt, textAt } from "../batch";
import { flameColumns } from "../panels/flame-columns";
import { inRange, type Recording } from "./recording";

export interface ProfiledThread {
  pid: number;
  tid: number;
  comm: string;
}

export interface StackProfile {
  name: string;
  /** What a weight counts. */
  unit: "samples" | "nanoseconds";
  /** Nanoseconds of CPU time that a sample stands for, where samples were taken at a rate. */
  period: number | undefined;
  hostname: string;
  kernel: string;
  frames: Frame[];
  /** Indexes into `frames`, root first: the program's, then the kernel's. */
  traces: number[][];
  threads: ProfiledThread[];
  /** Of the same length, in the order of the rows. */
  samples: {
    /** Milliseconds since the epoch: when the row's time ended. */
    at: number[];
    /** Indexes into `threads` and `traces`. */
    thread: number[];
    trace: number[];
    weight: number[];
  };
}

/** Stands for a stack whose names never came. */
const NAMELESS: Frame = { name: "[unknown]", module: "", kind: "unknown" };

/** Undefined when the table has no stacks. */
export function stackProfile(recording: Recording): StackProfile | undefined {
  const { tool, parameters, host, context } = recording;
  const places = flameColumns(tool.columns);
  if (!places) return undefined;
  const { frames, stacks } = context.stacks;
  const profile: StackProfile = {
    name: tool.name,
    unit: tool.columns[places.weight]?.meaning === "nsec" ? "nanoseconds" : "samples",
    period: periodOf(tool, parameters),
    hostname: host.hostname,
    kernel: host.kernel,
    frames: [...frames, NAMELESS],
    traces: [],
    threads: [],
    samples: { at: [], thread: [], trace: [], weight: [] },
  };
  const threads = new Map<string, number>();
  const traces = new Map<string, number>();
  const rootFirst = (id: number): number[] =>
    id === 0 ? [] : [...(stacks.get(id) ?? [frames.length])].reverse();
  const isWanted = inRange(recording);
  const { samples } = profile;
  for (const batch of recording.batches)
    for (let row = 0; row < batch.rows; row++) {
      if (!isWanted(batch, row)) continue;
      const number = (place: number) => numberAt(batch.columns[place], row);
      const [pid, kernel, user] = [number(places.pid), number(places.kernel), number(places.user)];
      const tid = places.tid === -1 ? pid : number(places.tid);
      const comm = textAt(batch.columns[places.comm], row);
      samples.at.push(context.host.bootedAt + (places.time === -1 ? batch.at : number(places.time) / 1e6));
      samples.thread.push(
        numbered(threads, `${tid} ${pid} ${comm}`, () => profile.threads.push({ pid, tid, comm })),
      );
      samples.trace.push(
        numbered(traces, `${kernel} ${user}`, () =>
          profile.traces.push([...rootFirst(user), ...rootFirst(kernel)]),
        ),
      );
      samples.weight.push(places.weight === -1 ? 1 : number(places.weight));
    }
  return profile;
}

/** The number of a key; `add` gives how many there are once it is added. */
function numbered(known: Map<string, number>, key: string, add: () => number): number {
  let number = known.get(key);
  if (number === undefined) {
    number = add() - 1;
    known.set(key, number);
  }
  return number;
}

/** The server opens the perf event with the parameter of this name, in Hz. */
function periodOf(tool: Recording["tool"], parameters: Recording["parameters"]): number | undefined {
  const frequency = tool.parameters.find(({ name }) => name === "frequency");
  const hertz = Number(parameters.frequency ?? frequency?.default);
  return hertz > 0 ? Math.round(1e9 / hertz) : undefined;
}

/** Weights and counts of the samples that `keyOf` calls the same, in the order of their first. */
export function summed(
  { samples }: StackProfile,
  keyOf: (sample: number) => string,
): { first: number; weight: number; count: number }[] {
  const sums = new Map<string, { first: number; weight: number; count: number }>();
  for (let sample = 0; sample < samples.at.length; sample++) {
    const key = keyOf(sample);
    const sum = sums.get(key);
    const weight = samples.weight[sample] ?? 0;
    if (sum) {
      sum.weight += weight;
      sum.count++;
    } else sums.set(key, { first: sample, weight, count: 1 });
  }
  return [...sums.values()];
}
