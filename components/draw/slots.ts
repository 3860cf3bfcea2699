/**
 * Log-linear slots, as the kernel programs fill them: a value below 16 is its own slot, above that each power of
 * two is split in 8. So a slot is never wider than 1/8 of its lower edge, and neither is the error of a percentile.
 */

/** One more than the slot of 2^64 - 1. */
export const SLOTS = 496;

/** Smallest value of a slot; exact to 2^63 and beyond, since it has at most four significant bits. */
export function slotLower(slot: number): number {
  if (slot < 16) return slot;
  const split = (slot - 16) & 7;
  return (8 + split) * 2 ** (((slot - 16) >> 3) + 1);
}

/** First value above a slot. */
export function slotUpper(slot: number): number {
  return slotLower(slot + 1);
}

/** The slot where a value's power of two begins, and the value's place among its 8 parts. */
function parts(value: number): [number, number] {
  if (value < 16) return [0, Math.max(0, value)];
  let exponent = Math.floor(Math.log2(value));
  // log2 rounds up just below a power of two.
  if (2 ** exponent > value) exponent--;
  return [16 + (exponent - 4) * 8, value / 2 ** (exponent - 3) - 8];
}

/** Where a value lies on an axis of slots: its slot, and how far into it. Inverse of `slotValue`. */
export function slotPosition(value: number): number {
  const [base, place] = parts(value);
  return base + place;
}

export function slotOf(value: number): number {
  const [base, place] = parts(value);
  return Math.min(SLOTS - 1, base + Math.floor(place));
}

/** The value at a position on an axis of slots. */
export function slotValue(position: number): number {
  const slot = Math.floor(position);
  const lower = slotLower(slot);
  return lower + (position - slot) * (slotUpper(slot) - lower);
}

/** How much of a log axis slots [lo, hi) take, in eighths of a power of two: 1 for a slot on average. */
export function logWidth(lo: number, hi: number): number {
  return lo < 8 ? hi - lo : 8 * Math.log2(slotLower(hi) / slotLower(lo));
}

export function total(counts: ArrayLike<number>, lo = 0, hi = counts.length): number {
  let sum = 0;
  for (let slot = lo; slot < hi; slot++) sum += counts[slot] as number;
  return sum;
}

/**
 * Positions (see `slotValue`) of ascending quantiles in counts by slot, interpolated inside the slot; NaN when all
 * counts are 0. The true value (the smallest with at least q of all at or below it) lies in the same slot.
 */
export function quantilePositions(
  counts: Float64Array,
  quantiles: readonly number[],
  lo = 0,
  hi = counts.length,
): number[] {
  const positions: number[] = [];
  walkQuantiles(counts, quantiles, lo, hi, total(counts, lo, hi), (_, position) => positions.push(position));
  return positions;
}

/** The same in one pass and without an array, for a heatmap's columns; `all`: the sum of the counts. */
export function walkQuantiles(
  counts: Float64Array,
  quantiles: readonly number[],
  lo: number,
  hi: number,
  all: number,
  put: (index: number, position: number) => void,
) {
  let slot = lo;
  let before = 0;
  for (let i = 0; i < quantiles.length; i++) {
    // Sums of the same counts in another order may differ in their last digit.
    const rank = Math.min(all, Math.max((quantiles[i] as number) * all, Number.MIN_VALUE));
    while (slot < hi - 1 && before + (counts[slot] as number) < rank) before += counts[slot++] as number;
    const inside = (rank - before) / (counts[slot] as number);
    // Below 16 a slot is one whole value; a full slot must not become the next one.
    put(i, all === 0 ? Number.NaN : slot < 16 ? slot : slot + Math.min(inside, 1 - 1e-9));
  }
}

/** Values of ascending quantiles, within 12.5 % of the exact ones. */
export function quantiles(counts: Float64Array, wanted: readonly number[]): number[] {
  return quantilePositions(counts, wanted).map((p) => (Number.isNaN(p) ? p : slotValue(p)));
}

/** Range of slots with a count, `hi` exclusive; undefined when there is none. */
export function occupied(counts: ArrayLike<number>): { lo: number; hi: number } | undefined {
  let lo = 0;
  while (lo < counts.length && counts[lo] === 0) lo++;
  if (lo === counts.length) return undefined;
  let hi = counts.length;
  while (counts[hi - 1] === 0) hi--;
  return { lo, hi };
}
