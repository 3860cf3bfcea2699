import { expect, test } from "vitest";
import { ratesBetween } from "./rates";

test("runs and time a second, by program", () => {
  const before = { at: 1000, usage: [[7, 100, 5000] as const, [8, 5, 50] as const].map((u) => [...u]) };
  const after = {
    at: 3000,
    usage: [
      [7, 300, 25_000],
      [8, 5, 50],
      [9, 4, 2_000_000_000],
    ],
  };
  const rates = ratesBetween(before as never, after as never);
  expect(rates.get(7)).toEqual({ runs: 100, nsec: 100, share: 20_000 / 2e9 });
  expect(rates.get(8)).toEqual({ runs: 0, nsec: 0, share: 0 });
  // Loaded in between: all it did was done since.
  expect(rates.get(9)).toEqual({ runs: 2, nsec: 5e8, share: 1 });
});

test("an id given again and a clock that stands still say nothing", () => {
  const usage = (runs: number, nsec: number) => [[7, runs, nsec]] as [number, number, number][];
  expect(ratesBetween({ at: 0, usage: usage(9, 9) }, { at: 1, usage: usage(1, 1) }).size).toBe(0);
  expect(ratesBetween({ at: 5, usage: usage(1, 1) }, { at: 5, usage: usage(2, 2) }).size).toBe(0);
});
