/** Numbers for triples of integers, dense and in the order they came: a hash table in typed arrays, nothing allocated a look-up. */
export class Tuples {
  size = 0;
  /** The members, by number; longer than `size`. */
  a = new Int32Array(1024);
  b = new Int32Array(1024);
  c = new Int32Array(1024);
  /** Numbers by hash, -1 where free; never more than half full. */
  private places = new Int32Array(4096).fill(-1);

  /** The number of a triple; a new one gets `size`. */
  numberOf(a: number, b: number, c: number): number {
    const place = this.placeOf(a, b, c);
    const known = this.places[place] as number;
    if (known !== -1) return known;
    if (this.size === this.a.length) {
      this.a = longer(this.a);
      this.b = longer(this.b);
      this.c = longer(this.c);
    }
    const number = this.size++;
    this.a[number] = a;
    this.b[number] = b;
    this.c[number] = c;
    this.places[place] = number;
    if (2 * this.size > this.places.length) this.rehash();
    return number;
  }

  private placeOf(a: number, b: number, c: number): number {
    const mask = this.places.length - 1;
    // Murmur3's multipliers and finaliser: consecutive numbers spread over the table.
    let hash = Math.imul(a, 0xcc9e2d51) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0x1b873593);
    hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
    let place = (hash ^ (hash >>> 13)) & mask;
    for (; ; place = (place + 1) & mask) {
      const number = this.places[place] as number;
      if (number === -1 || (this.a[number] === a && this.b[number] === b && this.c[number] === c))
        return place;
    }
  }

  private rehash() {
    this.places = new Int32Array(this.places.length * 2).fill(-1);
    for (let n = 0; n < this.size; n++)
      this.places[this.placeOf(this.a[n] as number, this.b[n] as number, this.c[n] as number)] = n;
  }
}

type Growing = Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** A copy that is at least twice as long, and at least `size`. */
export function longer<T extends Growing>(array: T, size = 0): T {
  const copy = new (array.constructor as new (length: number) => T)(Math.max(1024, 2 * array.length, size));
  copy.set(array as never);
  return copy;
}
