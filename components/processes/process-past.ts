/** What processes did in the minute before, second by second. */

/** Amounts a second, by the columns' names. */
export const metrics = [
  "cpu",
  "wait",
  "switches",
  "preemptions",
  "faults",
  "major_faults",
  "disk_read",
  "disk_written",
  "file_read",
  "file_written",
  "received",
  "sent",
  "calls",
] as const;
export type Metric = (typeof metrics)[number];

/** Batches in a sparkline: a minute, as the map is read once a second. */
export const minute = 60;

/** A column of 64 bits as pairs of 32: a BigInt for each value would cost more than all else together. */
export const wide = (pairs: Uint32Array, row: number): number =>
  (pairs[2 * row] as number) + (pairs[2 * row + 1] as number) * 2 ** 32;

/** What a batch says that processes did. */
export interface Second {
  batch: number;
  /** How long it is. */
  seconds: number;
  /** By row: the process's slot, and whether its amounts are of this second rather than of its life. */
  slots: Uint32Array;
  isNews: Uint8Array;
  /** By metric: pairs. */
  amounts: readonly Uint32Array[];
  /** Slot times `rowsAtMost` plus row, in order: where a slot's row is found. */
  sorted: Float64Array;
}

/** More rows than a batch has. */
const rowsAtMost = 2 ** 22;

/** The row of a slot, or -1. */
function rowOf({ sorted }: Second, slot: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < (slot + 1) * rowsAtMost) low = middle + 1;
    else high = middle;
  }
  const found = low > 0 ? (sorted[low - 1] as number) : -1;
  return found >= slot * rowsAtMost ? found - slot * rowsAtMost : -1;
}

/** What processes did in the last minute, in the batches themselves: only for those in sight is anything looked up. */
export class Past {
  private seconds: readonly Second[] = [];
  /** Where `slot` stands in each second of the minute up to `newest`: the same for all metrics. */
  private place = { slot: -1, newest: -1, rows: new Int32Array(minute) };

  add(second: Omit<Second, "sorted">) {
    const sorted = Float64Array.from(second.slots, (slot, row) => slot * rowsAtMost + row).sort();
    this.seconds = [...this.seconds.slice(1 - minute), { ...second, sorted }];
  }

  /** It as it is now, whatever comes. */
  kept(): Past {
    const past = new Past();
    past.seconds = this.seconds;
    return past;
  }

  /**
   * Amounts a second of the minute up to the batch `newest`, oldest first; false when all are 0. `first`: the batch with which
   * the slot became this process's.
   */
  read(metric: Metric, slot: number, first: number, newest: number, out: Float32Array): boolean {
    const m = metrics.indexOf(metric);
    const oldest = newest - minute + 1;
    if (this.place.slot !== slot || this.place.newest !== newest) this.find(slot, newest);
    const before = this.seconds[0]?.batch ?? 0;
    let any = false;
    for (let i = 0; i < minute; i++) {
      const row = this.place.rows[i] as number;
      const second = this.seconds[oldest + i - before];
      const isThere = second !== undefined && row >= 0 && second.batch >= first && second.isNews[row] === 1;
      const value = isThere ? wide(second.amounts[m] as Uint32Array, row) / second.seconds : 0;
      out[i] = value;
      any ||= value > 0;
    }
    return any;
  }

  private find(slot: number, newest: number) {
    const oldest = newest - minute + 1;
    const { rows } = this.place;
    rows.fill(-1);
    for (const second of this.seconds)
      if (second.batch >= oldest && second.batch <= newest) rows[second.batch - oldest] = rowOf(second, slot);
    this.place = { slot, newest, rows };
  }
}
