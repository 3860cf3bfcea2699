import { expect, test } from "vitest";
import type { Column } from "../../server/protocol";
import { labelText } from "../draw/flame";
import { layoutFlame } from "../draw/flame-layout";
import { OFFSET_MS, OFFSETS } from "../draw/flame-strip";
import { StackStore } from "../stacks";
import type { Batch } from "../table";
import { type FlameColumns, flameColumns } from "./flame-columns";
import { FlameModel, type Shown, type ShownPart } from "./flame-model";
import { hashOf, REMEMBERED, Samples } from "./flame-samples";
import { type FlameSetting, readFlameView, USUAL, writeFlameView } from "./flame-view";
import { Tuples } from "./tuples";

const column = (name: string, meaning: string, type: Column["type"]): Column => ({
  name,
  meaning,
  type,
  key: false,
  size: 4,
  title: name,
  place: 0,
});
const schema = [
  column("time", "ktime", "u64"),
  column("kernel_stack", "stack_id", "stack"),
  column("user_stack", "stack_id", "stack"),
  column("pid", "pid_n", "u32"),
  column("tid", "tid_n", "u32"),
  column("comm", "comm", "text"),
  column("duration", "nsec", "u64"),
];
const weighted = flameColumns(schema) as FlameColumns;
const counted: FlameColumns = { ...weighted, weight: -1 };

interface Row {
  /** Milliseconds. */
  at?: number;
  kernel?: number;
  user?: number;
  pid?: number;
  tid?: number;
  comm?: string;
  weight?: number;
}

const utf8 = new TextEncoder();
function batch(position: number, rows: Row[], read = 1e9): Batch {
  const words = rows.map(({ comm = "p" }) => utf8.encode(comm));
  const offsets = new Uint32Array(words.length + 1);
  words.forEach((word, i) => {
    offsets[i + 1] = (offsets[i] as number) + word.length;
  });
  const numbers = (of: (row: Row) => number) => ({
    kind: "numbers" as const,
    values: Uint32Array.from(rows, of),
  });
  const wide = (of: (row: Row) => number) => ({
    kind: "numbers" as const,
    values: BigUint64Array.from(rows, (row) => BigInt(Math.round(of(row)))),
  });
  return {
    at: read,
    first: position,
    position,
    bytes: 0,
    rows: rows.length,
    columns: [
      wide(({ at = 0 }) => at * 1e6),
      numbers(({ kernel = 0 }) => kernel),
      numbers(({ user = 0 }) => user),
      numbers(({ pid = 7 }) => pid),
      numbers(({ tid, pid = 7 }) => tid ?? pid),
      { kind: "text", offsets, bytes: Uint8Array.from(words.flatMap((w) => [...w])) },
      wide(({ weight = 1 }) => weight),
    ],
  };
}

/** Frames by name, stacks of them leaf first. No animation frame is needed: nobody listens. */
function stacksOf(named: Record<number, string[]>): StackStore {
  const store = new StackStore();
  const names = [...new Set(Object.values(named).flat())];
  const places = new Map(names.map((name, i) => [name, i]));
  store.frames = names.map((name) => ({ name, module: "", kind: name.startsWith("k_") ? "kernel" : "user" }));
  for (const [id, frames] of Object.entries(named))
    store.stacks.set(
      Number(id),
      frames.map((f) => places.get(f) ?? -1),
    );
  store.version++;
  return store;
}

class Pictured {
  readonly batches: Batch[] = [];
  readonly model: FlameModel;
  private position = 0;
  constructor(
    private readonly stacks: StackStore,
    columns = counted,
  ) {
    this.model = new FlameModel(columns);
  }
  add(rows: Row[], read?: number) {
    this.batches.push(batch(this.position, rows, read));
    this.position += rows.length;
    return this;
  }
  show(setting: Partial<FlameSetting> = {}): Shown {
    return this.model.show(this, this.stacks, { ...USUAL, ...setting }, Number.POSITIVE_INFINITY);
  }
  name = (part: ShownPart, node: number) => {
    const frame = this.model.samples.frames[part.tree.frame[node] as number];
    return frame ? labelText(frame) : "?";
  };
  /** "a;b;c 3" for each node that samples ended in, as stackcollapse writes it. */
  collapsed(part: ShownPart, self = part.now.self): string[] {
    const lines: string[] = [];
    for (let node = 0; node < part.tree.size; node++) {
      if (self[node] === 0) continue;
      const names: string[] = [];
      for (let n = node; n > 0; n = part.tree.parent[n] as number) names.unshift(this.name(part, n));
      lines.push(`${names.join(";")} ${self[node]}`);
    }
    return lines.sort();
  }
}

test("columns are found by type and meaning; without stacks there is no flame graph", () => {
  expect(weighted).toEqual({ time: 0, kernel: 1, user: 2, pid: 3, tid: 4, comm: 5, weight: 6 });
  expect(flameColumns(schema.slice(3))).toBeUndefined();
  const alone = [column("stack", "stack_id", "stack"), column("count", "count_n", "u64")];
  expect(flameColumns(alone)).toEqual({
    kernel: -1,
    user: 0,
    weight: 1,
    time: -1,
    comm: -1,
    pid: -1,
    tid: -1,
  });
});

test("triples get numbers in the order they come, and the same ones again", () => {
  const tuples = new Tuples();
  const triple = (i: number): [number, number, number] => [i % 97, i % 89, -(i % 83)];
  const numbers = () => Array.from({ length: 20_000 }, (_, i) => tuples.numberOf(...triple(i)));
  expect(numbers()).toEqual(numbers().map((_, i) => i));
  expect(tuples.size).toBe(20_000);
});

test("samples add up along their stacks: kernel on top of user on top of whose they are", () => {
  const stacks = stacksOf({ 1: ["k_read", "k_entry"], 2: ["read", "main"], 3: ["spin", "main"] });
  const picture = new Pictured(stacks).add([
    { kernel: 1, user: 2, comm: "dd" },
    { kernel: 1, user: 2, comm: "dd" },
    { user: 3, comm: "dd", tid: 8 },
    { kernel: 1, pid: 2, comm: "kworker" },
    { user: 3, pid: 9, comm: "sh" },
    { user: 3, pid: 10, comm: "sh" },
  ]);
  const lines = (setting: Partial<FlameSetting>) => picture.collapsed(picture.show(setting).parts[0]);
  expect(lines({})).toEqual([
    "dd (7);main;read;k_entry;k_read 2",
    "dd (7);main;spin 1",
    "kworker (2);k_entry;k_read 1",
    "sh;main;spin 2",
  ]);
  expect(lines({ by: "thread" })).toEqual([
    "dd (7);dd (7);main;read;k_entry;k_read 2",
    "dd (7);dd (8);main;spin 1",
    "kworker (2);kworker (2);k_entry;k_read 1",
    "sh (10);sh (10);main;spin 1",
    "sh (9);sh (9);main;spin 1",
  ]);
  expect(lines({ by: "nothing" })).toEqual(["k_entry;k_read 1", "main;read;k_entry;k_read 2", "main;spin 3"]);
  expect(picture.show().all).toBe(6);
});

test("a process is called what its first thread is called, whichever is seen first", () => {
  const picture = new Pictured(stacksOf({ 1: ["main"] })).add([{ user: 1, tid: 9, comm: "worker" }]);
  const names = () => picture.collapsed(picture.show({ by: "process" }).parts[0]);
  expect(names()).toEqual(["worker (7);main 1"]);
  picture.add([{ user: 1, comm: "server" }]);
  expect(names()).toEqual(["server (7);main 2"]);
});

test("batches are taken once, also when offered again or cut at the front", () => {
  const picture = new Pictured(stacksOf({ 3: ["spin", "main"] }))
    .add([
      { user: 3, comm: "a" },
      { user: 3, comm: "a" },
    ])
    .add([{ user: 3, pid: 8, comm: "b" }]);
  picture.show();
  const { version } = picture.model.samples;
  picture.show();
  expect(picture.model.samples.version).toBe(version);
  picture.add([{ user: 3, pid: 9, comm: "b" }]);
  picture.batches.shift();
  expect(picture.collapsed(picture.show().parts[0])).toEqual(["a (7);main;spin 2", "b;main;spin 2"]);
});

test("samples wait for the names of their stacks and are counted when these come", () => {
  const stacks = new StackStore();
  const picture = new Pictured(stacks).add([{ user: 3, comm: "a" }, { user: 3, comm: "a" }, { comm: "a" }]);
  expect(picture.show()).toMatchObject({ waiting: 2, all: 3 });
  Object.assign(stacks, { ...stacksOf({ 3: ["spin", "main"] }), version: 1 });
  const shown = picture.show();
  expect(shown.waiting).toBe(0);
  expect(picture.collapsed(shown.parts[0])).toEqual(["a (7) 1", "a (7);main;spin 2"]);
});

test("what a render has no time for is placed by the next ones", () => {
  const named: Record<number, string[]> = {};
  for (let id = 1; id <= 5000; id++) named[id] = [`leaf${id}`, "main"];
  const stacks = stacksOf(named);
  const picture = new Pictured(stacks).add(Object.keys(named).map((id) => ({ user: Number(id) })));
  const first = picture.model.show(picture, stacks, USUAL, -1);
  expect(first.done).toBe(false);
  expect(first.waiting).toBeGreaterThan(0);
  let renders = 1;
  while (!picture.model.show(picture, stacks, USUAL, -1).done) renders++;
  expect(renders).toBeGreaterThan(3);
  expect(picture.show().parts[0].now.total[0]).toBe(5000);
});

test("children stand in the order of their names, however they came, or the widest first", () => {
  const stacks = stacksOf({ 1: ["c", "main"], 2: ["a", "main"], 3: ["b", "main"] });
  const picture = new Pictured(stacks).add([{ user: 1 }]).add([{ user: 2 }]);
  picture.show();
  const part = picture.add([{ user: 3 }, { user: 3 }, { user: 1 }, { user: 1 }]).show().parts[0];
  const names = (order: "name" | "weight") => {
    const rects = layoutFlame(part.drawn, 0, 300, order);
    return [...rects.node.slice(0, rects.count)].map((node) => picture.name(part, node));
  };
  expect(names("name")).toEqual(["all", "p (7)", "main", "a", "b", "c"]);
  expect(names("weight")).toEqual(["all", "p (7)", "main", "c", "b", "a"]);
});

test("a node is found again by its path, in a tree that grew another way", () => {
  const stacks = stacksOf({ 1: ["c", "main"], 2: ["a", "main"] });
  const one = new Pictured(stacks).add([{ user: 1 }, { user: 2 }]).show().parts[0];
  const other = new Pictured(stacks)
    .add([
      { user: 2, pid: 9, comm: "q" },
      { user: 2, pid: 8 },
      { user: 1, pid: 8 },
    ])
    .show().parts[0];
  for (let node = 0; node < one.tree.size; node++) {
    const twin = other.tree.nodeAt(one.tree.path[node] as number);
    expect(other.now.self[twin]).toBe(one.now.self[node]);
  }
  expect(one.tree.nodeAt(12345)).toBe(-1);
});

/** A small random number generator, mulberry32: the same stacks each time. */
function chance(seed: number) {
  let a = seed;
  return (below: number) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

interface Sample {
  at: number;
  /** Root first. */
  path: string[];
  weight: number;
}

/** Rows of made-up programs that call themselves a lot, and the same samples as plain lists of names. */
function generated(seed: number, rows: number) {
  const below = chance(seed);
  const named: Record<number, string[]> = {};
  for (let id = 1; id <= 120; id++) {
    const prefix = id % 2 ? "k_" : "";
    named[id] = Array.from({ length: 1 + below(12) }, () => `${prefix}${"abcdef"[below(6)]}`);
  }
  const samples: Sample[] = [];
  const made = Array.from({ length: rows }, (): Row => {
    const [kernel, user] = [below(3) ? 0 : 1 + 2 * below(60), below(5) ? 2 + 2 * below(60) : 0];
    const row = { at: below(20_000), kernel, user, comm: "xyz"[below(3)] as string, weight: 1 + below(1e6) };
    const path = [row.comm, ...(named[user] ?? []).toReversed(), ...(named[kernel] ?? []).toReversed()];
    samples.push({ at: row.at, path, weight: row.weight });
    return { ...row, pid: row.comm.charCodeAt(0) };
  });
  return { stacks: stacksOf(named), rows: made, samples };
}

/** Sums by whole path, as `collapsed` writes them: slow and obvious. */
function summed(samples: Sample[], pathOf: (path: string[]) => string[] | undefined): string[] {
  const sums = new Map<string, number>();
  for (const { path, weight } of samples) {
    const kept = pathOf(path);
    if (kept) sums.set(kept.join(";"), (sums.get(kept.join(";")) ?? 0) + weight);
  }
  return [...sums].map(([path, sum]) => `${path} ${sum}`).sort();
}
const owned = (path: string[]) => path.map((name, i) => (i === 0 ? `${name} (${name.charCodeAt(0)})` : name));

test.each([1, 2, 3])("whole, collapsed, callers and callees are what a slow sum says (%i)", (seed) => {
  const { stacks, rows, samples } = generated(seed, 2000);
  const picture = new Pictured(stacks, weighted).add(rows.slice(0, 700)).add(rows.slice(700));
  const lines = (setting: Partial<FlameSetting>, part = 0) =>
    picture.collapsed(picture.show(setting).parts[part] as ShownPart);
  expect(lines({})).toEqual(summed(samples, owned));
  const once = (path: string[]) => path.filter((name, i) => i === 0 || name !== path[i - 1]);
  expect(lines({ collapse: true })).toEqual(summed(samples, (path) => owned(once(path))));
  for (const name of ["a", "k_b"]) {
    const around = hashOf(`${name.startsWith("k_") ? "kernel" : "user"}  ${name}`);
    const outermost = (path: string[]) => path.indexOf(name, 1);
    const callers = (path: string[]) =>
      outermost(path) < 0 ? undefined : owned(path).slice(0, outermost(path)).toReversed();
    const callees = (path: string[]) =>
      outermost(path) < 0 ? undefined : owned(path).slice(outermost(path) + 1);
    expect(lines({ around }, 0)).toEqual(summed(samples, callers));
    expect(lines({ around }, 1)).toEqual(summed(samples, callees));
  }
});

test("a stretch of time, and a difference of two, are what a slow sum says", () => {
  const { stacks, rows, samples } = generated(4, 2000);
  const picture = new Pictured(stacks, weighted).add(rows.slice(0, 500));
  const time = { from: 3000, to: 9000 };
  const base = { from: 0, to: 3000 };
  picture.show({ time, base });
  const shown = picture.add(rows.slice(500)).show({ time, base });
  const [part] = shown.parts;
  const within = ({ from, to }: typeof time) => samples.filter(({ at }) => at >= from && at < to);
  expect(picture.collapsed(part)).toEqual(summed(within(time), owned));
  expect(picture.collapsed(part, part.comparison?.before.self)).toEqual(summed(within(base), owned));

  const sum = (all: Sample[]) => all.reduce((total, { weight }) => total + weight, 0);
  const share = (all: Sample[], name: string) => sum(all.filter(({ path }) => path[0] === name)) / sum(all);
  let width = 0;
  for (const name of ["x", "y", "z"]) {
    const node = Array.from({ length: part.tree.size }, (_, n) => n).find(
      (n) => part.tree.parent[n] === 0 && picture.name(part, n).startsWith(name),
    ) as number;
    const [now, before] = [share(within(time), name), share(within(base), name)];
    expect(part.comparison?.shares(node).now).toBeCloseTo(now, 10);
    expect(part.comparison?.shares(node).before).toBeCloseTo(before, 10);
    expect(part.comparison?.change(node)).toBeCloseTo((now - before) / Math.max(now, before), 10);
    expect(part.drawn.total[node]).toBeCloseTo((now + before) / 2, 10);
    width += part.drawn.total[node] as number;
  }
  expect(width).toBeCloseTo(1, 10);
  // Without a time: what came after the baseline.
  expect(picture.collapsed(picture.show({ base }).parts[0])).toEqual(
    summed(within({ from: 3000, to: 1e9 }), owned),
  );
});

test("what is new since the baseline is all red, what is gone all blue, what hardly is there neither", () => {
  const stacks = stacksOf({ 1: ["old"], 2: ["new"], 3: ["rare"], 4: ["same"] });
  const rows = (user: number, at: number, times: number): Row[] => Array(times).fill({ user, at });
  const picture = new Pictured(stacks).add([
    ...rows(1, 1, 500),
    ...rows(4, 1, 500),
    ...rows(2, 2, 500),
    ...rows(4, 2, 499),
    ...rows(3, 2, 1),
  ]);
  const [part] = picture.show({ base: { from: 0, to: 2 } }).parts;
  const change = (name: string) =>
    part.comparison?.change(
      Array.from({ length: part.tree.size }, (_, n) => n).find((n) => picture.name(part, n) === name) ?? -1,
    );
  expect(change("old")).toBe(-1);
  expect(change("new")).toBe(1);
  expect(change("same")).toBeCloseTo(0, 2);
  expect(change("rare")).toBeCloseTo(0.2, 5);
  // Of twenty samples two are chance.
  const few = new Pictured(stacks).add([...rows(1, 1, 20), ...rows(1, 2, 18), ...rows(2, 2, 2)]);
  const [small] = few.show({ base: { from: 0, to: 2 } }).parts;
  expect(small.comparison?.change(small.tree.size - 1)).toBeCloseTo(0.1 / 0.25, 5);
});

test("the share that matches counts each sample once, also among callers and callees", () => {
  const { stacks, rows, samples } = generated(5, 1000);
  const picture = new Pictured(stacks, weighted).add(rows);
  const shown = picture.show();
  const matches = Uint8Array.from(picture.model.samples.frames, ({ name }) => (name === "b" ? 1 : 0));
  const sum = (all: Sample[]) => all.reduce((total, { weight }) => total + weight, 0);
  const has = (name: string) => (sample: Sample) => sample.path.includes(name, 1);
  expect(shown.matched(matches)).toBeCloseTo(sum(samples.filter(has("b"))) / sum(samples), 10);
  const around = picture.show({ around: hashOf("user  a") });
  const withA = samples.filter(has("a"));
  expect(around.matched(matches)).toBeCloseTo(sum(withA.filter(has("b"))) / sum(withA), 10);
});

test("127 frames, names of 2,000 characters, 20,000 stacks and weights past 2^53 are ordinary", () => {
  const deep = Array.from({ length: 127 }, (_, i) => `${"x".repeat(2000)}${i}`);
  const named: Record<number, string[]> = { 1: deep };
  for (let id = 2; id <= 20_001; id++) named[id] = [`leaf${id}`, `mid${id % 100}`, "main"];
  const rows = Object.keys(named).map((id): Row => ({ user: Number(id) }));
  const picture = new Pictured(stacksOf(named), weighted).add(rows);
  const { parts } = picture.show();
  expect(parts[0].now.total[0]).toBe(20_001);
  expect(parts[0].tree.depth).toBe(128);
  expect(layoutFlame(parts[0].drawn, 0, 1000).depths).toBeLessThanOrEqual(129);
  const [huge] = picture.add([{ user: 2, weight: 2 ** 63 }]).show().parts;
  expect(huge.now.total[0]).toBe(2 ** 63 + 20_001);
  const rects = layoutFlame(huge.drawn, 0, 1000);
  expect(rects.width.subarray(0, rects.count).every((w) => w <= 1000)).toBe(true);
});

test("an empty profile shows nothing, whatever it is asked for", () => {
  const picture = new Pictured(stacksOf({}));
  for (const setting of [{}, { around: 1 }, { time: { from: 0, to: 1 } }, { base: { from: 0, to: 1 } }]) {
    const shown = picture.show(setting);
    expect(shown).toMatchObject({ all: 0, waiting: 0, done: true });
    expect(layoutFlame(shown.parts[0].drawn, 0, 100).count).toBe(0);
    expect(shown.matched(new Uint8Array(1))).toBe(0);
  }
});

test("the times of a million samples are remembered, and ranges go on from what was there", () => {
  const samples = new Samples(counted);
  const rows = 100_000;
  const many = batch(
    0,
    Array.from({ length: rows }, (_, i): Row => ({ at: i / 100 })),
  );
  let position = 0;
  for (let i = 0; i < 12; i++, position += rows) samples.take([{ ...many, position }]);
  expect(samples.end).toBe(12 * rows);
  expect(samples.end - samples.first).toBeLessThanOrEqual(REMEMBERED);
  expect(samples.at[samples.end - 1 - samples.first]).toBeCloseTo((rows - 1) / 100, 5);
  expect(samples.weights[0]).toBe(12 * rows);
});

test("samples are counted by second and offset; clocks that jump spoil nothing", () => {
  const { stacks, rows } = generated(6, 3000);
  const picture = new Pictured(stacks, weighted).add(rows, 25_000);
  picture.show();
  const { heat } = picture.model;
  for (let second = 0; second < 20; second++)
    for (let offset = 0; offset < OFFSETS; offset++) {
      const from = second * 1000 + offset * OFFSET_MS;
      const inside = rows.filter(({ at = 0 }) => at >= from && at < from + OFFSET_MS);
      expect(heat.at(second, offset)).toBe(inside.reduce((sum, { weight = 0 }) => sum + weight, 0));
    }
  // A row from the future was made when it was read, at the latest; one from long ago is counted, not shown.
  picture.add([{ at: 9e12, weight: 5 }], 26_000.5);
  picture.show();
  expect(heat.end).toBe(27);
  expect(heat.at(26, 0)).toBe(5);
  picture.add(
    [
      { at: 5_000_000, weight: 3 },
      { at: 1, weight: 2 },
    ],
    5_000_001,
  );
  const { all } = picture.show();
  expect([heat.first, heat.end]).toEqual([4101, 5001]);
  expect(heat.at(5000, 0)).toBe(3);
  expect(heat.at(4999, 3)).toBe(0);
  expect(all).toBe(rows.reduce((sum, { weight = 0 }) => sum + weight, 0) + 10);
});

test("rows that were not sent leave a gap in time, from the batch before to the first row after", () => {
  const picture = new Pictured(stacksOf({ 1: ["main"] }));
  picture.add([{ at: 100, user: 1 }], 1000).add([{ at: 1200, user: 1 }], 2000);
  picture.batches.push({ ...batch(2, [{ at: 4500, user: 1 }], 5000), first: 90 });
  picture.show();
  expect(picture.model.heat.gaps).toEqual([{ from: 2000, to: 4500 }]);
  picture.show();
  expect(picture.model.heat.gaps).toHaveLength(1);
});

test("the view survives the address bar, and nonsense in it is as usual", () => {
  const full: FlameSetting = {
    icicle: true,
    order: "weight",
    by: "thread",
    collapse: true,
    time: { from: 81200, to: 82350 },
    base: { from: 0, to: 81200 },
    around: 0xab,
    zoom: 0x9f3a21bc,
    search: "a,b:c|search:x",
  };
  const text =
    "icicle,widest,by:thread,collapsed,time:81200-82350,base:0-81200,around:ab,zoom:9f3a21bc,search:a,b:c|search:x";
  expect(writeFlameView(full)).toBe(text);
  expect(readFlameView(text)).toEqual(full);
  expect(readFlameView(writeFlameView({ ...USUAL, search: full.search }))).toEqual({
    ...USUAL,
    search: full.search,
  });
  expect(readFlameView("")).toEqual(USUAL);
  expect(readFlameView("zoom:zzz,,\n,x,by:moon,time:9-3,base:-,around:")).toEqual(USUAL);
  expect(writeFlameView(USUAL)).toBe("");
});
