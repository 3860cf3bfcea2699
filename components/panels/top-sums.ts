/** Sums and rates for each key of a map table, from batches of differences. */
import type { Column } from "../../server/protocol";
import { bytesAt, type ColumnValues, numberAt, textAt } from "../batch";
import type { Batch, Table } from "../table";

/** Batches in a sparkline: a minute, as maps are read once a second. */
const sparkBatches = 60;
/** Batches of which the rates are kept, for lines over time: five minutes. */
const keptBatches = 300;
/** More keys than this are not kept; those unseen for longest go first. */
export const maxKeys = 4096;

export interface Entry {
  id: string;
  /** One row: the key's columns and other words as they last were. */
  words: (ColumnValues | undefined)[];
  /** By column: sum over what is kept, and the amount of the last batch it was in. */
  sums: Float64Array;
  last: Float64Array;
  /** Rates by batch modulo `keptBatches`, for the first column of values. */
  rates: Float32Array;
  lastBatch: number;
}

/** Numbers that are added up; everything else in a map names the row. */
export const valueColumns = (columns: readonly Column[]): number[] =>
  columns.flatMap(({ key, type, meaning }, i) =>
    !key && (type === "u64" || type === "s64") && meaning !== "cgroup_id" ? [i] : [],
  );

/** A column's value in one row, on its own, so that the batch can go. */
function oneRow(values: ColumnValues, row: number): ColumnValues {
  if (values.kind === "numbers") return { kind: "numbers", values: values.values.slice(row, row + 1) };
  const bytes = bytesAt(values, row).slice();
  if (values.kind === "bytes") return { kind: "bytes", size: values.size, bytes };
  return { kind: "text", offsets: Uint32Array.of(0, bytes.length), bytes };
}

function keyPart(values: ColumnValues | undefined, row: number): string {
  if (values?.kind === "numbers") return String(values.values[row]);
  return values?.kind === "bytes" ? String(bytesAt(values, row)) : textAt(values, row);
}

export class TopSums {
  entries = new Map<string, Entry>();
  /** Number of the last batch, and how many seconds it spans. */
  batch = 0;
  seconds = 1;
  /** Milliseconds of CLOCK_MONOTONIC of the first batch and the last. */
  since: number | undefined;
  until = 0;
  /** Keys given up at the bound. */
  forgotten = 0;
  private readonly values: number[];
  /** By batch modulo `keptBatches`. */
  private readonly readAt = new Float64Array(keptBatches);

  constructor(private readonly columns: readonly Column[]) {
    this.values = valueColumns(columns);
  }

  /** Adds what came since the last call. */
  take(table: Pick<Table, "batches">) {
    let from = table.batches.length;
    while (from > 0 && (table.batches[from - 1]?.at ?? 0) > this.until) from--;
    for (const batch of table.batches.slice(from)) this.add(batch);
  }

  private add(batch: Batch) {
    if (this.since !== undefined) this.seconds = Math.max(0.001, (batch.at - this.until) / 1000);
    this.since ??= batch.at;
    this.until = batch.at;
    this.batch++;
    this.readAt[this.batch % keptBatches] = batch.at;
    for (let row = 0; row < batch.rows; row++) {
      const entry = this.entryOf(batch, row);
      const place = this.batch % keptBatches;
      this.values.forEach((column, i) => {
        const amount = numberAt(batch.columns[column], row);
        entry.sums[i] = (entry.sums[i] ?? 0) + amount;
        entry.last[i] = amount;
        if (i === 0) entry.rates[place] = amount / this.seconds;
      });
    }
    if (this.entries.size > maxKeys) this.forget();
  }

  private entryOf(batch: Batch, row: number): Entry {
    const id = this.columns.map((column, i) => (column.key ? keyPart(batch.columns[i], row) : "")).join("\0");
    let entry = this.entries.get(id);
    if (!entry) {
      const sums = new Float64Array(this.values.length);
      entry = {
        id,
        words: [],
        sums,
        last: sums.slice(),
        rates: new Float32Array(keptBatches),
        lastBatch: this.batch,
      };
      this.entries.set(id, entry);
    }
    entry.words = batch.columns.map((values, i) =>
      this.values.includes(i) ? undefined : oneRow(values, row),
    );
    // Batches it was not in count as nothing.
    const missed = Math.min(keptBatches, this.batch - entry.lastBatch);
    for (let i = 0; i < missed; i++) entry.rates[(this.batch - i) % keptBatches] = 0;
    entry.lastBatch = this.batch;
    return entry;
  }

  private forget() {
    const oldest = [...this.entries.values()].sort((a, b) => a.lastBatch - b.lastBatch);
    for (const entry of oldest.slice(0, maxKeys >> 2)) {
      this.entries.delete(entry.id);
      this.forgotten++;
    }
  }

  /** Per second, in the last batch. */
  rateOf(entry: Entry, value: number): number {
    return entry.lastBatch === this.batch ? (entry.last[value] ?? 0) / this.seconds : 0;
  }

  /** Per second, over all that was taken of a run that began at `startedAt`, milliseconds of CLOCK_MONOTONIC. */
  meanOf(entry: Entry, value: number, startedAt: number): number {
    // A map is read once a second: the first batch tells of no more than the second before it.
    const from = Math.max(startedAt, (this.since ?? 0) - 1000);
    return (entry.sums[value] ?? 0) / Math.max(0.001, (this.until - from) / 1000);
  }

  /** Rates of the last minute, oldest first. */
  sparkOf(entry: Entry): Float64Array {
    return this.ratesOf(entry, sparkBatches);
  }

  /** Rates of the last so many batches, oldest first. */
  ratesOf(entry: Entry, batches: number): Float64Array {
    const rates = new Float64Array(batches);
    for (let i = 0; i < batches; i++) {
      const batch = this.batch - batches + 1 + i;
      const inSight = batch > 0 && batch <= entry.lastBatch;
      rates[i] = inSight ? (entry.rates[batch % keptBatches] ?? 0) : 0;
    }
    return rates;
  }

  /** When the last batches were read that are still kept, oldest first, milliseconds of CLOCK_MONOTONIC. */
  times(): number[] {
    const kept = Math.min(this.batch, keptBatches);
    return Array.from(
      { length: kept },
      (_, i) => this.readAt[(this.batch - kept + 1 + i) % keptBatches] ?? 0,
    );
  }
}
