import { expect, test } from "vitest";
import {
  type Counts,
  cellColumnAt,
  cellsOf,
  columnAt,
  columnsBetween,
  sumColumns,
  type Timeline,
} from "./heat";
import { positionAt, timeAt, xOf, yOf } from "./heatmap";
import { paintUpright } from "./lines";
import type { CountScale } from "./palette";
import { evenRuns } from "./raster";
import { legendCounts, paintCells, shadeOf } from "./shades";
import { quantilePositions, SLOTS, slotOf, slotPosition } from "./slots";

/** Columns at the given seconds; column i has i + 1 counts in slot 100 and one in slot 103. */
function heat(ends: number[], capacity = 900): { time: Timeline; counts: Counts } {
  const counts = new Float64Array(capacity * SLOTS);
  const from = new Float64Array(capacity);
  const to = new Float64Array(capacity);
  const second = new Uint32Array(capacity);
  ends.forEach((end, i) => {
    from[i % capacity] = (end - 1) * 1000;
    to[i % capacity] = end * 1000;
    second[i % capacity] = i;
    counts.fill(0, (i % capacity) * SLOTS, ((i % capacity) + 1) * SLOTS);
    counts[(i % capacity) * SLOTS + 100] = i + 1;
    counts[(i % capacity) * SLOTS + 103] = 1;
  });
  const first = Math.max(0, ends.length - capacity);
  return { time: { capacity, first, end: ends.length, from, to, second, low: 0, slots: SLOTS }, counts };
}

const seconds = (by: number) => ({ of: "second" as const, by });
const scaleOf = (ramp: Uint32Array): CountScale => ({ ramp, gradient: "" });

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
  const cells = cellsOf(time, counts, { begin: 0, end: 6, lo: 96, hi: 104 }, seconds(2), 4, []);
  expect(cells.rows).toBe(2);
  expect([...cells.from.slice(0, cells.columns)]).toEqual([0, 2000, 6000, 7000]);
  expect([...cells.to.slice(0, cells.columns)]).toEqual([2000, 3000, 7000, 9000]);
  expect([...cells.counts.slice(0, 8)]).toEqual([0, 5, 0, 4, 0, 5, 0, 13]);
  expect(cells.peak).toBe(13);
  const later = cellsOf(time, counts, { begin: 1, end: 6, lo: 96, hi: 104 }, seconds(2), 4, []);
  expect([...later.from.slice(0, later.columns)]).toEqual([1000, 2000, 6000, 7000]);
});

test("cells of a ring that has gone round are those of its last columns", () => {
  const ends = Array.from({ length: 25 }, (_, i) => i + 1);
  const { time, counts } = heat(ends, 10);
  const sums = sumColumns(time, counts, { begin: 15, end: 25, lo: 0, hi: SLOTS });
  expect(sums[100]).toBe(16 + 17 + 18 + 19 + 20 + 21 + 22 + 23 + 24 + 25);
  expect(sums[103]).toBe(10);
  const cells = cellsOf(time, counts, { begin: 15, end: 25, lo: 96, hi: 104 }, seconds(1), 8, []);
  expect([...cells.counts.slice(0, 10)]).toEqual([17, 18, 19, 20, 21, 22, 23, 24, 25, 26]);
});

test("percentile lines come from whole slots, not from cells", () => {
  const { time, counts } = heat([1]);
  const cells = cellsOf(time, counts, { begin: 0, end: 1, lo: 96, hi: 104 }, seconds(1), 8, [0.5, 0.99, 1]);
  const exact = quantilePositions(Float64Array.from(counts.subarray(0, SLOTS)), [0.5, 0.99, 1]);
  expect(cells.lines.map((line) => line[0])).toEqual(exact);
});

test("pixels: an empty cell is transparent, a higher count is further along the ramp", () => {
  const { time, counts } = heat([1, 2, 4]);
  counts[SLOTS + 100] = 1000;
  const cells = cellsOf(time, counts, { begin: 0, end: 3, lo: 96, hi: 112 }, seconds(1), 8, []);
  const pixels = new Uint32Array(2 * 2);
  const ramp = Uint32Array.from({ length: 256 }, (_, i) => i + 1);
  paintCells(pixels, cells, 1, 3, shadeOf({ scale: scaleOf(ramp), linear: false, peak: 1001 }));
  expect([...pixels.slice(0, 2)]).toEqual([0, 0]);
  expect(pixels[2]).toBe(256);
  expect(pixels[3]).toBeGreaterThan(0);
  expect(pixels[3]).toBeLessThan(256);
});

test("runs of columns drawn as one picture show each column where its time is, and nothing in a gap", () => {
  let [seed, at] = [3, 0];
  const ends = Array.from({ length: 400 }, (_, i) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    // A drift, a late column now and then, which the next makes up for, and gaps.
    at +=
      i % 90 === 89 ? 20 : i % 37 === 0 ? 1.6 : i % 37 === 1 ? 0.4 : 1.002 + (seed / 2147483648 - 0.5) / 50;
    return at;
  });
  const { time, counts } = heat(ends);
  for (let c = 1; c < 400; c++)
    time.from[c] = c % 90 === 89 ? (time.to[c] as number) - 1000 : (time.to[c - 1] as number);
  const cells = cellsOf(time, counts, { begin: 0, end: 400, lo: 96, hi: 104 }, seconds(1), 8, []);
  for (const tolerance of [5, 50, 500, 5000]) {
    const runs = evenRuns(cells, tolerance);
    expect(runs.flatMap(([begin, end]) => Array.from({ length: end - begin }, (_, i) => begin + i))).toEqual(
      Array.from({ length: 400 }, (_, c) => c),
    );
    for (const [begin, end] of runs) {
      const each = ((cells.to[end - 1] as number) - (cells.from[begin] as number)) / (end - begin);
      for (let c = begin; c < end; c++) {
        const drawn = (cells.from[begin] as number) + (c - begin) * each;
        expect(Math.abs(drawn - (cells.from[c] as number))).toBeLessThanOrEqual(tolerance);
      }
    }
    // 500 ms: the late columns stand alone; 5 s: only the gaps part them.
    expect(runs.length).toBeLessThan({ 5: 401, 50: 401, 500: 60, 5000: 12 }[tolerance] ?? 0);
  }
});

test("a plot's coordinates and their inverses agree", () => {
  const plot = { left: 50, top: 10, width: 400, height: 200, from: 1000, to: 9000, lo: 80, hi: 160 };
  for (const at of [1000, 2345, 9000]) expect(timeAt(plot, xOf(plot, at))).toBeCloseTo(at);
  for (const slot of [80, 100.5, 160]) expect(positionAt(plot, yOf(plot, slot))).toBeCloseTo(slot);
  expect(yOf(plot, 160)).toBe(10);
});

/** Columns of 100 ms as a store holds them, in a window of slots only. */
function fine(columns: number) {
  const [low, slots] = [96, 16];
  const at = (i: number) => Float64Array.from({ length: columns }, (_, c) => (c + i) * 100);
  const second = Uint32Array.from({ length: columns }, (_, c) => Math.floor(c / 10));
  const time: Timeline = {
    capacity: columns,
    first: 0,
    end: columns,
    from: at(0),
    to: at(1),
    second,
    low,
    slots,
  };
  const counts = Float64Array.from({ length: columns * slots }, (_, i) => (i * 7919) % 23);
  return { time, counts };
}

test("columns of 100 ms are drawn as they are, or as the seconds they lie in", () => {
  const { time, counts } = fine(35);
  const range = { begin: 0, end: 35, lo: 96, hi: 112 };
  const each = cellsOf(time, counts, range, { of: "column", by: 1 }, 1, []);
  expect(each.columns).toBe(35);
  const whole = cellsOf(time, counts, range, seconds(1), 1, []);
  expect([...whole.to.slice(0, whole.columns)]).toEqual([1000, 2000, 3000, 3500]);
  const slow = Array.from({ length: 16 }, (_, row) => {
    let sum = 0;
    for (let c = 10; c < 20; c++) sum += counts[c * 16 + row] as number;
    return sum;
  });
  expect([...whole.counts.slice(16, 32)]).toEqual(slow);
  // Slots outside the window that is kept are empty, not read from a neighbour.
  const wide = cellsOf(time, counts, { ...range, lo: 88, hi: 120 }, seconds(1), 1, []);
  expect([...wide.counts.slice(0, 8)]).toEqual(Array(8).fill(0));
  expect([...wide.counts.slice(8, 24)]).toEqual([...whole.counts.slice(0, 16)]);
});

test("a column of cells is found by the time it covers, none in a gap or outside", () => {
  const { time, counts } = heat([1, 2, 3, 7, 8]);
  const cells = cellsOf(time, counts, { begin: 0, end: 5, lo: 96, hi: 104 }, seconds(1), 8, []);
  expect([-1, 0, 1999, 2000, 3000, 5999, 6000, 7999, 8000].map((at) => cellColumnAt(cells, at))).toEqual([
    undefined,
    0,
    1,
    2,
    undefined,
    undefined,
    3,
    4,
    undefined,
  ]);
});

test("a column's lines are within 12.5 % of the exact percentiles of its values", () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  const values = Array.from({ length: 3000 }, () => Math.floor(1000 * Math.exp(9 * random() ** 2))).sort(
    (a, b) => a - b,
  );
  const { time, counts } = heat([1]);
  counts.fill(0);
  for (const value of values) counts[slotOf(value)] = (counts[slotOf(value)] as number) + 1;
  const wanted = [0.01, 0.5, 0.9, 0.99, 0.999, 1];
  const cells = cellsOf(time, counts, { begin: 0, end: 1, lo: 56, hi: 256 }, seconds(1), 8, wanted);
  wanted.forEach((q, i) => {
    const exact = values[Math.max(0, Math.ceil(q * values.length) - 1)] as number;
    const position = cells.lines[i]?.[0] as number;
    expect(Math.floor(position)).toBe(slotOf(exact));
    expect(Math.abs(position - slotPosition(exact))).toBeLessThan(1);
  });
});

test("colours: log multiplies, linear adds, and both end at the peak; counts past 2^31 and 2^53 have one too", () => {
  const ramp = Uint32Array.from({ length: 256 }, (_, i) => i + 1);
  for (const peak of [1, 2, 100, 4096, 2 ** 40, 2 ** 60]) {
    const log = shadeOf({ scale: scaleOf(ramp), linear: false, peak });
    const linear = shadeOf({ scale: scaleOf(ramp), linear: true, peak });
    expect([log(0), linear(0)]).toEqual([0, 0]);
    expect(log(1)).toBe(1);
    expect(log(peak * 4)).toBe(256);
    if (peak < 2) continue;
    expect([log(peak), linear(peak)]).toEqual([256, 256]);
    // The look-up keeps seven digits: within two colours of the logarithm itself.
    const middle = Math.floor(Math.sqrt(peak));
    expect(Math.abs(log(middle) - 1 - (255 * Math.log2(middle)) / Math.log2(peak))).toBeLessThan(2);
    expect(Math.abs(linear(peak / 2) - 128.5)).toBeLessThan(1);
  }
});

test("the legend names both ends and the middle of the scale", () => {
  expect(legendCounts({ linear: false, peak: 256 })).toEqual([1, 16, 256]);
  expect(legendCounts({ linear: true, peak: 256 })).toEqual([0, 128, 256]);
  expect(legendCounts({ linear: false, peak: 1 })[2]).toBe(2);
});

test("a line over narrow columns is one piece without holes, broken at a gap, on its columns' values", () => {
  const ends = Array.from({ length: 300 }, (_, i) => (i < 200 ? i + 1 : i + 31));
  const { time, counts } = heat(ends);
  for (let c = 0; c < 300; c++) counts[c * SLOTS + 96 + ((c * 37) % 60)] = 1e6;
  const cells = cellsOf(time, counts, { begin: 0, end: 300, lo: 96, hi: 160 }, seconds(1), 1, [0.5]);
  const positions = cells.lines[0] as Float64Array;
  const [width, height] = [660, 300];
  const plot = { left: 70, top: 10, width, height, from: 0, to: 330_000, lo: 96, hi: 160 };
  const painted = (dashed: boolean) => {
    const pixels = { data: new Uint32Array(width * height), width, height, first: height, end: 0 };
    paintUpright(pixels, cells, plot, { positions, dashed }, 7, 0.75);
    return pixels;
  };
  const pixels = painted(false);
  const column = (x: number) =>
    Array.from({ length: height }, (_, y) => y).filter((y) => pixels.data[y * width + x] === 7);
  let before: number[] = [];
  for (let x = 0; x < width; x++) {
    const rows = column(x);
    const second = Math.floor(x / 2);
    if (second >= 200 && second < 230) expect(rows).toEqual([]);
    else {
      const c = second < 200 ? second : second - 30;
      const at = yOf(plot, positions[c] as number) - plot.top;
      const [top = Number.NaN, bottom = Number.NaN] = [rows[0], rows.at(-1)];
      expect(bottom - top).toBe(rows.length - 1);
      expect(at).toBeGreaterThan(top - 1);
      expect(at).toBeLessThan(bottom + 2);
      if (before.length > 0) expect(rows.some((y) => before.includes(y))).toBe(true);
    }
    before = rows;
  }
  const rows = Array.from(pixels.data.keys()).filter((i) => pixels.data[i] === 7);
  expect([pixels.first, pixels.end]).toEqual([
    Math.floor((rows[0] as number) / width),
    Math.floor((rows.at(-1) as number) / width) + 1,
  ]);
  const dashed = painted(true).data;
  expect(dashed.every((pixel, i) => pixel === 0 || pixel === pixels.data[i])).toBe(true);
  const share = dashed.filter(Boolean).length / pixels.data.filter(Boolean).length;
  expect(share).toBeGreaterThan(0.3);
  expect(share).toBeLessThan(0.7);
});

test("columns taken over from a moment ago are those that would be made anew", () => {
  const ends = Array.from({ length: 60 }, (_, i) => (i < 40 ? i + 1 : i + 7));
  const { time, counts } = heat(ends);
  for (let i = 0; i < counts.length; i++) if (i % SLOTS >= 96 && i % SLOTS < 160) counts[i] = (i * 7919) % 31;
  const part = (begin: number, end: number) => ({ begin, end, lo: 96, hi: 160 });
  for (const step of [seconds(1), seconds(3), { of: "column" as const, by: 2 }]) {
    let before = cellsOf(time, counts, part(0, 30), step, 2, [0.5, 1]);
    for (const range of [part(1, 31), part(4, 45), part(4, 45), part(2, 60), part(50, 60), part(0, 10)]) {
      const anew = cellsOf(time, counts, range, step, 2, [0.5, 1]);
      before = cellsOf(time, counts, range, step, 2, [0.5, 1], before);
      expect(before).toEqual(anew);
    }
  }
});
