/** Turns the batches of a histogram's table into columns of a heatmap, as they come: never twice, never all again. */
import type { Column } from "../../server/protocol";
import { type ColumnValues, numberAt, textAt } from "../batch";
import type { Counts, Timeline } from "../draw/heat";
import { SLOTS } from "../draw/slots";
import type { Batch } from "../table";
import { LONGEST } from "./histogram-view";

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

/** How much time a batch is taken to cover, at most, when the one before it is not here. */
const PERIOD = 1000;
/** A column that ends later than this after the beginning of its second begins the next: timers are late by some ms. */
const SECOND = 1050;
const MOST_SERIES = 6;
/** Fifteen minutes of 100 ms are 9,000 columns; the arrays grow as columns come. */
const FIRST_CAPACITY = 1024;
const MOST_CAPACITY = 16_384;
/** Slots are kept from one power of two to another, and one more at each side. */
const OCTAVE = 8;

const keyOf = (values: ColumnValues | undefined, row: number) =>
  values?.kind === "numbers" ? numberAt(values, row) : textAt(values, row);

export class HeatStore implements Timeline {
  capacity = FIRST_CAPACITY;
  first = 0;
  end = 0;
  from = new Float64Array(FIRST_CAPACITY);
  to = new Float64Array(FIRST_CAPACITY);
  second = new Uint32Array(FIRST_CAPACITY);
  low = 0;
  slots = 0;
  total: Counts = new Float64Array();
  /** By the dimension, heaviest first when the store was made; empty without a dimension. */
  readonly series: Series[] = [];
  /** Everything that has no series of its own, from how many values. */
  others: Counts | undefined;
  private nextRow: number | undefined;
  private secondBegan = 0;
  private readonly otherTotals = new Map<string | number, number>();

  constructor(
    private readonly columns: HistogramColumns,
    private readonly dimension: number | undefined,
    batches: readonly Batch[],
    private readonly keptMs = LONGEST * 1000,
  ) {
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
    for (; next < batches.length; next++) this.takeOne(batches[next] as Batch, batches[next + 1]);
  }

  /** True when a value among the others has become much heavier than one with a series of its own. */
  get outgrown(): boolean {
    const heaviest = Math.max(0, ...this.otherTotals.values());
    return this.series.some((s) => 2 * s.all < heaviest);
  }

  private get seen() {
    return this.end === 0 ? Number.NEGATIVE_INFINITY : (this.to[(this.end - 1) % this.capacity] as number);
  }

  private takeOne(batch: Batch, next: Batch | undefined) {
    // Differences since the last read: however late, nothing is missing unless rows between were not sent.
    const follows = batch.first === this.nextRow;
    const period = next ? Math.min(PERIOD, next.at - batch.at) : PERIOD;
    const from = follows ? this.seen : Math.max(this.seen, batch.at - period);
    this.nextRow = batch.first + batch.rows;
    const place = this.newPlace(from, batch.at);
    this.makeRoomFor(batch);
    const base = place * this.slots - this.low;
    for (const counts of this.layers()) counts.fill(0, place * this.slots, (place + 1) * this.slots);
    const slots = batch.columns[this.columns.slot];
    const weights = batch.columns[this.columns.count];
    for (let row = 0; row < batch.rows; row++) {
      const cell = base + slotAt(slots, row);
      const count = numberAt(weights, row);
      this.total[cell] = (this.total[cell] as number) + count;
      if (this.dimension === undefined) continue;
      const own = this.countsOf(batch, this.dimension, row, count);
      own[cell] = (own[cell] as number) + count;
    }
  }

  /** The place of a new column in the ring, which grows before it forgets what should be kept. */
  private newPlace(from: number, to: number): number {
    while (this.first < this.end && (this.to[this.first % this.capacity] as number) <= to - this.keptMs)
      this.first++;
    if (this.end - this.first === this.capacity) {
      if (this.capacity < MOST_CAPACITY) this.lay(2 * this.capacity, this.low, this.slots);
      else this.first++;
    }
    const before = this.end > this.first ? (this.second[(this.end - 1) % this.capacity] as number) : -1;
    const begins = before < 0 || from > this.seen || to - this.secondBegan > SECOND;
    if (begins) this.secondBegan = from;
    const place = this.end++ % this.capacity;
    this.from[place] = from;
    this.to[place] = to;
    this.second[place] = begins ? before + 1 : before;
    return place;
  }

  private makeRoomFor(batch: Batch) {
    const slots = batch.columns[this.columns.slot];
    let [least, most] = [SLOTS, -1];
    for (let row = 0; row < batch.rows; row++) {
      const slot = slotAt(slots, row);
      if (slot < least) least = slot;
      if (slot > most) most = slot;
    }
    if (most < 0 || (least >= this.low && most < this.low + this.slots)) return;
    const none = this.slots === 0;
    const lo = Math.max(0, (Math.floor(least / OCTAVE) - 1) * OCTAVE);
    const hi = Math.min(SLOTS, (Math.floor(most / OCTAVE) + 2) * OCTAVE);
    const low = none ? lo : Math.min(lo, this.low);
    this.lay(this.capacity, low, (none ? hi : Math.max(hi, this.low + this.slots)) - low);
  }

  /** Everything kept, in arrays of another shape. */
  private lay(capacity: number, low: number, slots: number) {
    const old = { capacity: this.capacity, low: this.low, slots: this.slots };
    const again = (counts: Counts): Counts => {
      const laid = new Float64Array(capacity * slots);
      for (let c = this.first; c < this.end && old.slots > 0; c++) {
        const start = (c % old.capacity) * old.slots;
        laid.set(counts.subarray(start, start + old.slots), (c % capacity) * slots + old.low - low);
      }
      return laid;
    };
    if (capacity !== old.capacity) {
      const times = [this.from, this.to, this.second] as const;
      this.from = new Float64Array(capacity);
      this.to = new Float64Array(capacity);
      this.second = new Uint32Array(capacity);
      for (let c = this.first; c < this.end; c++)
        [this.from, this.to, this.second].forEach((array, i) => {
          array[c % capacity] = (times[i] as Float64Array)[c % old.capacity] as number;
        });
    }
    this.total = again(this.total);
    if (this.others) this.others = again(this.others);
    for (const series of this.series) series.counts = again(series.counts);
    this.capacity = capacity;
    this.low = low;
    this.slots = slots;
  }

  private layers(): Counts[] {
    return [this.total, ...(this.others ? [this.others] : []), ...this.series.map((s) => s.counts)];
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
    this.others ??= new Float64Array(this.capacity * this.slots);
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
    const counts = new Float64Array(this.capacity * this.slots);
    this.series.push({ key, values, row, counts, all });
    return counts;
  }
}

const slotAt = (slots: ColumnValues | undefined, row: number) => Math.min(SLOTS - 1, numberAt(slots, row));
