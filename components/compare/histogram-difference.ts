/** Two histograms side by side: all of each, and second by second since each began. */
import { SLOTS } from "../draw/slots";
import type { HeatStore } from "../panels/histogram-store";

/** Seconds of each side at most: more columns than that nobody tells apart. */
const MOST_SECONDS = 900;

/** Counts by slot over everything that is kept. */
export function totalOf(store: HeatStore): Float64Array {
  const sums = new Float64Array(SLOTS);
  for (let column = store.first; column < store.end; column++) {
    const start = (column % store.capacity) * store.slots;
    for (let slot = 0; slot < store.slots; slot++) {
      const at = store.low + slot;
      sums[at] = (sums[at] as number) + (store.total[start + slot] as number);
    }
  }
  return sums;
}

/** Milliseconds from the first column to the last. */
export const lastsOf = ({ first, end, capacity, from, to }: HeatStore): number =>
  end > first ? (to[(end - 1) % capacity] as number) - (from[first % capacity] as number) : 0;

/** Counts by second since the store began, then by slot from `low` on. */
function bySecond(store: HeatStore, seconds: number, low: number, slots: number): Float64Array {
  const counts = new Float64Array(seconds * slots);
  const began = store.from[store.first % store.capacity] ?? 0;
  for (let column = store.first; column < store.end; column++) {
    const place = column % store.capacity;
    const middle = ((store.from[place] as number) + (store.to[place] as number)) / 2;
    const second = Math.floor((middle - began) / 1000);
    if (second >= seconds) break;
    for (let slot = 0; slot < store.slots; slot++) {
      const at = second * slots + store.low + slot - low;
      counts[at] = (counts[at] as number) + (store.total[place * store.slots + slot] as number);
    }
  }
  return counts;
}

export interface HeatDifference {
  seconds: number;
  /** First slot, and how many. */
  low: number;
  slots: number;
  /** Counts by second and slot. */
  before: Float64Array;
  after: Float64Array;
}

/** As long as the shorter of the two lasts. */
export function heatDifference(before: HeatStore, after: HeatStore): HeatDifference {
  const lasts = Math.min(lastsOf(before), lastsOf(after));
  const seconds = Math.max(1, Math.min(MOST_SECONDS, Math.ceil(lasts / 1000 - 0.5)));
  const low = Math.min(before.low, after.low);
  const slots = Math.max(before.low + before.slots, after.low + after.slots) - low;
  return {
    seconds,
    low,
    slots,
    before: bySecond(before, seconds, low, slots),
    after: bySecond(after, seconds, low, slots),
  };
}

/** What became of a count: -1 it is gone, 0 the same, 1 it is new. Of fewer than this, twice as many is chance. */
const LEAST = 5;
export const changeOf = (before: number, after: number): number =>
  (after - before) / Math.max(before, after, LEAST);
