import { expect, test } from "vitest";
import type { Column } from "../../server/protocol";
import { numberAt } from "../batch";
import type { Batch } from "../table";
import { TopSums } from "./top-sums";

const base = { title: "", meaning: "", key: false, place: 0 };
const columns: Column[] = [
  { ...base, name: "pid", type: "u32", size: 4, key: true },
  { ...base, name: "count", type: "u64", size: 8 },
];

let rowsBefore = 0;
/** A batch of one second: how much each key did. */
function second(at: number, amounts: Record<number, number>): Batch {
  const keys = Object.keys(amounts).map(Number);
  const first = rowsBefore;
  rowsBefore += keys.length;
  return {
    rows: keys.length,
    first,
    position: first,
    at: at * 1000,
    bytes: 0,
    columns: [
      { kind: "numbers", values: Uint32Array.from(keys) },
      { kind: "numbers", values: BigUint64Array.from(keys.map((key) => BigInt(amounts[key] ?? 0))) },
    ],
  };
}

const read = (sums: TopSums) =>
  Object.fromEntries(
    [...sums.entries.values()].map((entry) => [
      numberAt(entry.words[0], 0),
      [entry.sums[0], sums.rateOf(entry, 0)],
    ]),
  );

test("sums over all batches, rates of the last, each batch once", () => {
  const sums = new TopSums(columns);
  const batches = [second(1, { 7: 10, 8: 1 }), second(3, { 7: 30 })];
  sums.take({ batches });
  sums.take({ batches });
  expect(read(sums)).toEqual({ 7: [40, 15], 8: [1, 0] });
  sums.take({ batches: [...batches, second(4, {})] });
  expect(read(sums)).toEqual({ 7: [40, 0], 8: [1, 0] });
});

test("the mean of a run is over all of it, the second before its first batch included", () => {
  const sums = new TopSums(columns);
  sums.take({
    batches: [second(11, { 7: 10 }), second(12, {}), second(15, { 7: 30, 8: 5 }), second(16, {})],
  });
  const means = (startedAt: number) =>
    [...sums.entries.values()].map((entry) => sums.meanOf(entry, 0, startedAt));
  expect(means(10_500)).toEqual([40 / 5.5, 5 / 5.5]);
  // What was recorded before is no longer held.
  expect(means(2000)).toEqual([40 / 6, 5 / 6]);
});

test("the last minute of a key, with its pauses", () => {
  const sums = new TopSums(columns);
  sums.take({
    batches: [second(1, { 7: 5 }), second(2, { 7: 6 }), second(3, {}), second(4, { 7: 8 }), second(5, {})],
  });
  const [entry] = [...sums.entries.values()];
  expect(entry && [...sums.sparkOf(entry)].slice(-6)).toEqual([0, 5, 6, 0, 8, 0]);
});

test("a key that comes back after more than a minute starts from nothing", () => {
  const sums = new TopSums(columns);
  const empty = Array.from({ length: 70 }, (_, i) => second(2 + i, {}));
  sums.take({ batches: [second(1, { 7: 5 }), ...empty, second(72, { 7: 9 })] });
  const [entry] = [...sums.entries.values()];
  expect(entry && [...sums.sparkOf(entry)].filter((value) => value > 0)).toEqual([9]);
  expect(entry?.sums[0]).toBe(14);
});

test("keys are bounded: those unseen for longest go, and are counted", () => {
  const sums = new TopSums(columns);
  const keys = (from: number, to: number) =>
    Object.fromEntries(Array.from({ length: to - from }, (_, i) => [from + i, 1]));
  sums.take({ batches: [second(1, keys(0, 4000)), second(2, keys(4000, 4200))] });
  expect(sums.forgotten).toBe(1024);
  expect(sums.entries.size).toBe(4200 - 1024);
  expect([...sums.entries.values()].filter((entry) => numberAt(entry.words[0], 0) >= 4000)).toHaveLength(200);
});
