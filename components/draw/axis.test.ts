import { expect, test } from "vitest";
import { clock, decadeTicks, timeTicks, valueTicks } from "./axis";
import { slotPosition } from "./slots";

test("value marks are the powers of ten in range", () => {
  const ticks = decadeTicks(slotPosition(900), slotPosition(2e8));
  expect(ticks.map((t) => t.value)).toEqual([1e3, 1e4, 1e5, 1e6, 1e7, 1e8]);
  for (const tick of ticks) expect(tick.at).toBe(slotPosition(tick.value));
});

test("time marks are round wall-clock moments, as many as fit", () => {
  const noon = Date.UTC(2024, 0, 1, 12);
  expect(timeTicks(noon - 1, noon + 120_001, 5).map((t) => t - noon)).toEqual([
    0, 30_000, 60_000, 90_000, 120_000,
  ]);
  for (const span of [1e3, 6e4, 9e5, 1e8])
    expect(timeTicks(noon, noon + span, 6).length).toBeLessThanOrEqual(7);
  expect(timeTicks(noon, noon, 5).length).toBeLessThanOrEqual(1);
});

test("a clock that makes no sense is shown as nothing", () => {
  expect(clock(Number.NaN)).toBe("");
  expect(clock(new Date(2024, 0, 1, 4, 5, 6).getTime())).toBe("04:05:06");
});

test.each([
  [0, [0]],
  [1, [0, 0.5, 1]],
  [3.9, [0, 1, 2, 3, 4]],
  [97, [0, 50, 100]],
  [24_538, [0, 10_000, 20_000, 30_000]],
])("marks up to %d", (most, ticks) => expect(valueTicks(most)).toEqual(ticks));

test("at most six marks, and none is far above the highest value", () => {
  for (let most = 0.01; most < 1e9; most *= 1.37) {
    const ticks = valueTicks(most);
    expect(ticks.length).toBeLessThanOrEqual(6);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(most * 0.999);
    expect(ticks.at(-2)).toBeLessThan(most);
  }
});
