import { expect, test } from "vitest";
import type { Column, ToolInfo } from "../../server/protocol";
import { numberAt } from "../batch";
import { slotOf } from "../draw/slots";
import { flameColumns } from "../panels/flame-columns";
import { FlameModel } from "../panels/flame-model";
import { USUAL } from "../panels/flame-view";
import { HeatStore, histogramColumns } from "../panels/histogram-store";
import { randomOf } from "../rows.fixture";
import { StackStore } from "../stacks";
import { type Batch, TableStore } from "../table";
import { changeOf, heatDifference, totalOf } from "./histogram-difference";
import { joined } from "./joined";
import { mergedFlame } from "./merged-flame";

const column = (name: string, meaning: string, type: Column["type"], key = false): Column => ({
  name,
  meaning,
  type,
  key,
  size: 4,
  title: name,
  place: 0,
});
const u32 = (values: number[]) => ({ kind: "numbers" as const, values: Uint32Array.from(values) });
const u64 = (values: number[]) => ({ kind: "numbers" as const, values: BigUint64Array.from(values, BigInt) });
const text = (values: string[]) => {
  const bytes = values.map((value) => new TextEncoder().encode(value));
  const offsets = new Uint32Array(values.length + 1);
  bytes.forEach((of, i) => {
    offsets[i + 1] = (offsets[i] as number) + of.length;
  });
  return { kind: "text" as const, offsets, bytes: Uint8Array.from(bytes.flatMap((of) => [...of])) };
};

function tableOf(
  columns: Column[],
  batches: { at: number; columns: Batch["columns"]; rows: number }[],
): TableStore {
  let position = 0;
  const placed = batches.map((batch): Batch => {
    const one = { ...batch, first: position, position, bytes: 0 };
    position += batch.rows;
    return one;
  });
  return Object.assign(new TableStore(columns), { batches: placed, rows: position, end: position });
}

const heatSchema = [column("slot", "slot_nsec", "u32", true), column("count", "count_n", "u64")];
/** Rows of a second: [nanoseconds, count]. */
const heat = (began: number, seconds: [number, number][][]) =>
  tableOf(
    heatSchema,
    seconds.map((rows, i) => ({
      at: began + 1000 * (i + 1),
      rows: rows.length,
      columns: [u32(rows.map(([value]) => slotOf(value))), u64(rows.map(([, count]) => count))],
    })),
  );

test("two histograms second by second, as counted one by one", () => {
  const random = randomOf(3);
  const seconds = (n: number) =>
    Array.from({ length: n }, () =>
      Array.from({ length: random(5) }, (): [number, number] => [16 << random(12), 1 + random(9)]),
    );
  const [was, is] = [seconds(20), seconds(13)];
  const columns = histogramColumns(heatSchema);
  if (!columns) throw new Error("no histogram");
  const stores = [heat(5000, was), heat(90_000, is)].map(
    ({ batches }) => new HeatStore(columns, undefined, batches),
  );
  const [before, after] = stores as [HeatStore, HeatStore];
  const grid = heatDifference(before, after);
  expect(grid.seconds).toBe(13);
  for (const [side, rows] of [
    [grid.before, was],
    [grid.after, is],
  ] as const)
    for (let second = 0; second < grid.seconds; second++)
      for (let slot = 0; slot < grid.slots; slot++) {
        const expected = (rows[second] ?? [])
          .filter(([value]) => slotOf(value) === grid.low + slot)
          .reduce((sum, [, count]) => sum + count, 0);
        expect(side[second * grid.slots + slot]).toBe(expected);
      }
  const all = is.flat().reduce((sum, [, count]) => sum + count, 0);
  expect(totalOf(after).reduce((sum, count) => sum + count, 0)).toBe(all);
  expect([changeOf(10, 10), changeOf(0, 50), changeOf(50, 0), changeOf(0, 1)]).toEqual([0, 1, -1, 0.2]);
});

test("two flame graphs: each side keeps its samples, whatever numbers its stacks had", () => {
  const schema = [
    column("time", "ktime", "u64"),
    column("comm", "comm", "text"),
    column("user_stack", "stack_id", "stack"),
  ];
  const side = (began: number, samples: string[]) => {
    const stacks = new StackStore();
    const names = [...new Set(samples)];
    stacks.frames = ["main", ...names].map((name) => ({ name, module: "a", kind: "user" }));
    stacks.stacks = new Map(names.map((_, i) => [i + 1, [i + 1, 0]]));
    const table = tableOf(schema, [
      {
        at: began + 1000,
        rows: samples.length,
        columns: [
          u64(samples.map((_, i) => (began + i) * 1e6)),
          text(samples.map(() => "cmd")),
          u32(samples.map((name) => names.indexOf(name) + 1)),
        ],
      },
    ]);
    return { table, stacks };
  };
  const before = side(900_000, ["read", "read", "read", "write"]);
  const after = side(10_000, ["write", "sync", "sync"]);
  const { table, stacks, base } = mergedFlame(before, after);
  const columns = flameColumns(schema);
  if (!columns) throw new Error("no stacks");
  const model = new FlameModel(columns);
  const [part] = model.show(table, stacks, { ...USUAL, by: "nothing", base }, 1e9).parts;
  const change = new Map<string, [number, number]>();
  for (let node = 0; node < part.tree.size; node++) {
    const name = model.samples.frames[part.tree.frame[node] as number]?.name;
    const shares = part.comparison?.shares(node);
    if (name && shares) change.set(name, [shares.before, shares.now]);
  }
  expect(change.get("read")).toEqual([0.75, 0]);
  expect(change.get("write")).toEqual([0.25, 1 / 3]);
  expect(change.get("sync")).toEqual([0, 2 / 3]);
});

test("two tables joined by what names their rows", () => {
  const schema = [
    column("pid", "pid_n", "u32", true),
    column("comm", "comm", "text"),
    column("count", "count_n", "u64"),
  ];
  const tool = { name: "syscount", kind: "map", columns: schema } as unknown as ToolInfo;
  const side = (rows: [number, string, number][]) => ({
    table: tableOf(
      schema,
      [0, 2000].map((at) => ({
        at,
        rows: at === 0 ? 0 : rows.length,
        columns: [
          u32(at === 0 ? [] : rows.map(([pid]) => pid)),
          text(at === 0 ? [] : rows.map(([, comm]) => comm)),
          u64(at === 0 ? [] : rows.map(([, , count]) => count)),
        ],
      })),
    ),
    context: {
      host: { bootedAt: 0, startedAt: 0, errnos: {}, syscalls: {} },
      functions: [],
      stacks: { frames: [], stacks: new Map() },
      name: () => "",
    },
  });
  const { rows, by } = joined(
    tool,
    side([
      [1, "node", 10],
      [2, "node", 30],
      [3, "cat", 8],
    ]),
    side([
      [7, "node", 44],
      [9, "find", 90],
    ]),
  );
  expect(by).toBe("comm");
  expect(rows).toEqual([
    { key: "find", before: 0, after: 45 },
    { key: "cat", before: 4, after: 0 },
    { key: "node", before: 20, after: 22 },
  ]);
  expect(numberAt(side([[1, "a", 5]]).table.batches[1]?.columns[2], 0)).toBe(5);
});
