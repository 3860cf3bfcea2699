/** What a run keeps: its newest batches, bounded by bytes and by minutes, for late viewers and snapshots. */

export interface Entry {
  /** Number of the batch's first row in the run. */
  first: number;
  /** When it was read, milliseconds of CLOCK_MONOTONIC. */
  at: number;
  rows: number;
  /** Bytes that later batches overwrite once this entry is dropped: copy what is to stay. */
  batch: Buffer;
  /** Bytes appended before this batch, since the start. */
  offset: number;
}

/** A batch from the ring is at most this long, so that a full socket skips little at a time. */
const SLAB_BYTES = 256 * 1024;
/** Less room than this is left unused, so that a batch of a busy ring is not cut small. */
const LEAST_ROOM = 64 * 1024;

/**
 * Slabs kept for later: as they are not equally full, now two are done with at a time and now none (without the second one
 * a storm allocates 14 a second, and V8 marks its whole heap for them).
 */
const SPARES = 2;

/** Memory for batches, filled from the front; `end`: number of the entry behind its last one. */
interface Slab {
  bytes: Buffer;
  used: number;
  end: number;
  /** Somebody still reads its batches: it is not used again. */
  held: boolean;
}

/**
 * Entries are numbered from 0 since the run's start; the oldest are dropped. Batches lie one behind the other in slabs,
 * which are used again: at 40 MB/s a buffer for each batch would keep the garbage collector and the kernel's pages busy.
 */
export class History {
  private entries: Entry[] = [];
  /** Number of `entries[0]`. */
  private base = 0;
  /** Number of the oldest entry that is kept. */
  private oldest = 0;
  private bytesAppended = 0;
  private rowsAppended = 0;
  private readonly slabs: Slab[] = [];
  private readonly spares: Buffer[] = [];

  constructor(
    readonly maxBytes: number,
    readonly maxMinutes: number,
  ) {}

  /** Where the next batch is to be written, at least LEAST_ROOM or `bytes` long, from a multiple of 8; then call `take`. */
  room(bytes = LEAST_ROOM): Buffer {
    const last = this.slabs.at(-1);
    if (last && last.bytes.length - last.used >= bytes) return last.bytes.subarray(last.used);
    const slab = {
      bytes:
        (bytes <= SLAB_BYTES ? this.spares.pop() : undefined) ??
        Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes)),
      used: 0,
      end: this.end,
      held: false,
    };
    this.slabs.push(slab);
    return slab.bytes;
  }

  /** Keeps the batch of `bytes` that was written into `room`. */
  take(at: number, bytes: number): Entry {
    const slab = this.slabs.at(-1);
    if (!slab) throw new Error("take without room");
    const batch = slab.bytes.subarray(slab.used, slab.used + bytes);
    const rows = batch.readUInt32LE(0);
    const entry = { first: this.rowsAppended, at, rows, batch, offset: this.bytesAppended };
    this.entries.push(entry);
    slab.used += bytes;
    slab.end = this.end;
    this.rowsAppended += rows;
    this.bytesAppended += bytes;
    this.trim(at);
    return entry;
  }

  /** Keeps a copy of a batch. */
  append(at: number, batch: Buffer): void {
    batch.copy(this.room(batch.length));
    this.take(at, batch.length);
  }

  private trim(now: number): void {
    const horizon = now - this.maxMinutes * 60_000;
    while (this.oldest < this.end - 1) {
      const entry = this.get(this.oldest);
      if (!entry || (this.bytesFrom(this.oldest) <= this.maxBytes && entry.at >= horizon)) break;
      this.oldest++;
    }
    while (this.slabs[0] && this.slabs[0].end <= this.oldest) {
      const slab = this.slabs.shift();
      if (slab?.bytes.length === SLAB_BYTES && !slab.held && this.spares.length < SPARES)
        this.spares.push(slab.bytes);
    }
    // Shifting an array costs its length: wait until a good part of it can go.
    const gone = this.oldest - this.base;
    if (gone > 1024 || gone > this.entries.length / 4) {
      this.entries = this.entries.slice(gone);
      this.base = this.oldest;
    }
  }

  /** Number of the oldest entry that is kept. */
  get start(): number {
    return this.oldest;
  }
  /** Number that the next entry will get. */
  get end(): number {
    return this.base + this.entries.length;
  }
  /** Entry by number; undefined when it was dropped or is not there yet. */
  get(number: number): Entry | undefined {
    return number < this.oldest ? undefined : this.entries[number - this.base];
  }
  /** All that is kept now; its bytes stay as they are, also once the entries are dropped here. */
  held(): Entry[] {
    for (const slab of this.slabs) slab.held = true;
    return this.entries.slice(this.oldest - this.base);
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
    return this.rowsAppended - (this.get(this.oldest)?.first ?? this.rowsAppended);
  }
}
