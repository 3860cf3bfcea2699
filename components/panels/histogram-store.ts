/** Turns the batches of a histogram's table into columns of a heatmap, as they come: never twice, never all again. */
import type { Column } from "../../server/protocol";
import { type ColumnValues, numberAt, textAt } from "../batch";
import type { Counts, Timeline } from "../draw/heat";
import { SLOTS } from "../draw/slots";
import type { Batch } from "../table";

/** The counts of one value of the chosen dimension. `values` and `row` hold a row with it, for its name. */
export interface Series {
  key: string | number;
  values: ColumnValues;
  row: number;
  counts: Counts;
  /** Sum of all that was counted here. */
  all: number;
}

export interface HistogramColumns {
  slot: number;
  count: number;
  /** Key columns to tell apart by. */
  dimensions: number[];
}

/** Places of the columns a histogram needs, or undefined when the table is not one. */
export function histogramColumns(columns: readonly Column[]): HistogramColumns | undefined {
  const slot = columns.findIndex((c) => c.meaning === "slot_nsec");
  const count = columns.findIndex((c) => c.meaning === "count_n");
  if (slot === -1 || count === -1) return undefined;
  const dimensions = columns.flatMap((c, i) => (c.key && c.place >= 0 && i !== slot ? [i] : []));
  return { slot, count, dimensions };
}

/** How much time a batch is taken to cover when the one before it is not here. */
const PERIOD = 1000;
const MOST_SERIES = 6;

const keyOf = (values: ColumnValues | undefined, row: number) =>
  values?.kind === "numbers" ? numberAt(values, row) : textAt(values, row);

export class HeatStore implements Timeline {
  first = 0;
  end = 0;
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly total: Counts;
  /** By the dimension, heaviest first when the store was made; empty without a dimension. */
  readonly series: Series[] = [];
  /** Everything that has no series of its own, from how many values. */
  others: Counts | undefined;
  private nextRow: number | undefined;
  private readonly otherTotals = new Map<string | number, number>();

  constructor(
    private readonly columns: HistogramColumns,
    private readonly dimension: number | undefined,
    batches: readonly Batch[],
    readonly capacity = 900,
  ) {
    this.from = new Float64Array(capacity);
    this.to = new Float64Array(capacity);
    this.total = new Uint32Array(capacity * SLOTS);
    if (dimension !== undefined) this.chooseSeries(batches, dimension);
    this.take(batches);
  }

  get otherValues() {
    return this.otherTotals.size;
  }

  /** Takes in the batches newer than those it has seen. */
  take(batches: readonly Batch[]) {
    let next = batches.length;
    while (next > 0 && (batches[next - 1] as Batch).at > this.seen) next--;
    for (; next < batches.length; next++) this.takeOne(batches[next] as Batch);
  }

  /** True when a value among the others has become much heavier than one with a series of its own. */
  get outgrown(): boolean {
    const heaviest = Math.max(0, ...this.otherTotals.values());
    return this.series.some((s) => 2 * s.all < heaviest);
  }

  private get seen() {
    return this.end === 0 ? Number.NEGATIVE_INFINITY : (this.to[(this.end - 1) % this.capacity] as number);
  }

  private takeOne(batch: Batch) {
    const place = this.end % this.capacity;
    // Differences since the last read: however late, nothing is missing unless rows between were not sent.
    const follows = batch.first === this.nextRow;
    this.from[place] = follows ? this.seen : Math.max(this.seen, batch.at - PERIOD);
    this.to[place] = batch.at;
    this.nextRow = batch.first + batch.rows;
    this.end++;
    this.first = Math.max(0, this.end - this.capacity);
    const base = place * SLOTS;
    for (const counts of [this.total, this.others, ...this.series.map((s) => s.counts)])
      counts?.fill(0, base, base + SLOTS);
    const slots = batch.columns[this.columns.slot];
    const weights = batch.columns[this.columns.count];
    for (let row = 0; row < batch.rows; row++) {
      const cell = base + Math.min(SLOTS - 1, numberAt(slots, row));
      const count = numberAt(weights, row);
      addTo(this.total, cell, count);
      if (this.dimension !== undefined) addTo(this.countsOf(batch, this.dimension, row, count), cell, count);
    }
  }

  private countsOf(batch: Batch, dimension: number, row: number, count: number): Counts {
    const values = batch.columns[dimension] as ColumnValues;
    const key = keyOf(values, row);
    const known = this.series.find((s) => s.key === key);
    if (known) {
      known.all += count;
      return known.counts;
    }
    if (this.series.length < MOST_SERIES) return this.addSeries(key, values, row, count);
    this.otherTotals.set(key, (this.otherTotals.get(key) ?? 0) + count);
    this.others ??= new Uint32Array(this.capacity * SLOTS);
    return this.others;
  }

  private chooseSeries(batches: readonly Batch[], dimension: number) {
    const seen = new Map<string | number, { values: ColumnValues; row: number; count: number }>();
    for (const batch of batches)
      for (let row = 0; row < batch.rows; row++) {
        const values = batch.columns[dimension] as ColumnValues;
        const key = keyOf(values, row);
        const entry = seen.get(key) ?? { values, row, count: 0 };
        entry.count += numberAt(batch.columns[this.columns.count], row);
        seen.set(key, entry);
      }
    const heaviest = [...seen].sort(([, a], [, b]) => b.count - a.count).slice(0, MOST_SERIES);
    for (const [key, { values, row }] of heaviest) this.addSeries(key, values, row, 0);
  }

  private addSeries(key: string | number, values: ColumnValues, row: number, all: number): Counts {
    const counts = new Uint32Array(this.capacity * SLOTS);
    this.series.push({ key, values, row, counts, all });
    return counts;
  }
}

function addTo(counts: Counts, cell: number, count: number) {
  counts[cell] = Math.min(0xffffffff, (counts[cell] as number) + count);
}
