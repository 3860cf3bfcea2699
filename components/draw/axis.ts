/** Where axes get their marks. */
import { slotLower, slotPosition } from "./slots";

export interface Tick {
  /** Slots on a value axis, milliseconds since the epoch on a time axis. */
  at: number;
  value: number;
}

/** 1-10-100 marks of an axis of slots between `lo` and `hi`. */
export function decadeTicks(lo: number, hi: number): Tick[] {
  const ticks: Tick[] = [];
  const top = slotLower(hi);
  for (let value = 1; value <= top; value *= 10) {
    const at = slotPosition(value);
    if (at >= lo && at <= hi) ticks.push({ at, value });
  }
  return ticks;
}

/** Steps of 1, 2 and 5: at most five marks from 0 to what is shown. */
export function valueTicks(most: number): number[] {
  if (!(most > 0)) return [0];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((s) => s * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, i) => i * step);
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].map((s) => s * 1000);

/** Round wall-clock moments in [from, to], at most `most` of them. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const step = STEPS.find((s) => (to - from) / s <= most) ?? 3_600_000;
  const ticks: number[] = [];
  for (let t = Math.ceil(from / step) * step; t <= to && ticks.length <= most; t += step) ticks.push(t);
  return ticks;
}

const two = (n: number) => String(n).padStart(2, "0");

/** 14:32:07, in the reader's time zone. */
export function clock(epoch: number): string {
  const d = new Date(epoch);
  return Number.isNaN(d.getTime())
    ? ""
    : `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}
