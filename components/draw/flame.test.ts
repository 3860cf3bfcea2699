import { expect, test } from "vitest";
import { divergingRamp, STEPS, stepOf } from "./diverging";
import { depthAt, type FlameView, fittingRowHeight, rowTop } from "./flame";
import { layoutFlame, neighbour, pathOf, rectAt, SMALL, type Tree } from "./flame-layout";
import { cellAt, geometryOf, rangeBetween, type Strip, step, timeOf } from "./flame-strip";

/** [frame, own samples, children…] */
type Node = [number, number, ...Node[]];

function tree(root: Node): Tree {
  const rows: { parent: number; frame: number; self: number; total: number; kids: number[] }[] = [];
  const add = ([frame, self, ...children]: Node, parent: number): number => {
    const at = rows.push({ parent, frame, self, total: self, kids: [] }) - 1;
    const row = rows[at] as (typeof rows)[number];
    for (const child of children) {
      const kid = add(child, at);
      row.kids.push(kid);
      row.total += rows[kid]?.total ?? 0;
    }
    return at;
  };
  add(root, -1);
  const firstChild = new Int32Array(rows.length).fill(-1);
  const nextSibling = new Int32Array(rows.length).fill(-1);
  rows.forEach((row, i) => {
    firstChild[i] = row.kids[0] ?? -1;
    row.kids.forEach((kid, k) => {
      nextSibling[kid] = row.kids[k + 1] ?? -1;
    });
  });
  return {
    size: rows.length,
    parent: Int32Array.from(rows, (r) => r.parent),
    firstChild,
    nextSibling,
    frame: Int32Array.from(rows, (r) => r.frame),
    total: Float64Array.from(rows, (r) => r.total),
  };
}

//            0:10 ── 1:7 ── 2:4, 3:2      4:3
const small = tree([10, 0, [11, 1, [12, 4], [13, 2]], [14, 3]]);

function listed(t: Tree, zoom: number, width: number) {
  const r = layoutFlame(t, zoom, width);
  return Array.from({ length: r.count }, (_, i) => [r.node[i], r.depth[i], r.x[i], r.width[i]]);
}

test("children lie on their parent, side by side, as wide as their samples", () => {
  expect(listed(small, 0, 100)).toEqual([
    [0, 0, 0, 100],
    [1, 1, 0, 70],
    [4, 1, 70, 30],
    [2, 2, 0, 40],
    [3, 2, 40, 20],
  ]);
});

test("what is zoomed to fills the width, under its ancestors", () => {
  expect(listed(small, 1, 70)).toEqual([
    [0, 0, 0, 70],
    [1, 1, 0, 70],
    [2, 2, 0, 40],
    [3, 2, 40, 20],
  ]);
  expect(pathOf(small, 3)).toEqual([0, 1, 3]);
});

test("frames narrower than a pixel are drawn together and not gone into", () => {
  const kids: Node[] = Array.from({ length: 1000 }, (_, i) => [i + 1, 1, [5000 + i, 1]]);
  const r = layoutFlame(tree([0, 0, ...kids]), 0, 500);
  expect([...r.node.slice(0, r.count)]).toEqual([0, SMALL]);
  expect(r.width[1]).toBeCloseTo(500, 0);
});

test("100,000 frames: only what can be seen is laid out, every depth adds up to at most the width", () => {
  const grow = (depth: number): Node =>
    depth === 0 ? [depth, 1] : [depth, 0, ...Array.from({ length: 10 }, () => grow(depth - 1))];
  const big = tree(grow(5));
  expect(big.size).toBeGreaterThan(100_000);
  const r = layoutFlame(big, 0, 1000);
  expect(r.count).toBeLessThan(3000);
  const widths = new Float64Array(r.depths);
  for (let i = 0; i < r.count; i++)
    widths[r.depth[i] as number] = (widths[r.depth[i] as number] as number) + (r.width[i] as number);
  for (const w of widths) expect(w).toBeLessThan(1001);
});

test("nothing sampled: nothing to draw", () => {
  expect(layoutFlame(tree([0, 0]), 0, 100).count).toBe(0);
});

test("a point hits the rectangle it is in", () => {
  const r = layoutFlame(small, 0, 100);
  expect(r.node[rectAt(r, 69.9, 1)]).toBe(1);
  expect(r.node[rectAt(r, 70, 1)]).toBe(4);
  expect(rectAt(r, 65, 2)).toBe(-1);
  expect(rectAt(r, 5, 9)).toBe(-1);
});

test("arrow keys lead to the widest callee, the caller and the neighbours", () => {
  const r = layoutFlame(small, 0, 100);
  expect(neighbour(small, r, 0, "in")).toBe(1);
  expect(neighbour(small, r, 1, "in")).toBe(2);
  expect(neighbour(small, r, 2, "right")).toBe(3);
  expect(neighbour(small, r, 3, "left")).toBe(2);
  expect(neighbour(small, r, 3, "right")).toBe(3);
  expect(neighbour(small, r, 3, "out")).toBe(1);
  expect(neighbour(small, r, 0, "out")).toBe(0);
});

test("rows and depths are inverse, as flame and as icicle, scrolled too", () => {
  for (const icicle of [true, false])
    for (const scroll of [0, 33]) {
      const view = { width: 100, height: 120, rowHeight: 20, scroll, icicle } as FlameView;
      for (const depth of [0, 3, 8]) {
        const top = rowTop(depth, 9, view);
        expect(depthAt(top + 0.5, 9, view)).toBe(depth);
        expect(depthAt(top + 19.5, 9, view)).toBe(depth);
      }
    }
});

test("rows use the height there is, within bounds", () => {
  expect(fittingRowHeight(300, 3)).toBe(24);
  expect(fittingRowHeight(300, 15)).toBe(20);
  expect(fittingRowHeight(300, 127)).toBe(17);
});

test("ordered by weight the widest come first, and what is too narrow comes last, together", () => {
  const t = tree([0, 0, [1, 2], [2, 5], [3, 0.004], [4, 3], [5, 0.006]]);
  const r = layoutFlame(t, 0, 1000, "weight");
  expect([...r.node.slice(0, r.count)]).toEqual([0, 2, 4, 1, SMALL]);
});

const strip: Strip = { width: 120, height: 40, cell: 6, first: 100, end: 120 };

test("a place on the strip is a second and an offset, from the bottom up", () => {
  expect(cellAt(strip, 0, 39.9)).toEqual({ second: 100, offset: 0 });
  expect(cellAt(strip, 7, 0)).toEqual({ second: 101, offset: 19 });
  expect(cellAt(strip, -50, 500)).toEqual({ second: 100, offset: 0 });
  expect(cellAt(strip, 500, -5)).toEqual({ second: 119, offset: 19 });
  expect(timeOf({ second: 101, offset: 19 })).toBe(101_950);
});

test("two cells are the time from one to the other, both included", () => {
  const [a, b] = [
    { second: 101, offset: 3 },
    { second: 100, offset: 19 },
  ];
  expect(rangeBetween(a, b)).toEqual({ from: 100_950, to: 101_200 });
  expect(rangeBetween(b, a)).toEqual({ from: 100_950, to: 101_200 });
  expect(rangeBetween(a, a)).toEqual({ from: 101_150, to: 101_200 });
});

test("keys lead from cell to cell, through the seconds, and not out of the strip", () => {
  const at = (second: number, offset: number) => ({ second, offset });
  expect(step(strip, undefined, "ArrowLeft")).toEqual(at(119, 0));
  expect(step(strip, at(105, 19), "ArrowUp")).toEqual(at(106, 0));
  expect(step(strip, at(105, 0), "ArrowDown")).toEqual(at(104, 19));
  expect(step(strip, at(105, 4), "ArrowLeft")).toEqual(at(104, 4));
  expect(step(strip, at(105, 4), "PageUp")).toEqual(at(100, 4));
  expect(step(strip, at(119, 19), "ArrowUp")).toEqual(at(119, 19));
  expect(step(strip, at(100, 0), "ArrowDown")).toEqual(at(100, 0));
  expect(step(strip, at(105, 4), "End")).toEqual(at(119, 4));
  expect(step(strip, at(105, 4), "x")).toBeUndefined();
});

test("seconds are as wide as fit, the newest at the right", () => {
  const heat = (first: number, end: number) => ({ first, end, at: () => 0 });
  expect(geometryOf(120, 40, heat(100, 110), 110_500)).toEqual({ ...strip, first: 91, end: 111 });
  expect(geometryOf(120, 40, heat(100, 140), 139_500)).toEqual({ ...strip, cell: 3, first: 100, end: 140 });
  expect(geometryOf(120, 40, heat(0, 900), 0)).toEqual({ ...strip, cell: 2, first: 840, end: 900 });
});

test("less and more are equally bright on either side, the same is the ground's", () => {
  for (const dark of [true, false]) {
    const ramp = divergingRamp(dark).map(
      ({ css }) => css.match(/\d+/g)?.map(Number) as [number, number, number],
    );
    const [gone, same, fresh] = [ramp[0], ramp[STEPS], ramp[2 * STEPS]] as [number, number, number][];
    const light = ([r, g, b]: readonly number[]) => 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
    expect(Math.abs(light(gone as number[]) - light(fresh as number[]))).toBeLessThan(45);
    expect(Math.max(...(same as number[])) - Math.min(...(same as number[]))).toBeLessThan(16);
    expect(fresh?.[0]).toBeGreaterThan((fresh?.[2] ?? 0) + 60);
    expect(gone?.[2]).toBeGreaterThan((gone?.[0] ?? 0) + 60);
  }
  expect([stepOf(-1), stepOf(0), stepOf(1), stepOf(7), stepOf(Number.NaN)]).toEqual([0, 10, 20, 20, 10]);
});
