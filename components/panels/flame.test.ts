import { expect, test } from "vitest";
import type { Column } from "../../server/protocol";
import { layoutFlame, matchedTotal } from "../draw/flame-layout";
import { StackStore } from "../stacks";
import type { Batch } from "../table";
import { findFrames, patternOf } from "./flame-search";
import { FlameTree, flameColumns } from "./flame-tree";
import { readFlameView, writeFlameView } from "./flame-view";

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
  column("kernel_stack", "stack_id", "stack"),
  column("user_stack", "stack_id", "stack"),
  column("pid", "pid_n", "u32"),
  column("comm", "comm", "text"),
];

const utf8 = new TextEncoder();
/** Rows: [kernel stack, user stack, pid, command]. */
function batch(position: number, ...rows: [number, number, number, string][]): Batch {
  const words = rows.map((r) => utf8.encode(r[3]));
  const offsets = new Uint32Array(words.length + 1);
  let end = 0;
  words.forEach((word, i) => {
    offsets[i] = end;
    end += word.length;
  });
  offsets[words.length] = end;
  return {
    at: 0,
    first: position,
    position,
    bytes: 0,
    rows: rows.length,
    columns: [
      { kind: "numbers", values: Uint32Array.from(rows, (r) => r[0]) },
      { kind: "numbers", values: Uint32Array.from(rows, (r) => r[1]) },
      { kind: "numbers", values: Uint32Array.from(rows, (r) => r[2]) },
      { kind: "text", offsets, bytes: Uint8Array.from(words.flatMap((w) => [...w])) },
    ],
  };
}

/** Frames by name, stacks of them leaf first. No animation frame is needed: nobody listens. */
function stacksOf(named: Record<number, string[]>): StackStore {
  const store = new StackStore();
  const names = [...new Set(Object.values(named).flat())];
  store.frames = names.map((name) => ({ name, module: "", kind: name.startsWith("k_") ? "kernel" : "user" }));
  for (const [id, frames] of Object.entries(named))
    store.stacks.set(
      Number(id),
      frames.map((f) => names.indexOf(f)),
    );
  store.version++;
  return store;
}

const found = flameColumns(schema);
if (!found) throw new Error("the schema of this test has stacks");

/** "a;b;c 3" for each node that samples ended in, as stackcollapse writes it: the slow and obvious picture. */
function collapsed(tree: FlameTree): string[] {
  const lines: string[] = [];
  for (let node = 0; node < tree.size; node++) {
    if (tree.self[node] === 0) continue;
    const names: string[] = [];
    for (let n = node; n > 0; n = tree.parent[n] as number)
      names.unshift(tree.frames[tree.frame[n] as number]?.name ?? "?");
    lines.push(`${names.join(";")} ${tree.self[node]}`);
  }
  return lines.sort();
}

test("columns are found by type and meaning; without stacks there is no flame graph", () => {
  expect(found).toEqual({ kernel: 0, user: 1, weight: -1, comm: 3, pid: 2 });
  expect(flameColumns(schema.slice(2))).toBeUndefined();
  const weighted = [column("stack", "stack_id", "stack"), column("time", "nsec", "u64")];
  expect(flameColumns(weighted)).toEqual({ kernel: -1, user: 0, weight: 1, comm: -1, pid: -1 });
});

test("samples add up along their stacks: kernel on top of user on top of the process", () => {
  const stacks = stacksOf({ 1: ["k_read", "k_entry"], 2: ["read", "main"], 3: ["spin", "main"] });
  const tree = new FlameTree(found);
  tree.take([batch(0, [1, 2, 7, "dd"], [1, 2, 7, "dd"], [0, 3, 7, "dd"], [1, 0, 2, "kworker"])], stacks);
  expect(collapsed(tree)).toEqual([
    "dd (7);main;read;k_entry;k_read 2",
    "dd (7);main;spin 1",
    "kworker (2);k_entry;k_read 1",
  ]);
  expect(tree.total[0]).toBe(4);
});

test("batches are taken once, also when offered again or cut at the front", () => {
  const stacks = stacksOf({ 3: ["spin", "main"] });
  const tree = new FlameTree(found);
  const batches = [batch(0, [0, 3, 7, "a"], [0, 3, 7, "a"]), batch(2, [0, 3, 8, "b"])];
  expect(tree.take(batches, stacks)).toBe(true);
  expect(tree.take(batches, stacks)).toBe(false);
  batches.push(batch(3, [0, 3, 9, "b"]));
  tree.take(batches.slice(2), stacks);
  expect(collapsed(tree)).toEqual(["a (7);main;spin 2", "b;main;spin 2"]);
});

test("samples wait for the names of their stacks and are counted when these come", () => {
  const stacks = new StackStore();
  const tree = new FlameTree(found);
  tree.take([batch(0, [0, 3, 7, "a"], [0, 3, 7, "a"], [0, 0, 7, "a"])], stacks);
  expect([tree.waiting, tree.total[0]]).toEqual([2, 1]);
  Object.assign(stacks, { ...stacksOf({ 3: ["spin", "main"] }), version: 1 });
  tree.take([], stacks);
  expect(tree.waiting).toBe(0);
  expect(collapsed(tree)).toEqual(["a (7) 1", "a (7);main;spin 2"]);
});

test("children stand in the order of their names, however they came", () => {
  const stacks = stacksOf({ 1: ["c", "main"], 2: ["a", "main"], 3: ["b", "main"] });
  const tree = new FlameTree(found);
  tree.take([batch(0, [0, 1, 7, "p"]), batch(1, [0, 2, 7, "p"])], stacks);
  tree.take([batch(2, [0, 3, 7, "p"])], stacks);
  const rects = layoutFlame(tree, 0, 300);
  const names = [...rects.node.slice(0, rects.count)].map((n) => tree.frames[tree.frame[n] as number]?.name);
  expect(names).toEqual(["all", "p (7)", "main", "a", "b", "c"]);
});

test("a node is found again by its path, in a tree that grew another way", () => {
  const stacks = stacksOf({ 1: ["c", "main"], 2: ["a", "main"] });
  const [one, other] = [new FlameTree(found), new FlameTree(found)];
  one.take([batch(0, [0, 1, 7, "p"], [0, 2, 7, "p"])], stacks);
  other.take([batch(0, [0, 2, 9, "q"], [0, 2, 8, "p"], [0, 1, 8, "p"])], stacks);
  for (let node = 0; node < one.size; node++) {
    const twin = other.nodeAt(one.path[node] as number);
    expect(other.self[twin]).toBe(one.self[node]);
  }
  expect(one.nodeAt(12345)).toBe(-1);
});

test("127 frames, names of 2,000 characters and 20,000 stacks are ordinary", () => {
  const deep = Array.from({ length: 127 }, (_, i) => `${"x".repeat(2000)}${i}`);
  const named: Record<number, string[]> = { 1: deep };
  for (let id = 2; id <= 20_001; id++) named[id] = [`leaf${id}`, `mid${id % 100}`, "main"];
  const stacks = stacksOf(named);
  const rows = Object.keys(named).map((id): [number, number, number, string] => [0, Number(id), 7, "p"]);
  const tree = new FlameTree(found);
  tree.take([batch(0, ...rows)], stacks);
  expect(tree.total[0]).toBe(20_001);
  expect(layoutFlame(tree, 0, 1000).depths).toBeLessThanOrEqual(129);
  tree.take([batch(20_001, ...rows)], stacks);
  expect(tree.total[0]).toBe(40_002);
});

test("a search finds by name in either case, looks only at new frames, and its share counts each sample once", () => {
  const stacks = stacksOf({ 1: ["Crc32", "main"], 2: ["b", "crc32", "Crc32", "main"], 3: ["other", "main"] });
  const tree = new FlameTree(found);
  tree.take([batch(0, [0, 1, 7, "p"], [0, 3, 7, "p"])], stacks);
  const pattern = patternOf("crc32");
  const first = findFrames(tree.frames, pattern);
  expect(matchedTotal(tree, first.matches)).toBe(1);
  expect(findFrames(tree.frames, pattern, first)).toBe(first);
  tree.take([batch(2, [0, 2, 7, "p"])], stacks);
  const grown = findFrames(tree.frames, pattern, first);
  expect(matchedTotal(tree, grown.matches)).toBe(2);
  expect(matchedTotal(tree, findFrames(tree.frames, patternOf("Crc32")).matches)).toBe(2);
  expect(() => patternOf("(")).toThrow(SyntaxError);
});

test("the view survives the address bar, and nonsense in it is as usual", () => {
  const full = { icicle: true, zoom: 0x9f3a21bc, search: "a,b:c|search:x" };
  expect(writeFlameView(full)).toBe("icicle,zoom:9f3a21bc,search:a,b:c|search:x");
  expect(readFlameView(writeFlameView(full))).toEqual(full);
  expect(readFlameView(writeFlameView({ ...full, icicle: false, zoom: undefined }))).toEqual({
    icicle: false,
    zoom: undefined,
    search: full.search,
  });
  const usual = { icicle: false, zoom: undefined, search: "" };
  expect(readFlameView("")).toEqual(usual);
  expect(readFlameView("zoom:zzz,,\n,x")).toEqual(usual);
  expect(writeFlameView(usual)).toBe("");
});
