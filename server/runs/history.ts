/** What a run keeps: its newest batches, bounded by bytes and by minutes, for late viewers and snapshots. */

export interface Entry {
  /** Number of the batch's first row in the run. */
  first: number;
  /** When it was read, milliseconds of CLOCK_MONOTONIC. */
  at: number;
  rows: number;
  batch: Buffer;
  /** Bytes appended before this batch, since the start. */
  offset: number;
}

/** Entries are numbered from 0 since the run's start; the oldest are dropped. */
export class History {
  private entries: Entry[] = [];
  /** Number of `entries[0]`. */
  private oldest = 0;
  private bytesAppended = 0;
  private rowsAppended = 0;

  constructor(
    readonly maxBytes: number,
    readonly maxMinutes: number,
  ) {}

  append(at: number, batch: Buffer): void {
    const rows = batch.readUInt32LE(0);
    this.entries.push({ first: this.rowsAppended, at, rows, batch, offset: this.bytesAppended });
    this.rowsAppended += rows;
    this.bytesAppended += batch.length;
    this.trim(at);
  }

  private trim(now: number): void {
    const horizon = now - this.maxMinutes * 60_000;
    let drop = 0;
    while (drop < this.entries.length - 1) {
      const entry = this.entries[drop];
      if (!entry || (this.bytesAppended - entry.offset <= this.maxBytes && entry.at >= horizon)) break;
      drop++;
    }
    // Shifting an array costs its length: wait until a good part of it can go.
    if (drop > 1024 || drop > this.entries.length / 4) {
      this.entries = this.entries.slice(drop);
      this.oldest += drop;
    }
  }

  /** Number of the oldest entry that is kept. */
  get start(): number {
    return this.oldest;
  }
  /** Number that the next entry will get. */
  get end(): number {
    return this.oldest + this.entries.length;
  }
  /** Entry by number; undefined when it was dropped or is not there yet. */
  get(number: number): Entry | undefined {
    return this.entries[number - this.oldest];
  }
  /** Bytes from entry `number` to the newest. */
  bytesFrom(number: number): number {
    const entry = this.get(number);
    return entry ? this.bytesAppended - entry.offset : 0;
  }
  /** Rows appended since the start, dropped ones included. */
  get totalRows(): number {
    return this.rowsAppended;
  }
  get bytes(): number {
    return this.bytesFrom(this.oldest);
  }
  get rows(): number {
    return this.rowsAppended - (this.entries[0]?.first ?? this.rowsAppended);
  }
}
