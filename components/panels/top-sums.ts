/** Sums and rates for each key of a map table, from batches of differences. */
import type { Column } from "../../server/protocol";
import { bytesAt, type ColumnValues, numberAt, textAt } from "../batch";
import type { Batch, Table } from "../table";

/** Batches in a sparkline: a minute, as maps are read once a second. */
export const sparkBatches = 60;
/** More keys than this are not kept; those unseen for longest go first. */
export const maxKeys = 4096;

export interface Entry {
  id: string;
  /** One row: the key's columns and other words as they last were. */
  words: (ColumnValues | undefined)[];
  /** By column: sum over what is kept, and the amount of the last batch it was in. */
  sums: Float64Array;
  last: Float64Array;
  /** By batch modulo `sparkBatches`, for the first column of values. */
  spark: Float64Array;
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
    for (let row = 0; row < batch.rows; row++) {
      const entry = this.entryOf(batch, row);
      const place = this.batch % sparkBatches;
      this.values.forEach((column, i) => {
        const amount = numberAt(batch.columns[column], row);
        entry.sums[i] = (entry.sums[i] ?? 0) + amount;
        entry.last[i] = amount;
        if (i === 0) entry.spark[place] = amount / this.seconds;
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
        spark: new Float64Array(sparkBatches),
        lastBatch: this.batch,
      };
      this.entries.set(id, entry);
    }
    entry.words = batch.columns.map((values, i) =>
      this.values.includes(i) ? undefined : oneRow(values, row),
    );
    // Batches it was not in count as nothing.
    const missed = Math.min(sparkBatches, this.batch - entry.lastBatch);
    for (let i = 0; i < missed; i++) entry.spark[(this.batch - i) % sparkBatches] = 0;
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

  /** Rates of the last minute, oldest first. */
  sparkOf(entry: Entry): Float64Array {
    const rates = new Float64Array(sparkBatches);
    for (let i = 0; i < sparkBatches; i++) {
      const batch = this.batch - sparkBatches + 1 + i;
      const inSight = batch > 0 && batch <= entry.lastBatch;
      rates[i] = inSight ? (entry.spark[batch % sparkBatches] ?? 0) : 0;
    }
    return rates;
  }
}
