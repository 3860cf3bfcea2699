import { expect, test } from "vitest";
import {
  logWidth,
  occupied,
  quantiles,
  SLOTS,
  slotLower,
  slotOf,
  slotPosition,
  slotUpper,
  slotValue,
} from "./slots";

/** The kernel's arithmetic, on exact integers. */
function kernelSlot(value: bigint): number {
  if (value < 16n) return Number(value);
  const exponent = value.toString(2).length - 1;
  return 16 + (exponent - 4) * 8 + Number((value >> BigInt(exponent - 3)) & 7n);
}

test("every slot's edges are where the kernel's arithmetic changes slot", () => {
  for (let slot = 0; slot < SLOTS; slot++) {
    const lower = BigInt(slotLower(slot));
    expect(kernelSlot(lower)).toBe(slot);
    if (slot > 0) expect(kernelSlot(lower - 1n)).toBe(slot - 1);
    expect(slotUpper(slot)).toBe(slotLower(slot + 1));
  }
  expect(slotLower(SLOTS)).toBe(2 ** 64);
  expect(kernelSlot(2n ** 64n - 1n)).toBe(SLOTS - 1);
});

test("slotOf agrees with the kernel, next to powers of two too", () => {
  for (let e = 0; e < 53; e++)
    for (const d of [-1, 0, 1]) {
      const v = 2 ** e + d;
      expect(slotOf(v)).toBe(kernelSlot(BigInt(v)));
    }
  expect(slotOf(2 ** 63)).toBe(kernelSlot(2n ** 63n));
  expect(slotOf(2 ** 64)).toBe(SLOTS - 1);
});

test("no slot is wider than 12.5 % of its lower edge", () => {
  for (let slot = 16; slot < SLOTS; slot++)
    expect((slotUpper(slot) - slotLower(slot)) / slotLower(slot)).toBeLessThanOrEqual(0.125);
});

test("slotPosition and slotValue are inverse", () => {
  for (const v of [0, 3, 15, 16, 17, 100, 1234.5, 1e6, 9.8e6, 2 ** 40 + 1])
    expect(slotValue(slotPosition(v))).toBeCloseTo(v, 3);
});

function exactQuantile(sorted: number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] as number;
}

test("quantiles are within 12.5 % of the exact ones from the raw values", () => {
  let seed = 42;
  const random = () => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
  const shapes: [string, () => number][] = [
    ["uniform", () => random() * 1e6],
    ["log-uniform over 12 decades", () => 10 ** (random() * 12)],
    ["two modes", () => (random() < 0.95 ? 8e4 + random() * 4e4 : 1e7 + random() * 3e7)],
    ["tiny", () => random() * 20],
    ["one value", () => 123456],
  ];
  for (const [shape, draw] of shapes)
    for (const n of [1, 2, 7, 100, 5000]) {
      const raw = Array.from({ length: n }, () => Math.floor(draw())).sort((a, b) => a - b);
      const counts = new Float64Array(SLOTS);
      for (const v of raw) counts[slotOf(v)] = (counts[slotOf(v)] as number) + 1;
      const wanted = [0.01, 0.5, 0.9, 0.99, 1];
      const got = quantiles(counts, wanted);
      wanted.forEach((q, i) => {
        const exact = exactQuantile(raw, q);
        expect(Math.abs((got[i] as number) - exact), `${shape} n=${n} q=${q}`).toBeLessThanOrEqual(
          exact * 0.125,
        );
      });
    }
});

test("quantiles of nothing are NaN, and of counts past 2^53 still in the right slot", () => {
  expect(quantiles(new Float64Array(SLOTS), [0.5])).toEqual([Number.NaN]);
  const counts = new Float64Array(SLOTS);
  counts[100] = 2 ** 60;
  counts[200] = 2 ** 53;
  expect(slotOf(quantiles(counts, [0.5])[0] as number)).toBe(100);
});

test("the eight slots of a power of two take a power of two, though not in equal parts", () => {
  expect(logWidth(96, 104)).toBeCloseTo(8);
  expect(logWidth(96, 97)).toBeGreaterThan(logWidth(103, 104));
  expect(logWidth(0, 4)).toBe(4);
});

test("occupied is the range of non-zero counts", () => {
  expect(occupied([0, 0, 3, 0, 1, 0])).toEqual({ lo: 2, hi: 5 });
  expect(occupied([0, 0])).toBeUndefined();
});
