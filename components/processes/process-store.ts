/**
 * What the page knows of every process, in arrays by slot: who it is, what it did in the last second and in the minute
 * before. Fed with the batches of the tool `processes`; a thousand rows take about a millisecond.
 */
import type { Column } from "../../server/protocol";
import type { ColumnValues, Numbers } from "../batch";
import type { Batch, Table } from "../table";
import { type Metric, metrics, Past, wide } from "./process-past";

const facts = ["pid", "started", "cgroup", "parent", "user", "threads", "state", "kernel", "comm"] as const;

/** A process that ended stays in sight for so many batches, so that a short life can be seen at all. */
const stays = 3;
/**
 * Each process is told at least every 32 batches (PULSE in bpf/processes.bpf.c). One that three times was not has ended
 * in a batch that this page was too slow to get.
 */
const missed = 3 * 32;
/** A process found late by a walk that came by just before it was started, milliseconds. */
const slack = 50;

const letterX = "X".charCodeAt(0);
const commBytes = 16;
const utf8 = new TextDecoder();

/** Exactly one for each process since boot: its number below 2^22, its start in milliseconds modulo 2^30. */
export const identityOf = (pid: number, started: number): number =>
  (Math.floor(started / 1e6) % 2 ** 30) * 2 ** 22 + pid;

/** Whether a table has what this view shows. */
export const isProcessTable = (columns: readonly Column[]): boolean =>
  [...metrics, ...facts].every((name) => columns.some((column) => column.name === name));

/** A column of 64 bits as `wide` takes it. */
function halves(values: ColumnValues | undefined): Uint32Array {
  if (values?.kind !== "numbers") return new Uint32Array();
  const { buffer, byteOffset, byteLength } = values.values;
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

const narrow = (values: ColumnValues | undefined): Numbers =>
  values?.kind === "numbers" ? values.values : new Uint32Array();

export class ProcessStore {
  /** By slot. */
  pid = new Uint32Array();
  /** Nanoseconds of CLOCK_BOOTTIME. */
  started = new Float64Array();
  parent = new Uint32Array();
  user = new Uint32Array();
  cgroup: string[] = [];
  threads = new Uint32Array();
  /** The letter's code. */
  state = new Uint8Array();
  kernel = new Uint8Array();
  comm: string[] = [];
  /** Number of the last batch it was in, and of the one that said that it ended, 0 before. */
  lastBatch = new Uint32Array();
  endedBatch = new Uint32Array();
  /** By metric, then by slot: a second's amount in the last batch it was in. */
  readonly rates: Record<Metric, Float64Array>;

  /** Identity of the one that is looked at: it stays also when it has ended. */
  held: number | undefined;
  /** Slots in use, in no order. */
  live: number[] = [];
  /** Number of the last batch; grows with each. */
  batch = 0;
  seconds = 1;
  /** Milliseconds of CLOCK_MONOTONIC. */
  at = Number.NEGATIVE_INFINITY;
  private readonly byIdentity = new Map<number, number>();
  private readonly byPid = new Map<number, number>();
  private readonly free: number[] = [];
  private readonly past = new Past();
  /** Of the one that is looked at, once it has ended. */
  private heldPast: { identity: number; past: Past } | undefined;
  /** By slot: number of the batch with which it became this process's. */
  private firstBatch = new Uint32Array();
  private readonly commRaw: Uint8Array[] = [];
  private capacity = 0;
  private readonly place: Record<string, number>;

  /** `sleptMs`: how far CLOCK_BOOTTIME is ahead of CLOCK_MONOTONIC. */
  constructor(
    columns: readonly Column[],
    private readonly sleptMs: number,
  ) {
    this.place = Object.fromEntries(columns.map(({ name }, index) => [name, index]));
    this.rates = Object.fromEntries(metrics.map((name) => [name, new Float64Array()])) as Record<
      Metric,
      Float64Array
    >;
  }

  /** Takes in what came since the last call; true when that was anything. */
  take({ batches }: Pick<Table, "batches">): boolean {
    let from = batches.length;
    while (from > 0 && (batches[from - 1]?.at ?? 0) > this.at) from--;
    for (const batch of batches.slice(from)) this.add(batch);
    return from < batches.length;
  }

  /** A second's amount now: nothing for those that the last batch did not name. */
  rate(metric: Metric, slot: number): number {
    return this.lastBatch[slot] === this.batch ? (this.rates[metric][slot] as number) : 0;
  }

  /** The newest process with this number. */
  slotOfPid(pid: number): number | undefined {
    return this.byPid.get(pid);
  }

  slotOf(identity: number): number | undefined {
    return this.byIdentity.get(identity);
  }

  identity(slot: number): number {
    return identityOf(this.pid[slot] as number, this.started[slot] as number);
  }

  isEnded(slot: number): boolean {
    return this.endedBatch[slot] !== 0;
  }

  /** Amounts a second of the last minute (of one that ended: of its last one), oldest first, into `out`; false when there was nothing at all. */
  history(metric: Metric, slot: number, out: Float32Array): boolean {
    const { heldPast } = this;
    const past = heldPast?.identity === this.identity(slot) ? heldPast.past : this.past;
    const newest = this.isEnded(slot) ? (this.lastBatch[slot] as number) : this.batch;
    return past.read(metric, slot, this.firstBatch[slot] as number, newest, out);
  }

  private column(batch: Batch, name: string): ColumnValues | undefined {
    return batch.columns[this.place[name] ?? -1];
  }

  private add(batch: Batch) {
    const before = this.at;
    this.seconds = Math.max(0.001, (batch.at - before) / 1000);
    this.at = batch.at;
    this.batch++;
    const pid = narrow(this.column(batch, "pid"));
    const started = halves(this.column(batch, "started"));
    const state = narrow(this.column(batch, "state"));
    const cgroup = halves(this.column(batch, "cgroup"));
    const others = (["parent", "user", "threads", "kernel"] as const).map((name) => ({
      to: name,
      from: narrow(this.column(batch, name)),
    }));
    const comm = this.column(batch, "comm");
    const slots = new Uint32Array(batch.rows);
    // What had been there before it was first seen has done all that in its life, not in this second.
    const isNews = new Uint8Array(batch.rows);
    for (let row = 0; row < batch.rows; row++) {
      const start = wide(started, row);
      const identity = identityOf(Number(pid[row]), start);
      let slot = this.byIdentity.get(identity);
      if (slot !== undefined || start / 1e6 - this.sleptMs > before - slack) isNews[row] = 1;
      slot ??= this.newSlot(identity, Number(pid[row]), start);
      for (const { to, from } of others) this[to][slot] = Number(from[row]);
      this.cgroup[slot] = this.cgroupText(cgroup, row, this.cgroup[slot]);
      this.takeComm(slot, comm, row);
      this.state[slot] = Number(state[row]);
      if (state[row] === letterX) this.endedBatch[slot] = this.batch;
      slots[row] = slot;
    }
    this.takeAmounts(
      slots,
      isNews,
      metrics.map((name) => halves(this.column(batch, name))),
    );
    this.forgetEnded();
  }

  /** Column by column: loops over numbers and nothing else. */
  private takeAmounts(slots: Uint32Array, isNews: Uint8Array, amounts: readonly Uint32Array[]) {
    const { seconds, batch, lastBatch } = this;
    for (let m = 0; m < metrics.length; m++) {
      const to = this.rates[metrics[m] as Metric];
      const from = amounts[m] as Uint32Array;
      for (let row = 0; row < slots.length; row++)
        to[slots[row] as number] = isNews[row] ? wide(from, row) / seconds : 0;
    }
    for (let row = 0; row < slots.length; row++) lastBatch[slots[row] as number] = batch;
    this.past.add({ batch, seconds, slots, isNews, amounts });
  }

  private cgroupText(pairs: Uint32Array, row: number, known: string | undefined): string {
    const high = pairs[2 * row + 1] as number;
    const low = pairs[2 * row] as number;
    // An id of 64 bits must not be rounded to a double.
    const text = high < 2 ** 21 ? String(high * 2 ** 32 + low) : String((BigInt(high) << 32n) | BigInt(low));
    return text === known ? known : text;
  }

  private takeComm(slot: number, comm: ColumnValues | undefined, row: number) {
    if (comm?.kind !== "text") return;
    const from = comm.offsets[row] as number;
    const length = Math.min((comm.offsets[row + 1] as number) - from, commBytes);
    const raw = this.commRaw[slot] as Uint8Array;
    let same = raw.length === length;
    for (let i = 0; same && i < length; i++) same = raw[i] === comm.bytes[from + i];
    if (same) return;
    const bytes = comm.bytes.slice(from, from + length);
    this.commRaw[slot] = bytes;
    this.comm[slot] = utf8.decode(bytes);
  }

  private newSlot(identity: number, pid: number, started: number): number {
    let slot = this.free.pop();
    if (slot === undefined) {
      slot = this.live.length;
      if (slot >= this.capacity) this.grow();
    }
    this.pid[slot] = pid;
    this.started[slot] = started;
    this.endedBatch[slot] = 0;
    this.lastBatch[slot] = 0;
    this.firstBatch[slot] = this.batch;
    this.commRaw[slot] = new Uint8Array();
    this.comm[slot] = "";
    this.cgroup[slot] = "";
    this.byIdentity.set(identity, slot);
    const other = this.byPid.get(pid);
    if (other === undefined || started >= (this.started[other] as number)) this.byPid.set(pid, slot);
    this.live.push(slot);
    return slot;
  }

  private grow() {
    this.capacity = Math.max(512, 2 * this.capacity);
    const longer = <T extends Uint8Array | Uint32Array | Float64Array>(old: T): T => {
      const grown = new (old.constructor as new (length: number) => T)(this.capacity);
      grown.set(old);
      return grown;
    };
    this.pid = longer(this.pid);
    this.started = longer(this.started);
    this.parent = longer(this.parent);
    this.user = longer(this.user);
    this.threads = longer(this.threads);
    this.state = longer(this.state);
    this.kernel = longer(this.kernel);
    this.lastBatch = longer(this.lastBatch);
    this.endedBatch = longer(this.endedBatch);
    this.firstBatch = longer(this.firstBatch);
    for (const name of metrics) this.rates[name] = longer(this.rates[name]);
  }

  /** The minute before its end would be gone a minute after it. */
  private keepHeldPast(held: number | undefined) {
    const identity = held !== undefined && this.isEnded(held) ? this.held : undefined;
    if (identity === this.heldPast?.identity) return;
    this.heldPast = identity === undefined ? undefined : { identity, past: this.past.kept() };
  }

  private forgetEnded() {
    const isOver = (slot: number) =>
      this.endedBatch[slot] !== 0
        ? this.batch - (this.endedBatch[slot] as number) >= stays
        : this.batch - (this.lastBatch[slot] as number) > missed;
    const over = new Set(this.live.filter(isOver));
    const held = this.held === undefined ? undefined : this.slotOf(this.held);
    if (held !== undefined && over.delete(held)) this.endedBatch[held] ||= this.batch;
    this.keepHeldPast(held);
    if (over.size === 0) return;
    for (const slot of over) {
      this.byIdentity.delete(this.identity(slot));
      const pid = this.pid[slot] as number;
      if (this.byPid.get(pid) === slot) this.byPid.delete(pid);
      this.free.push(slot);
    }
    this.live = this.live.filter((slot) => !over.has(slot));
  }
}
