/**
 * Looks through a table's rows, once each, oldest first: which pass a filter, and how they add up in groups. Works in
 * slices of a few milliseconds, so that the page stays fluid, and goes on with what comes.
 */
import type { Decoded } from "./batch";
import type { Filter } from "./filter/filter";
import { onNextFrame } from "./frame";
import type { Groups } from "./groups";
import { grown } from "./interner";
import type { Table } from "./table";

/** At a slice of 8 ms in a frame of 16 the page can still draw. */
const sliceMs = 8;
const [leastRows, mostRows] = [16, 16_384];

export class Scan {
  version = 0;
  /** True once it has seen every row that there was. */
  caughtUp = false;
  /** Rows that were dropped before they could be looked at. */
  missed = 0;
  /** Positions are kept less this, so that 32 bits do. */
  private base = 0;
  private next: number;
  private found = new Uint32Array(1024);
  /** Of `found`: what is in use; entries before `start` were dropped from the table. */
  private start = 0;
  private stop = 0;
  /** Number, among all that ever passed, of `found[start]`. */
  first = 0;
  private mask = new Uint8Array(mostRows);
  private rowsAtOnce = 256;
  private due: ReturnType<typeof setTimeout> | undefined;
  private closed = false;
  private unsubscribe: () => void;
  private listeners = new Set<() => void>();

  constructor(
    private table: Table,
    readonly filter: Filter | undefined,
    readonly groups?: Groups,
  ) {
    this.base = table.end - table.rows;
    this.next = this.base;
    this.unsubscribe = table.subscribe(this.slice);
    this.slice();
  }

  /** One behind the number of the last row that passed. */
  get end(): number {
    return this.first + this.stop - this.start;
  }

  /** How far it has come: position behind the last row that was looked at. */
  get until(): number {
    return this.next;
  }

  /** Where the nth row that passed is in the table. */
  positionAt(number: number): number {
    return this.base + (this.found[this.start + number - this.first] as number);
  }

  /** Goes on with the same rows elsewhere: a frozen table, or the living one again. */
  follow(table: Table) {
    if (table === this.table) return;
    this.unsubscribe();
    this.table = table;
    this.unsubscribe = table.subscribe(this.slice);
    this.slice();
  }

  subscribe(listener: () => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  close() {
    this.closed = true;
    this.unsubscribe();
    clearTimeout(this.due);
    this.listeners.clear();
  }

  private slice = () => {
    if (this.closed) return;
    clearTimeout(this.due);
    this.advance(performance.now() + sliceMs);
    if (this.next < this.table.end) this.due = setTimeout(this.slice);
    else this.caughtUp = true;
    this.version++;
    onNextFrame(this.notify);
  };

  private notify = () => {
    for (const listener of this.listeners) listener();
  };

  private advance(deadline: number) {
    this.trim();
    while (this.next < this.table.end) {
      const batch = this.table.locate(this.next);
      if (!batch) break;
      const from = this.next - batch.position;
      const to = Math.min(batch.rows, from + this.rowsAtOnce);
      const began = performance.now();
      this.take(batch, from, to);
      this.next = batch.position + to;
      const now = performance.now();
      // A slow pattern on long texts must not hold the page either.
      const wanted = ((to - from) * sliceMs) / 2 / Math.max(0.01, now - began);
      this.rowsAtOnce = Math.round(
        Math.min(mostRows, Math.max(leastRows, Math.min(wanted, 4 * this.rowsAtOnce))),
      );
      if (now >= deadline) break;
    }
  }

  private take(batch: Decoded & { position: number }, from: number, to: number) {
    const { filter, groups, mask } = this;
    if (filter) {
      mask.fill(1, 0, to - from);
      filter.test(batch, from, to, mask);
    }
    if (groups) groups.take(batch, from, to, filter && mask);
    else this.keep(batch.position + from - this.base, to - from);
  }

  private keep(first: number, rows: number) {
    if (this.stop + rows > this.found.length) {
      // What was dropped makes room before more is asked for.
      this.found.copyWithin(0, this.start, this.stop);
      this.stop -= this.start;
      this.start = 0;
      if (2 * (this.stop + rows) > this.found.length) this.found = grown(this.found, this.stop + rows);
    }
    const { found, mask } = this;
    let { stop } = this;
    for (let i = 0; i < rows; i++) if (mask[i]) found[stop++] = first + i;
    this.stop = stop;
  }

  private trim() {
    const oldest = this.table.end - this.table.rows;
    if (this.next < oldest) {
      this.missed += oldest - this.next;
      this.next = oldest;
    }
    while (this.start < this.stop && this.base + (this.found[this.start] as number) < oldest) {
      this.start++;
      this.first++;
    }
    const far = oldest - this.base;
    if (far < 2 ** 31) return;
    for (let i = this.start; i < this.stop; i++) (this.found[i] as number) -= far;
    this.base = oldest;
  }
}
