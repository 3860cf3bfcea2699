/** What one process did in the minute before, second by second. */
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

/** A ring of batches, each with an amount a second for each metric. */
export class Past {
  private readonly ring = new Float32Array(minute * metrics.length);

  /** A batch's amounts: by metric, then by slot. Batches after `last`, the one that it was last in, count as nothing. */
  add(last: number, batch: number, rates: readonly Float64Array[], slot: number) {
    const size = rates.length;
    const from = Math.max(last + 1, batch - minute + 1);
    const place = (batch % minute) * size;
    if (from < batch) {
      const first = (from % minute) * size;
      if (first < place) this.ring.fill(0, first, place);
      else this.ring.fill(0, first).fill(0, 0, place);
    }
    for (let m = 0; m < size; m++) this.ring[place + m] = rates[m]?.[slot] ?? 0;
  }

  /** Amounts of the minute up to `newest`, of which the last it was in is `last`, oldest first; false when all are 0. */
  read(metric: Metric, last: number, newest: number, out: Float32Array): boolean {
    const m = metrics.indexOf(metric);
    let any = false;
    for (let i = 0; i < minute; i++) {
      const batch = newest - minute + 1 + i;
      const value =
        batch > 0 && batch <= last ? (this.ring[(batch % minute) * metrics.length + m] as number) : 0;
      out[i] = value;
      any ||= value > 0;
    }
    return any;
  }
}
