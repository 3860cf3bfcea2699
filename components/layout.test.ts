import { expect, test } from "vitest";
import {
  arrange,
  GRID,
  grow,
  isSize,
  LEAST,
  layOut,
  moveEdge,
  neighbour,
  type Place,
  pack,
  resize,
  type Size,
} from "./layout";

/** One of twelve rows of a board 840 pixels high. */
const rowPixels = 70;
const size = (w: number, h: number): Size => ({ w, h });

test.each([
  ["one fills the board", ["flame"], [[12, 12]]],
  [
    "two wide ones stand one above the other",
    ["events", "histogram"],
    [
      [12, 6],
      [12, 6],
    ],
  ],
  [
    "a wide and a narrow one share a row",
    ["histogram", "flame"],
    [
      [7, 12],
      [5, 12],
    ],
  ],
  [
    "in their order",
    ["top", "events"],
    [
      [5, 12],
      [7, 12],
    ],
  ],
  [
    "the drawing's board",
    ["histogram", "flame", "events", "top"],
    [
      [7, 6],
      [5, 6],
      [7, 6],
      [5, 6],
    ],
  ],
  [
    "the last of an odd number has its row",
    ["events", "events", "top"],
    [
      [6, 6],
      [6, 6],
      [12, 6],
    ],
  ],
  [
    "a tool that is not known yet is wide",
    [undefined, "top"],
    [
      [7, 12],
      [5, 12],
    ],
  ],
] as const)("%s", (_, views, sizes) =>
  expect(arrange([...views], rowPixels)).toEqual(sizes.map(([w, h]) => ({ w, h }))),
);

test("a high screen shows three rows at once, a low one scrolls", () => {
  const six = ["events", "events", "events", "events", "events", "events"] as const;
  expect(arrange(six, 116)[0]?.h).toBe(4);
  expect(arrange(six, rowPixels)[0]?.h).toBe(6);
});

/** Which panel is in each cell; throws where two are. */
function cells(places: readonly Place[]): string[] {
  const height = Math.max(...places.map(({ y, h }) => y + h));
  const grid = Array.from({ length: height }, () => Array<string>(GRID).fill("."));
  places.forEach(({ x, y, w, h }, i) => {
    for (let row = y; row < y + h; row++)
      for (let column = x; column < x + w; column++) {
        const line = grid[row];
        if (line?.[column] !== ".") throw new Error(`${i} overlaps at ${column}, ${row}`);
        line[column] = String.fromCharCode(97 + i);
      }
  });
  return grid.map((line) => line.join(""));
}

/** Sizes that follow from a seed alone. */
function someSizes(seed: number): Size[] {
  let state = seed;
  const next = (below: number) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  return Array.from({ length: 1 + next(8) }, () => size(LEAST + next(10), LEAST + next(6)));
}

test("panels never overlap, never lose height, and leave no room free at their right", () => {
  for (let seed = 1; seed < 300; seed++) {
    const sizes = someSizes(seed);
    const places = pack(sizes);
    const grid = cells(places);
    places.forEach(({ x, y, w, h }, i) => {
      expect(h).toBe(sizes[i]?.h);
      expect(w).toBeGreaterThanOrEqual(sizes[i]?.w ?? 0);
      const right = Array.from({ length: h }, (_, row) => grid[y + row]?.[x + w]);
      expect(right.every((cell) => cell === ".")).toBe(false);
    });
  }
});

test("an edge that moves leaves every panel within bounds", () => {
  for (let seed = 1; seed < 60; seed++) {
    const places = pack(someSizes(seed));
    for (const axis of ["x", "y"] as const)
      for (const by of [-20, -1, 1, 20])
        places.forEach((_, i) => {
          const sizes = moveEdge(places, i, axis, by);
          expect(sizes.every(isSize)).toBe(true);
          cells(pack(sizes));
        });
  }
});

const board = pack([size(7, 6), size(5, 6), size(7, 6), size(5, 6)]);

test("dragging the edge between two panels gives one what the other loses", () => {
  expect(moveEdge(board, 0, "x", 2).map(({ w }) => w)).toEqual([9, 3, 7, 5]);
  expect(moveEdge(board, 0, "x", 9).map(({ w }) => w)).toEqual([9, 3, 7, 5]);
  expect(moveEdge(board, 0, "x", -9).map(({ w }) => w)).toEqual([3, 9, 7, 5]);
  expect(moveEdge(board, 0, "y", 2).map(({ h }) => h)).toEqual([8, 6, 4, 6]);
  expect(moveEdge(board, 3, "y", 2).map(({ h }) => h)).toEqual([6, 6, 6, 8]);
});

test("panels that lie across the line move with it", () => {
  const tall = pack([size(7, 6), size(5, 12), size(7, 6)]);
  expect(cells(tall)[6]).toBe("cccccccbbbbb");
  expect(moveEdge(tall, 0, "x", 1)).toEqual([size(8, 6), size(4, 12), size(8, 6)]);
});

test("a corner resizes one panel alone, and the others make way", () => {
  const sizes = resize(board, 0, size(99, 1));
  expect(sizes[0]).toEqual(size(12, LEAST));
  expect(cells(pack(sizes))[LEAST]).toBe("bbbbbccccccc");
});

test("by keys the edge that can move moves", () => {
  expect(grow(board, 0, "x", 1).map(({ w }) => w)).toEqual([8, 4, 7, 5]);
  expect(grow(board, 1, "x", 1).map(({ w }) => w)).toEqual([6, 6, 7, 5]);
  expect(grow(board, 2, "y", 1).map(({ h }) => h)).toEqual([6, 6, 7, 6]);
});

test("the neighbour in each direction", () => {
  expect((["left", "right", "up", "down"] as const).map((way) => neighbour(board, 0, way))).toEqual([
    -1, 1, -1, 2,
  ]);
  expect((["left", "right", "up", "down"] as const).map((way) => neighbour(board, 3, way))).toEqual([
    2, -1, 1, -1,
  ]);
});

test("a panel without a size takes the rest of the last row, or a row of its own", () => {
  const laid = (...sizes: (Size | undefined)[]) =>
    layOut(
      sizes.map((s) => ({ size: s, view: "events" })),
      rowPixels,
    );
  expect(laid(size(7, 5), undefined)[1]).toEqual({ x: 7, y: 0, w: 5, h: 5 });
  expect(laid(size(7, 5), size(5, 5), undefined)[2]).toEqual({ x: 0, y: 5, w: 12, h: 6 });
});
