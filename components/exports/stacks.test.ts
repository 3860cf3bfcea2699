/** Stacks in the formats of other programs, read back by those programs' own schema or parser, all against one plain count. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import type { Column, Frame } from "../../server/protocol";
import type { ColumnValues, Decoded } from "../batch";
import { randomOf } from "../rows.fixture";
import { exported, formatsFor, hasStacks } from "./formats";
import type { Recording } from "./recording";

const BOOTED = Date.UTC(2026, 10, 25);
const ROWS = 4000;

const column = (name: string, type: Column["type"], meaning: string, place: number): Column => ({
  name,
  title: name,
  type,
  meaning,
  size: 8,
  key: false,
  place,
});
const columns = [
  column("time", "u64", "ktime", 0),
  column("duration", "u64", "nsec", 1),
  column("pid", "u32", "pid_n", 2),
  column("tid", "u32", "tid_n", 3),
  column("comm", "text", "comm", 4),
  column("kernel_stack", "stack", "stack_id", 5),
  column("user_stack", "stack", "stack_id", 6),
];

const frames: Frame[] = [
  { name: "main", module: "app", kind: "user" },
  { name: "operator new(unsigned long)", module: "libstdc++.so.6", kind: "user" },
  { name: "a;b\nc", module: "app", kind: "inlined" },
  { name: "LazyCompile:~hot file.js:3", module: "", kind: "jit" },
  { name: "libc.so.6+0x1234", module: "libc.so.6", kind: "unknown" },
  { name: "entry_SYSCALL_64", module: "", kind: "kernel" },
  { name: "ext4_read", module: "ext4", kind: "kernel" },
  { name: "héllo", module: "app", kind: "user" },
];
/** Leaf first; 9 has no names. */
const stacks = new Map([
  [1, [1, 0]],
  [2, [2, 3, 0]],
  [3, [4, 7, 0]],
  [4, [6, 5]],
  [5, [5]],
  [6, [0, 0, 0]],
]);

interface Sample {
  time: number;
  duration: number;
  pid: number;
  tid: number;
  comm: string;
  kernel_stack: number;
  user_stack: number;
}

function samplesOf(seed: number): Sample[] {
  const random = randomOf(seed);
  return Array.from({ length: ROWS }, (_, i) => {
    const tid = 100 + random(6);
    return {
      time: i * 1e6 + random(5e6),
      duration: 1 + random(5_000_000),
      pid: tid < 103 ? 100 : tid,
      tid,
      comm: tid === 101 ? "a;b" : `cmd ${tid % 3}`,
      kernel_stack: [0, 4, 5][random(3)] ?? 0,
      user_stack: [0, 1, 2, 3, 6, 9][random(6)] ?? 0,
    };
  });
}

function batchOf(samples: readonly Sample[], of: readonly Column[]): Decoded & { at: number } {
  const values = (name: string, type: Column["type"]): ColumnValues => {
    const all = samples.map((sample) => sample[name as keyof Sample]);
    if (type !== "text")
      return {
        kind: "numbers",
        values: type === "u64" ? BigUint64Array.from(all, (v) => BigInt(v)) : Uint32Array.from(all, Number),
      };
    const bytes = all.map((text) => Buffer.from(String(text)));
    let end = 0;
    const offsets = Uint32Array.of(0, ...bytes.map(({ length }) => (end += length)));
    return { kind: "text", offsets, bytes: Buffer.concat(bytes) };
  };
  return { rows: samples.length, columns: of.map(({ name, type }) => values(name, type)), at: 0 };
}

function recordingOf(samples: readonly Sample[], weighed: boolean): Recording {
  const of = weighed ? columns : columns.filter(({ name }) => name !== "duration");
  const frequency = { name: "frequency", title: "", type: "number" as const, meaning: "u32", default: 100 };
  return {
    tool: { name: "tool", title: "T", view: "flame", columns: of, parameters: weighed ? [] : [frequency] },
    parameters: {},
    host: { hostname: "h", kernel: "6" },
    context: {
      host: { bootedAt: BOOTED, startedAt: BOOTED, errnos: {}, syscalls: {} },
      functions: [],
      stacks: { frames, stacks },
      name: () => "",
    },
    batches: [batchOf(samples.slice(0, 1500), of), batchOf(samples.slice(1500), of)],
  };
}

/** Names root first, of the program and then of the kernel. */
const traceOf = ({ kernel_stack, user_stack }: Sample): string[] =>
  [user_stack, kernel_stack].flatMap((id) =>
    id === 0 ? [] : (stacks.get(id)?.map((frame) => frames[frame]?.name ?? "") ?? ["[unknown]"]).toReversed(),
  );

/** What `keyOf` calls the same, added up, sorted. */
function sums<T>(items: readonly T[], keyOf: (item: T) => unknown, weightOf: (item: T) => number) {
  const all = new Map<string, number>();
  for (const item of items) {
    const key = JSON.stringify(keyOf(item));
    all.set(key, (all.get(key) ?? 0) + weightOf(item));
  }
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1));
}

async function written(...[format, recording]: Parameters<typeof exported>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of exported(format, recording)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

const require = createRequire(import.meta.url);
const cases = [
  ["samples", false],
  ["time", true],
] as const;
const weightIn = (weighed: boolean) => (sample: Sample) => (weighed ? sample.duration : 1);

test.each(cases)("folded: a line for each command and stack, by %s", async (_, weighed) => {
  const samples = samplesOf(1);
  const lines = String(await written("folded", recordingOf(samples, weighed)))
    .split("\n")
    .slice(0, -1)
    .map((line) => /^(.+) (\d+)$/.exec(line)?.slice(1) ?? []);
  const plain = (text: string) => text.replaceAll(";", ":").replaceAll("\n", " ");
  const wanted = sums(samples, (one) => [one.comm, ...traceOf(one)].map(plain).join(";"), weightIn(weighed));
  expect(
    sums(
      lines,
      ([stack = ""]) => stack.replaceAll(/_\[[kji]\]/g, ""),
      ([, weight]) => Number(weight),
    ),
  ).toEqual(wanted);
  expect(lines).toHaveLength(new Set(lines.map(([stack]) => stack)).size);
  expect(lines.some(([stack]) => stack?.endsWith("entry_SYSCALL_64_[k];ext4_read_[k]"))).toBe(true);
});

test.each(cases)("pprof, read by pprof-format: values, labels and names, by %s", async (_, weighed) => {
  const samples = samplesOf(2);
  const profile = Profile.decode(gunzipSync(await written("pprof", recordingOf(samples, weighed))));
  const text = (index: number | bigint) => profile.stringTable.strings[Number(index)] ?? "";
  const types = profile.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`);
  expect(types).toEqual(
    weighed ? ["periods/count", "tool/nanoseconds"] : ["samples/count", "cpu/nanoseconds"],
  );
  expect(text(profile.defaultSampleType)).toBe(weighed ? "tool" : "cpu");
  const names = new Map(profile.function.map(({ id, name }) => [Number(id), text(name)]));
  const lines = new Map(
    profile.location.map(({ id, line }) => [Number(id), names.get(Number(line[0]?.functionId))]),
  );
  const mappings = new Set(profile.mapping.map(({ id }) => Number(id)));
  expect(profile.location.every(({ mappingId }) => mappings.has(Number(mappingId)))).toBe(true);
  const keyOf = ({ locationId, label }: (typeof profile.sample)[number]) => [
    ...label.map(({ key, str, num }) => `${text(key)} ${text(str) || num}`),
    ...locationId.map((id) => lines.get(Number(id))).toReversed(),
  ];
  const wantedKey = (one: Sample) => [
    `comm ${one.comm}`,
    `pid ${one.pid}`,
    `tid ${one.tid}`,
    ...traceOf(one),
  ];
  const value = (place: number) => (one: (typeof profile.sample)[number]) => Number(one.value[place]);
  expect(sums(profile.sample, keyOf, value(0))).toEqual(sums(samples, wantedKey, () => 1));
  expect(sums(profile.sample, keyOf, value(1))).toEqual(
    sums(samples, wantedKey, weighed ? (one) => one.duration : () => 1e7),
  );
  expect(Number(profile.period)).toBe(weighed ? 0 : 1e7);
  const times = samples.map(({ time }) => time);
  // A double holds today's nanoseconds to a quarter of a microsecond.
  expect(Number(profile.timeNanos) / 1e6).toBeCloseTo(Math.floor(BOOTED + Math.min(...times) / 1e6), 2);
  expect(Number(profile.durationNanos) / 1e9).toBeCloseTo((Math.max(...times) - Math.min(...times)) / 1e9, 3);
});

test.each(cases)(
  "speedscope, by its own schema: all samples, and those of each process, by %s",
  async (_, weighed) => {
    const samples = samplesOf(3);
    const file = JSON.parse(String(await written("speedscope", recordingOf(samples, weighed))));
    const schema = require.resolve("speedscope/dist/release/file-format-schema.json");
    expect(z.fromJSONSchema(JSON.parse(readFileSync(schema, "utf8"))).safeParse(file).error).toBeUndefined();
    const [all, ...processes] = file.profiles as {
      name: string;
      unit: string;
      samples: number[][];
      weights: number[];
      endValue: number;
    }[];
    const read = ({ samples, weights }: NonNullable<typeof all>) =>
      sums(
        samples.map((trace, i) => ({ trace, weight: weights[i] ?? 0 })),
        ({ trace }) => trace.map((frame) => file.shared.frames[frame].name),
        ({ weight }) => weight,
      );
    const keyOf = (one: Sample) => [one.comm, ...traceOf(one)];
    expect(all && read(all)).toEqual(sums(samples, keyOf, weightIn(weighed)));
    expect(all?.unit).toBe(weighed ? "nanoseconds" : "none");
    expect(processes).toHaveLength(new Set(samples.map(({ pid }) => pid)).size);
    for (const process of processes) {
      const own = samples.filter(({ pid }) => pid === Number(process.name.split(" ").at(-1)));
      expect(read(process)).toEqual(sums(own, keyOf, weightIn(weighed)));
      expect(process.endValue).toBe(process.weights.reduce((sum, weight) => sum + weight, 0));
    }
  },
);

test.each(cases)(
  "Firefox Profiler: every index is one, and threads have their samples in time, by %s",
  async (_, weighed) => {
    const samples = samplesOf(4);
    const { meta, shared, threads } = JSON.parse(
      String(await written("firefox", recordingOf(samples, weighed))),
    );
    for (const table of [
      "stackTable",
      "frameTable",
      "funcTable",
      "resourceTable",
      "nativeSymbols",
      "sources",
    ])
      for (const values of Object.values(shared[table]))
        if (Array.isArray(values)) expect(values).toHaveLength(shared[table].length);
    const { stackTable, frameTable, funcTable, stringArray } = shared;
    stackTable.prefix.forEach((prefix: number | null, i: number) => {
      expect(prefix === null || prefix < i).toBe(true);
    });
    const namesOf = (stack: number | null): string[] =>
      stack === null
        ? []
        : [
            ...namesOf(stackTable.prefix[stack]),
            stringArray[funcTable.name[frameTable.func[stackTable.frame[stack]]]],
          ];
    expect(frameTable.category.every((category: number) => meta.categories[category])).toBe(true);
    const read = threads.flatMap(
      (thread: {
        pid: string;
        tid: number;
        name: string;
        samples: { stack: number[]; time: number[]; weight: number[] };
      }) =>
        thread.samples.stack.map((stack, i) => ({
          key: [thread.pid, thread.tid, thread.name, ...namesOf(stack)],
          weight: Math.round((thread.samples.weight[i] ?? 0) * (weighed ? 1e6 : 1)),
          at: Math.round((meta.startTime + (thread.samples.time[i] ?? 0) - BOOTED) * 1e3),
        })),
    ) as { key: unknown[]; weight: number; at: number }[];
    const keyOf = (one: Sample) => [String(one.pid), one.tid, one.comm, ...traceOf(one)];
    expect(
      sums(
        read,
        ({ key }) => key,
        ({ weight }) => weight,
      ),
    ).toEqual(sums(samples, keyOf, weightIn(weighed)));
    // The epoch's milliseconds leave a double a quarter of a microsecond.
    const times = samples.map(({ time }) => time / 1e3).sort((a, b) => a - b);
    const away = read
      .map(({ at }) => at)
      .sort((a, b) => a - b)
      .map((at, i) => Math.abs(at - (times[i] ?? 0)));
    expect(Math.max(...away)).toBeLessThan(2);
    for (const {
      samples: { time },
    } of threads)
      expect(time).toEqual([...time].sort((a: number, b: number) => a - b));
  },
);

test.each(cases)(
  "Firefox Profiler, read by its own command line: what functions took, by %s",
  {
    timeout: 60_000,
  },
  async (_, weighed) => {
    const folder = mkdtempSync(join(tmpdir(), "ringside-firefox-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const samples = samplesOf(6);
    const file = join(folder, "profile.json");
    writeFileSync(file, await written("firefox", recordingOf(samples, weighed)));
    const program = require.resolve("@firefox-devtools/profiler-cli");
    const env = { ...process.env, PROFILER_CLI_SESSION_DIR: join(folder, "sessions") };
    const cli = (...args: string[]): string =>
      execFileSync(process.execPath, [program, ...args], { encoding: "utf8", env, maxBuffer: 1 << 26 });
    cli("load", file);
    onTestFinished(() => void cli("stop", "--all"));
    const { threads } = JSON.parse(cli("thread", "list", "--json")) as {
      threads: { threadHandle: string; pid: string; tid: number; name: string }[];
    };
    const found = threads.flatMap(({ threadHandle, pid, tid, name }) => {
      const args = ["thread", "functions", "--json", "--limit", "0", "--thread", threadHandle];
      const { functions } = JSON.parse(cli(...args)) as {
        functions: { name: string; selfSamples: number }[];
      };
      return functions
        .filter(({ selfSamples }) => selfSamples > 0)
        .map((one) => ({ key: [pid, tid, name, one.name], self: one.selfSamples * (weighed ? 1e6 : 1) }));
    });
    // It leaves out samples without a stack, as there is no function to name.
    const named = samples.filter((one) => traceOf(one).length > 0);
    expect(
      sums(
        found,
        ({ key }) => key,
        ({ self }) => self,
      ).map(([key, self]) => [key, Math.round(self)]),
    ).toEqual(
      sums(named, (one) => [String(one.pid), one.tid, one.comm, traceOf(one).at(-1)], weightIn(weighed)),
    );
  },
);

test("only the samples of the chosen time are written, and nothing is a valid file too", async () => {
  const samples = samplesOf(5);
  const range = { from: 1000, to: 2000 };
  const within = samples.filter(({ time }) => time >= 1000e6 && time < 2000e6);
  const lines = String(await written("folded", { ...recordingOf(samples, false), range }))
    .split("\n")
    .filter(Boolean);
  expect(lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0)).toBe(within.length);
  expect(within.length).toBeGreaterThan(100);
  const empty = recordingOf([], false);
  expect(String(await written("folded", empty))).toBe("");
  expect(Profile.decode(gunzipSync(await written("pprof", empty))).sample).toEqual([]);
  expect(JSON.parse(String(await written("speedscope", empty))).profiles[0].samples).toEqual([]);
  expect(JSON.parse(String(await written("firefox", empty))).threads).toEqual([]);
});

test("a table without stacks is offered rows only, and refuses the rest", async () => {
  const plain = columns.filter(({ type }) => type !== "stack");
  expect(formatsFor(hasStacks(plain)).map(({ name }) => name)).toEqual(["ndjson", "csv"]);
  expect(formatsFor(hasStacks(columns))).toHaveLength(6);
  const recording = recordingOf([], false);
  const tool = { ...recording.tool, columns: plain };
  await expect(written("pprof", { ...recording, tool })).rejects.toThrow("records no stacks");
});
