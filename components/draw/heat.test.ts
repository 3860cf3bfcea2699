import { expect, test } from "vitest";
import { type Counts, cellsOf, columnAt, columnsBetween, sumColumns, type Timeline } from "./heat";
import { paintCells, positionAt, timeAt, xOf, yOf } from "./heatmap";
import { quantilePositions, SLOTS } from "./slots";

/** Columns at the given seconds; column i has i + 1 counts in slot 100 and one in slot 103. */
function heat(ends: number[], capacity = 900): { time: Timeline; counts: Counts } {
  const counts = new Uint32Array(capacity * SLOTS);
  const from = new Float64Array(capacity);
  const to = new Float64Array(capacity);
  ends.forEach((end, i) => {
    from[i % capacity] = (end - 1) * 1000;
    to[i % capacity] = end * 1000;
    counts.fill(0, (i % capacity) * SLOTS, ((i % capacity) + 1) * SLOTS);
    counts[(i % capacity) * SLOTS + 100] = i + 1;
    counts[(i % capacity) * SLOTS + 103] = 1;
  });
  const first = Math.max(0, ends.length - capacity);
  return { time: { capacity, first, end: ends.length, from, to }, counts };
}

test("columns are found by the time they cover, and gaps have none", () => {
  const { time } = heat([1, 2, 3, 7, 8]);
  expect(columnsBetween(time, 500, 2500)).toEqual({ begin: 0, end: 3 });
  expect(columnsBetween(time, 3000, 6000)).toEqual({ begin: 3, end: 3 });
  expect(columnAt(time, 1999)).toBe(1);
  expect(columnAt(time, 2000)).toBe(2);
  expect(columnAt(time, 4000)).toBeUndefined();
  expect(columnAt(time, 6000)).toBe(3);
  expect(columnAt(time, 9000)).toBeUndefined();
});

test("cells sum columns and slots, do not reach across a gap, and keep their columns as time moves", () => {
  const { time, counts } = heat([1, 2, 3, 7, 8, 9]);
  const cells = cellsOf(time, counts, { begin: 0, end: 6, lo: 96, hi: 104 }, 2, 4);
  expect(cells.rows).toBe(2);
  expect([...cells.from.slice(0, cells.columns)]).toEqual([0, 2000, 6000, 7000]);
  expect([...cells.to.slice(0, cells.columns)]).toEqual([2000, 3000, 7000, 9000]);
  expect([...cells.counts.slice(0, 8)]).toEqual([0, 5, 0, 4, 0, 5, 0, 13]);
  expect(cells.peak).toBe(13);
  const later = cellsOf(time, counts, { begin: 1, end: 6, lo: 96, hi: 104 }, 2, 4);
  expect([...later.from.slice(0, later.columns)]).toEqual([1000, 2000, 6000, 7000]);
});

test("cells of a ring that has gone round are those of its last columns", () => {
  const ends = Array.from({ length: 25 }, (_, i) => i + 1);
  const { time, counts } = heat(ends, 10);
  const sums = sumColumns(time, counts, { begin: 15, end: 25, lo: 0, hi: SLOTS });
  expect(sums[100]).toBe(16 + 17 + 18 + 19 + 20 + 21 + 22 + 23 + 24 + 25);
  expect(sums[103]).toBe(10);
  const cells = cellsOf(time, counts, { begin: 15, end: 25, lo: 96, hi: 104 }, 1, 8);
  expect([...cells.counts.slice(0, 10)]).toEqual([17, 18, 19, 20, 21, 22, 23, 24, 25, 26]);
});

test("percentile lines come from whole slots, not from cells", () => {
  const { time, counts } = heat([1]);
  const cells = cellsOf(time, counts, { begin: 0, end: 1, lo: 96, hi: 104 }, 1, 8);
  const exact = quantilePositions(Float64Array.from(counts.subarray(0, SLOTS)), [0.5, 0.99]);
  expect([cells.p50[0], cells.p99[0]]).toEqual(exact);
});

test("pixels: a gap and an empty cell are transparent, a higher count is further along the ramp", () => {
  const { time, counts } = heat([1, 2, 4]);
  counts[SLOTS + 100] = 1000;
  const cells = cellsOf(time, counts, { begin: 0, end: 3, lo: 96, hi: 112 }, 1, 8);
  const pixels = new Uint32Array(8 * 2);
  const ramp = Uint32Array.from({ length: 256 }, (_, i) => i + 1);
  paintCells(pixels, 8, cells, { from: 0, to: 4000 }, ramp, 1001);
  const [top, bottom] = [pixels.slice(0, 8), pixels.slice(8)];
  expect([...top]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  expect(bottom[0]).toBe(bottom[1]);
  expect(bottom[2]).toBe(256);
  expect([bottom[4], bottom[5]]).toEqual([0, 0]);
  expect(bottom[6]).toBeGreaterThan(bottom[0] as number);
});

test("a plot's coordinates and their inverses agree", () => {
  const plot = { left: 50, top: 10, width: 400, height: 200, from: 1000, to: 9000, lo: 80, hi: 160 };
  for (const at of [1000, 2345, 9000]) expect(timeAt(plot, xOf(plot, at))).toBeCloseTo(at);
  for (const slot of [80, 100.5, 160]) expect(positionAt(plot, yOf(plot, slot))).toBeCloseTo(slot);
  expect(yOf(plot, 160)).toBe(10);
});
