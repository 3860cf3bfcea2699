/** Rows counted by the values of one or two columns, with sums and percentiles of another, as they come. */
import type { Column } from "../server/protocol";
import { arrays, type ColumnValues, type Decoded, numberAt, rawBytes } from "./batch";
import { quantiles, SLOTS, slotOf } from "./draw/slots";
import { grown, Interner } from "./interner";

/** More groups than this are not kept apart. */
export const mostGroups = 100_000;
/** As many (group, slot) pairs, 8 bytes each, at most half of the table used. */
const mostCells = 1 << 21;

export interface GroupChoice {
  /** Places of one or two columns. */
  by: readonly number[];
  /** Place of the column that sums and percentiles are of. */
  of: number | undefined;
}

export class Groups {
  /** By group. */
  counts = new Float64Array(256);
  sums = new Float64Array(256);
  largest = new Float64Array(256);
  /** Rows whose result is an errno. */
  failed = new Float64Array(256);
  rows = 0;
  /** Rows that found no room for their group. */
  others = 0;
  private readonly keys: Interner[];
  /** With two columns: their ids as 8 bytes. */
  private readonly pairs = new Interner(mostGroups);
  private readonly pair = new Uint32Array(2);
  private readonly pairBytes = rawBytes(this.pair);
  private ids = new Int32Array(0);
  private readonly errors: number;
  private readonly cells = new Cells();

  constructor(
    private readonly columns: readonly Column[],
    readonly choice: GroupChoice,
  ) {
    this.keys = choice.by.map(() => new Interner(mostGroups));
    this.errors = columns.findIndex(({ meaning }) => meaning === "errno_n");
  }

  get size(): number {
    return this.keys.length > 1 ? this.pairs.size : (this.keys[0]?.size ?? 0);
  }

  /** Whether percentiles of every row's value are known. */
  get complete(): boolean {
    return this.cells.missed === 0;
  }

  /** Adds the rows [from, to) whose mask, from 0 on, is not 0. */
  take(batch: Decoded, from: number, to: number, mask: Uint8Array | undefined) {
    if (this.ids.length < to - from) this.ids = new Int32Array(to - from);
    this.findGroups(batch, from, to, mask);
    const { ids, counts } = this;
    const results = batch.columns[this.errors];
    const values = this.choice.of === undefined ? undefined : batch.columns[this.choice.of];
    for (let i = 0; i < to - from; i++) {
      if (mask && !mask[i]) continue;
      this.rows++;
      const group = ids[i] as number;
      if (group < 0) {
        this.others++;
        continue;
      }
      (counts[group] as number)++;
      if (results && numberAt(results, from + i) < 0) (this.failed[group] as number)++;
      if (values) this.measure(group, numberAt(values, from + i));
    }
  }

  private measure(group: number, value: number) {
    (this.sums[group] as number) += value;
    if (value > (this.largest[group] as number)) this.largest[group] = value;
    this.cells.add(group * SLOTS + slotOf(value));
  }

  private findGroups(batch: Decoded, from: number, to: number, mask: Uint8Array | undefined) {
    const { ids, pair, pairBytes } = this;
    this.keys.forEach((keys, place) => {
      const column = batch.columns[this.choice.by[place] as number];
      const idAt = column ? reader(column, keys) : () => -1;
      for (let i = 0; i < to - from; i++) {
        if (mask && !mask[i]) continue;
        const id = idAt(from + i);
        if (place === 0) ids[i] = id;
        else if (id < 0 || (ids[i] as number) < 0) ids[i] = -1;
        else {
          pair[0] = ids[i] as number;
          pair[1] = id;
          ids[i] = this.pairs.idOf(pairBytes, 0, 8);
        }
      }
    });
    if (this.size > this.counts.length)
      for (const name of ["counts", "sums", "largest", "failed"] as const)
        this[name] = grown(this[name], this.size);
  }

  /** The value of the nth of the chosen columns, as a column of one row. */
  keyOf(group: number, place: number): ColumnValues | undefined {
    const column = this.columns[this.choice.by[place] ?? -1];
    const keys = this.keys[place];
    if (!column || !keys) return undefined;
    const id =
      this.keys.length > 1
        ? new DataView(this.pairs.bytesOf(group).slice().buffer).getUint32(4 * place, true)
        : group;
    const bytes = keys.bytesOf(id).slice();
    if (column.type === "text") return { kind: "text", offsets: Uint32Array.of(0, bytes.length), bytes };
    if (column.type === "bytes") return { kind: "bytes", size: column.size, bytes };
    return { kind: "numbers", values: numbersOf(column, bytes) };
  }

  /** Within 12.5 %; NaN where there was no room. */
  percentiles(group: number, wanted: readonly number[]): number[] {
    return quantiles(this.cells.of(group), wanted);
  }
}

/** Reads a row's value as bytes, whatever it is, and gives its id. */
function reader(column: ColumnValues, keys: Interner): (row: number) => number {
  if (column.kind === "text") {
    const { bytes, offsets } = column;
    return (row) => keys.idOf(bytes, offsets[row] as number, offsets[row + 1] as number);
  }
  const bytes = column.kind === "bytes" ? column.bytes : rawBytes(column.values);
  const size = column.kind === "bytes" ? column.size : column.values.BYTES_PER_ELEMENT;
  return (row) => keys.idOf(bytes, row * size, (row + 1) * size);
}

const numbersOf = ({ type }: Column, { buffer }: { buffer: ArrayBufferLike }) =>
  new arrays[type as keyof typeof arrays](buffer as ArrayBuffer);

/** Counts by (group, slot), of which few are used: open addressing. */
class Cells {
  /** Values that found no room. */
  missed = 0;
  private used = 0;
  private keys = new Float64Array(1024).fill(-1);
  private counts = new Float64Array(1024);

  add(key: number) {
    const place = this.placeOf(key);
    if (this.keys[place] !== key) {
      if (2 * this.used >= mostCells) {
        this.missed++;
        return;
      }
      this.keys[place] = key;
      this.used++;
    }
    (this.counts[place] as number)++;
    if (2 * this.used > this.keys.length && this.keys.length < mostCells) this.spread();
  }

  /** All slots of one group. */
  of(group: number): Float64Array {
    const slots = new Float64Array(SLOTS);
    for (let slot = 0; slot < SLOTS; slot++) {
      const place = this.placeOf(group * SLOTS + slot);
      slots[slot] = this.keys[place] === group * SLOTS + slot ? (this.counts[place] as number) : 0;
    }
    return slots;
  }

  private placeOf(key: number): number {
    const mask = this.keys.length - 1;
    let place = (Math.imul(key | 0, 0x9e3779b1) >>> 7) & mask;
    while (this.keys[place] !== key && this.keys[place] !== -1) place = (place + 1) & mask;
    return place;
  }

  private spread() {
    const { keys, counts } = this;
    this.keys = new Float64Array(2 * keys.length).fill(-1);
    this.counts = new Float64Array(2 * keys.length);
    keys.forEach((key, i) => {
      if (key < 0) return;
      const place = this.placeOf(key);
      this.keys[place] = key;
      this.counts[place] = counts[i] as number;
    });
  }
}
