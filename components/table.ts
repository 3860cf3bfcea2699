/** The bounded store of a run's rows: batches as they came, oldest first, dropped whole at the front. */
import type { BatchHead, Column } from "../server/protocol";
import { type Decoded, decodeBatch, joinBatches } from "./batch";
import { onNextFrame } from "./frame";

export interface Batch extends Decoded {
  /** Number of the first row in its run; a gap to the batch before was not sent to this page. */
  first: number;
  /** Position of the first row among all rows this page was ever sent: no gaps. */
  position: number;
  /** When the server read it, milliseconds of CLOCK_MONOTONIC; add `Host.bootedAt` for the wall clock. */
  at: number;
  /** Its share of `Table.bytes`. */
  bytes: number;
}

/** What panels read. `version` grows with each change; listeners run at the first, then at most once an animation frame. */
export interface Table {
  readonly columns: readonly Column[];
  readonly batches: readonly Batch[];
  readonly version: number;
  /** What is kept now, and its bounds. */
  readonly rows: number;
  readonly bytes: number;
  readonly maxRows: number;
  readonly maxBytes: number;
  /** Position behind the last row. */
  readonly end: number;
  /** Rows the server left out because this page was too slow. */
  readonly notSent: number;
  /** Rows this page had and gave up at its bounds. */
  readonly dropped: number;
  subscribe(listener: () => void): () => void;
  /** The batch that holds the row at `position`, undefined when it is not kept. */
  locate(position: number): Batch | undefined;
  /** As it is now, for good. Shares the batches' memory. */
  frozen(): Table;
}

export interface Bounds {
  maxRows: number;
  maxBytes: number;
  /** Small batches become one: for rows of which each is read by itself, as `Batch.first` and `Batch.at` are lost. */
  join: boolean;
}

/** Two million rows of 64 to 90 bytes, which leaves a page of one such table well below 400 MiB. */
const usual: Bounds = { maxRows: 2_000_000, maxBytes: 192 << 20, join: false };

/** The views on a batch take memory too: about this much a column. */
const bytesPerView = 160;
/**
 * Small batches are joined from either of these on. A drained ring gives a few rows 60 times a second: as they come,
 * their views would soon take more memory than the rows. Of large ones a copy would only be garbage.
 */
const joinRows = 8192;
const joinBatchesFrom = 128;
const largeRows = 2048;

export class TableStore implements Table {
  batches: Batch[] = [];
  version = 0;
  rows = 0;
  bytes = 0;
  end = 0;
  notSent = 0;
  dropped = 0;
  readonly maxRows: number;
  readonly maxBytes: number;
  private readonly join: boolean;
  /** Batches at the end that were not joined yet. */
  private loose = 0;
  private nextRow: number | undefined;
  private lastAt = Number.NEGATIVE_INFINITY;
  private listeners = new Set<() => void>();

  constructor(
    readonly columns: readonly Column[],
    bounds: Partial<Bounds> = {},
  ) {
    const { maxRows, maxBytes, join } = { ...usual, ...bounds };
    this.maxRows = maxRows;
    this.maxBytes = maxBytes;
    this.join = join;
  }

  /** Takes in one `rows` message. Batches that were here before (sent again after a reconnect) are passed over. */
  append(heads: readonly BatchHead[], data: ArrayBuffer) {
    let offset = 0;
    for (const [first, at, length] of heads) {
      const decoded = decodeBatch(this.columns, data, offset, length);
      offset += length;
      if (first < (this.nextRow ?? first) || (decoded.rows === 0 && at <= this.lastAt)) continue;
      this.notSent += first - (this.nextRow ?? first);
      this.nextRow = first + decoded.rows;
      this.lastAt = at;
      const bytes = length + bytesPerView * this.columns.length;
      const large = decoded.rows >= largeRows;
      if (large) this.joinLoose();
      this.batches.push({ ...decoded, first, at, bytes, position: this.end });
      this.end += decoded.rows;
      this.rows += decoded.rows;
      this.bytes += bytes;
      this.loose = large ? 0 : this.loose + 1;
    }
    const oldestLoose = this.batches[this.batches.length - this.loose]?.position ?? this.end;
    if (this.loose >= joinBatchesFrom || this.end - oldestLoose >= joinRows) this.joinLoose();
    this.dropOldest();
    this.version++;
    // Waiting for a frame, the first rows would wait for that which draws the panel for them, too.
    if (this.version === 1) this.notify();
    else onNextFrame(this.notify);
  }

  subscribe(listener: () => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  locate(position: number): Batch | undefined {
    let low = 0;
    let high = this.batches.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const batch = this.batches[middle];
      if (!batch) return undefined;
      if (position < batch.position) high = middle - 1;
      else if (position >= batch.position + batch.rows) low = middle + 1;
      else return batch;
    }
    return undefined;
  }

  frozen(): Table {
    const { maxRows, maxBytes } = this;
    const copy = new TableStore(this.columns, { maxRows, maxBytes });
    const { version, rows, bytes, end, notSent, dropped } = this;
    return Object.assign(copy, { version, rows, bytes, end, notSent, dropped, batches: [...this.batches] });
  }

  private joinLoose() {
    if (!this.join || this.loose < 2) return;
    const loose = this.batches.slice(-this.loose);
    const [first] = loose;
    if (!first) return;
    const bytes = loose.reduce((sum, batch) => sum + batch.bytes, 0);
    const views = bytesPerView * this.columns.length;
    const joined = { ...first, ...joinBatches(loose), bytes: bytes - views * (loose.length - 1) };
    this.bytes += joined.bytes - bytes;
    this.batches.splice(-loose.length, loose.length, joined);
    this.loose = 0;
  }

  private dropOldest() {
    let count = 0;
    // The newest batch stays whatever its size, so that something can be seen.
    while (count < this.batches.length - 1 && (this.rows > this.maxRows || this.bytes > this.maxBytes)) {
      const batch = this.batches[count++];
      if (!batch) break;
      this.rows -= batch.rows;
      this.bytes -= batch.bytes;
      this.dropped += batch.rows;
    }
    if (count > 0) this.batches.splice(0, count);
    this.loose = Math.min(this.loose, this.batches.length);
  }

  private notify = () => {
    for (const listener of this.listeners) listener();
  };
}
