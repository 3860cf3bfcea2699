/**
 * Firefox Profiler's processed format, version 60, which newer ones upgrade:
 * https://github.com/firefox-devtools/profiler/blob/main/docs-developer/processed-profile-format.md
 */
import type { FrameKind } from "../../server/protocol";
import type { StackProfile } from "./stack-profile";

const PROCESSED_VERSION = 60;
/** Of Firefox's own, unprocessed format, of that time. */
const GECKO_VERSION = 33;

/** The first is for what has none; colours are the profiler's. */
const CATEGORIES = ["Other", "User", "Kernel", "JIT"] as const;
const COLOURS = { Other: "grey", User: "yellow", Kernel: "orange", JIT: "green" } as const;
const CATEGORY_OF: Record<FrameKind, (typeof CATEGORIES)[number]> = {
  user: "User",
  inlined: "User",
  kernel: "Kernel",
  jit: "JIT",
  unknown: "Other",
};

class Texts {
  readonly all: string[] = [];
  private readonly known = new Map<string, number>();
  of(text: string): number {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    this.known.set(text, this.all.length);
    return this.all.push(text) - 1;
  }
}

const nulls = (length: number): null[] => Array.from({ length }, () => null);
const repeated = <T>(value: T, length: number): T[] => Array.from({ length }, () => value);

/** Stacks as a tree: each node's frame, and its parent or null. */
function stackTable({ traces }: StackProfile) {
  const table = { frame: [] as number[], prefix: [] as (number | null)[], length: 0 };
  const known = new Map<string, number>();
  const leaves = traces.map((trace) =>
    trace.reduce<number | null>((prefix, frame) => {
      const key = `${prefix} ${frame}`;
      let node = known.get(key);
      if (node === undefined) {
        node = table.length++;
        table.frame.push(frame);
        table.prefix.push(prefix);
        known.set(key, node);
      }
      return node;
    }, null),
  );
  return { table, leaves };
}

export function firefox(profile: StackProfile): string {
  const { samples, threads, frames } = profile;
  const texts = new Texts();
  const { table, leaves } = stackTable(profile);
  const modules = [...new Set(frames.map(({ module }) => module).filter(Boolean))];
  const count = frames.length;
  const startTime = samples.at.reduce((least, at) => Math.min(least, at), samples.at[0] ?? 0);
  const categories = frames.map(({ kind }) => CATEGORIES.indexOf(CATEGORY_OF[kind]));
  const shared = {
    stackTable: table,
    frameTable: {
      address: repeated(-1, count),
      inlineDepth: repeated(0, count),
      category: categories,
      subcategory: repeated(0, count),
      func: frames.map((_, i) => i),
      nativeSymbol: nulls(count),
      innerWindowID: nulls(count),
      line: nulls(count),
      column: nulls(count),
      length: count,
    },
    funcTable: {
      name: frames.map(({ name }) => texts.of(name)),
      isJS: repeated(false, count),
      relevantForJS: repeated(false, count),
      resource: frames.map(({ module }) => modules.indexOf(module)),
      source: nulls(count),
      lineNumber: nulls(count),
      columnNumber: nulls(count),
      length: count,
    },
    resourceTable: {
      lib: nulls(modules.length),
      name: modules.map((name) => texts.of(name)),
      host: nulls(modules.length),
      type: repeated(1, modules.length), // A library.
      length: modules.length,
    },
    nativeSymbols: { libIndex: [], address: [], name: [], functionSize: [], length: 0 },
    sources: { uuid: [], filename: [], length: 0 },
    stringArray: texts.all,
  };
  const ofThread = threads.map((): number[] => []);
  for (const [sample, thread] of samples.thread.entries()) ofThread[thread]?.push(sample);
  const processNames = new Map(
    threads.filter(({ pid, tid }) => pid === tid).map(({ pid, comm }) => [pid, comm]),
  );
  return JSON.stringify({
    meta: {
      version: GECKO_VERSION,
      preprocessedProfileVersion: PROCESSED_VERSION,
      interval: (profile.period ?? 1e6) / 1e6,
      startTime,
      processType: 0,
      product: `Ringside ${profile.name}`,
      stackwalk: 1,
      oscpu: `Linux ${profile.kernel}`,
      platform: profile.hostname,
      toolkit: "",
      symbolicated: true,
      debug: false,
      markerSchema: [],
      extensions: { baseURL: [], id: [], name: [], length: 0 },
      categories: CATEGORIES.map((name) => ({ name, color: COLOURS[name], subcategories: ["Other"] })),
      usesOnlyOneStackType: true,
      sourceCodeIsNotOnSearchfox: true,
    },
    libs: [],
    pages: [],
    shared,
    threads: threads.map(({ pid, tid, comm }, number) => {
      // Its tables are by time.
      const of = (ofThread[number] ?? []).sort((a, b) => (samples.at[a] ?? 0) - (samples.at[b] ?? 0));
      return {
        name: comm || "?",
        processName: processNames.get(pid) ?? comm,
        processType: "default",
        isMainThread: pid === tid,
        pid: String(pid),
        tid,
        processStartupTime: 0,
        processShutdownTime: null,
        registerTime: 0,
        unregisterTime: null,
        pausedRanges: [],
        samples: {
          stack: of.map((sample) => leaves[samples.trace[sample] ?? 0] ?? null),
          time: of.map((sample) => (samples.at[sample] ?? 0) - startTime),
          weight: of.map((sample) =>
            profile.unit === "nanoseconds"
              ? (samples.weight[sample] ?? 0) / 1e6
              : (samples.weight[sample] ?? 0),
          ),
          weightType: profile.unit === "nanoseconds" ? "tracing-ms" : "samples",
          length: of.length,
        },
        markers: { data: [], name: [], startTime: [], endTime: [], phase: [], category: [], length: 0 },
      };
    }),
  });
}
