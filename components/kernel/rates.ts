/** What programs cost right now, from two readings of the kernel's statistics. */
import type { Inventory } from "../../server/protocol/kernel";

export interface Rate {
  /** Runs a second. */
  runs: number;
  /** Of one run; 0 where there was none. */
  nsec: number;
  /** Of one CPU, 1 is all of it. */
  share: number;
}

type Reading = Pick<Inventory, "at" | "usage">;

/** By program. Empty where nothing was counted between the two, as when statistics are off. */
export function ratesBetween(before: Reading, after: Reading): Map<number, Rate> {
  const rates = new Map<number, Rate>();
  const seconds = (after.at - before.at) / 1000;
  if (seconds <= 0) return rates;
  const earlier = new Map(before.usage.map(([id, runs, nsec]) => [id, { runs, nsec }]));
  for (const [id, runs, nsec] of after.usage) {
    const was = earlier.get(id) ?? { runs: 0, nsec: 0 };
    const more = runs - was.runs;
    const time = nsec - was.nsec;
    // An id that was given again counts from 0.
    if (more < 0 || time < 0) continue;
    rates.set(id, { runs: more / seconds, nsec: more > 0 ? time / more : 0, share: time / 1e9 / seconds });
  }
  return rates;
}
