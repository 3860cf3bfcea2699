import { afterAll, expect, test, vi } from "vitest";
import type { BatchHead, Column } from "../server/protocol";
import { numberAt } from "./batch";
import { TableStore } from "./table";

// Node has no frames; a frame here is the next turn of its loop.
vi.stubGlobal("requestAnimationFrame", (task: () => void) => setTimeout(task));
afterAll(() => vi.unstubAllGlobals());

const column: Column = {
  name: "n",
  title: "N",
  type: "u32",
  meaning: "count_n",
  size: 4,
  key: false,
  place: 0,
};

/** One message of batches, each given as its first number and its values. */
function message(...batches: [first: number, values: number[]][]): [BatchHead[], ArrayBuffer] {
  const heads: BatchHead[] = [];
  const bytes: number[] = [];
  for (const [first, values] of batches) {
    const words = Uint32Array.of(values.length, 0, ...values, ...(values.length % 2 ? [0] : []));
    heads.push([first, 1000 + first, words.byteLength]);
    bytes.push(...new Uint8Array(words.buffer));
  }
  return [heads, Uint8Array.from(bytes).buffer];
}

const valueAt = (table: TableStore, position: number) => {
  const batch = table.locate(position);
  return batch && numberAt(batch.columns[0], position - batch.position);
};

test("rows are found by position, over batches of any size", () => {
  const table = new TableStore([column]);
  table.append(...message([0, [10, 11, 12]], [3, []], [3, [13]], [4, [14, 15]]));
  expect([table.rows, table.end, table.notSent, table.dropped]).toEqual([6, 6, 0, 0]);
  expect([0, 1, 2, 3, 4, 5, 6, -1].map((i) => valueAt(table, i))).toEqual([
    10,
    11,
    12,
    13,
    14,
    15,
    undefined,
    undefined,
  ]);
});

test("gaps are rows not sent; what the history had lost before is none", () => {
  const table = new TableStore([column]);
  table.append(...message([100, [1, 2]], [105, [3]]));
  table.append(...message([116, [4]]));
  expect([table.notSent, table.rows]).toEqual([3 + 10, 4]);
  expect([0, 1, 2, 3].map((i) => valueAt(table, i))).toEqual([1, 2, 3, 4]);
});

test("a history sent again after a reconnect changes nothing, and the rest follows on", () => {
  const table = new TableStore([column]);
  table.append(...message([0, [1, 2]], [2, []]));
  table.append(...message([0, [1, 2]], [2, []], [2, [3]], [3, []]));
  expect([table.rows, table.notSent, table.batches.length]).toEqual([3, 0, 4]);
});

test("at its bounds the oldest batches go, counted, and positions stay", () => {
  const table = new TableStore([column], { maxRows: 5 });
  for (let i = 0; i < 10; i++) table.append(...message([2 * i, [2 * i, 2 * i + 1]]));
  expect([table.rows, table.dropped, table.end]).toEqual([4, 16, 20]);
  expect([valueAt(table, 15), valueAt(table, 16), valueAt(table, 19)]).toEqual([undefined, 16, 19]);
  const small = new TableStore([column], { maxRows: 1000, maxBytes: 1 });
  small.append(...message([0, [1, 2]], [2, [3]]));
  expect([small.rows, small.dropped]).toEqual([1, 2]);
  expect(small.bytes).toBeGreaterThan(0);
});

test("a frozen copy stays while the table goes on", () => {
  const table = new TableStore([column], { maxRows: 3 });
  table.append(...message([0, [1, 2]]));
  const frozen = table.frozen();
  table.append(...message([2, [3, 4]]));
  expect([frozen.rows, frozen.end, frozen.locate(0)?.rows]).toEqual([2, 2, 2]);
  expect([table.rows, table.locate(0)]).toEqual([2, undefined]);
});

test("listeners hear the first message at once, then once a frame, however many came", async () => {
  const table = new TableStore([column]);
  const heard = vi.fn();
  const stop = table.subscribe(heard);
  for (let i = 0; i < 50; i++) table.append(...message([i, [i]]));
  expect(heard).toHaveBeenCalledTimes(1);
  await new Promise((done) => setTimeout(done, 5));
  expect(heard).toHaveBeenCalledTimes(2);
  expect(table.version).toBe(50);
  stop();
});

test("200,000 rows a second cost a small part of one", () => {
  const table = new TableStore([column]);
  const values = Array.from({ length: 3200 }, (_, i) => i);
  const messages = Array.from({ length: 62 }, (_, i) => message([i * 3200, values]));
  const began = performance.now();
  for (const [heads, data] of messages) table.append(heads, data);
  expect(table.rows).toBe(62 * 3200);
  expect(performance.now() - began).toBeLessThan(100);
});

test("small batches become large ones: the same rows at the same positions, in less memory", () => {
  const loose = new TableStore([column]);
  const joined = new TableStore([column], { join: true });
  for (let i = 0; i < 1000; i++) {
    // Rows 7 i + 5 and 7 i + 6 were not sent.
    const values = Array.from({ length: 5 }, (_, j) => 7 * i + j);
    for (const table of [loose, joined]) table.append(...message([7 * i, values]));
  }
  expect(joined.batches.length).toBeLessThan(140);
  expect(joined.bytes).toBeLessThan(loose.bytes / 3);
  expect([joined.rows, joined.end, joined.notSent]).toEqual([loose.rows, loose.end, loose.notSent]);
  for (let i = 0; i < 5000; i++) expect(valueAt(joined, i)).toBe(valueAt(loose, i));
});

test("joined batches are dropped at the bounds like others", () => {
  const table = new TableStore([column], { join: true, maxRows: 20_000 });
  const values = Array.from({ length: 3000 }, (_, i) => i);
  for (let i = 0; i < 50; i++) table.append(...message([3000 * i, values]));
  expect(table.rows).toBeLessThanOrEqual(20_000);
  expect(table.rows).toBeGreaterThan(10_000);
  // Large ones come as they are, small ones between them joined.
  for (let i = 0; i < 20; i++) table.append(...message([150_000 + i, [i % 3000]]));
  table.append(...message([150_020, values]));
  expect(table.batches.map(({ rows }) => rows).slice(-2)).toEqual([20, 3000]);
  expect(table.dropped + table.rows).toBe(table.end);
  expect(valueAt(table, table.end - 1)).toBe(2999);
  expect(valueAt(table, table.end - 3000 - 20)).toBe(0);
  expect(valueAt(table, table.end - table.rows)).toBe((table.end - table.rows) % 3000);
});
