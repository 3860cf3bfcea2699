/** Byte strings to dense numbers, each kept once: what groups and words seen before are told apart by. */
export class Interner {
  size = 0;
  private slots = new Int32Array(1024);
  private hashes = new Uint32Array(512);
  private starts = new Uint32Array(513);
  private store = new Uint8Array(1 << 14);

  /** No more than `most` different ones are kept, of no more than `mostBytes` in sum. */
  constructor(
    readonly most: number,
    readonly mostBytes = 32 << 20,
  ) {}

  /** The number of bytes [from, to); -1 when they are new and there is no room. */
  idOf(bytes: Uint8Array, from: number, to: number): number {
    let hash = 0x811c9dc5; // FNV-1a
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    hash = (hash ^ (hash >>> 15)) >>> 0;
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = (this.slots[slot] as number) - 1;
      if (id < 0) return this.keep(bytes, from, to, hash, slot);
      if (this.hashes[id] === hash && this.same(id, bytes, from, to)) return id;
    }
  }

  bytesOf(id: number): Uint8Array {
    return this.store.subarray(this.starts[id], this.starts[id + 1]);
  }

  private same(id: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.starts[id] as number;
    if ((this.starts[id + 1] as number) - start !== to - from) return false;
    const { store } = this;
    for (let i = 0; i < to - from; i++) if (store[start + i] !== bytes[from + i]) return false;
    return true;
  }

  private keep(bytes: Uint8Array, from: number, to: number, hash: number, slot: number): number {
    const start = this.starts[this.size] as number;
    const end = start + to - from;
    if (this.size >= this.most || end > this.mostBytes) return -1;
    const id = this.size++;
    if (end > this.store.length) this.store = grown(this.store, end);
    this.store.set(bytes.subarray(from, to), start);
    if (this.size === this.hashes.length) {
      this.hashes = grown(this.hashes, 2 * this.size);
      this.starts = grown(this.starts, 2 * this.size + 1);
    }
    this.starts[id + 1] = end;
    this.hashes[id] = hash;
    this.slots[slot] = id + 1;
    if (2 * this.size > this.slots.length) this.spread();
    return id;
  }

  private spread() {
    const slots = new Int32Array(4 * this.slots.length);
    const mask = slots.length - 1;
    for (let id = 0; id < this.size; id++) {
      let slot = (this.hashes[id] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.slots = slots;
  }
}

/** A copy with room for `length` values, at least twice as much as before. */
export function grown<T extends Uint8Array | Uint32Array | Float64Array>(array: T, length: number): T {
  const copy = new (array.constructor as new (length: number) => T)(Math.max(length, 2 * array.length));
  copy.set(array);
  return copy;
}
