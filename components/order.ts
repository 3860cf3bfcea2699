/** Rows in the order of a column's values: each value becomes a number, and numbers are sorted by their bits. */
import { bytesAt, type ColumnValues, numberAt } from "./batch";
import { Interner } from "./interner";
import type { Table } from "./table";

/** More different texts than this take too long to compare. */
export const mostTexts = 200_000;

export interface Order {
  /** Places in what was given, ascending. */
  places: Uint32Array;
  /** Rows whose text found no room and that stand last. */
  unsorted: number;
}

/** Orders `count` rows of a table, the nth of which is at `positionAt(n)`; equal ones stay as they were. */
export function orderRows(
  table: Table,
  column: number,
  count: number,
  positionAt: (n: number) => number,
): Order {
  const values = new Float64Array(count);
  const texts = new Interner(mostTexts);
  let unsorted = 0;
  let isText = false;
  let batch = table.batches[0];
  for (let n = 0; n < count; n++) {
    const position = positionAt(n);
    if (!batch || position < batch.position || position >= batch.position + batch.rows)
      batch = table.locate(position);
    const cells: ColumnValues | undefined = batch?.columns[column];
    if (!batch || !cells) continue;
    const row = position - batch.position;
    if (cells.kind === "numbers") values[n] = numberAt(cells, row);
    else {
      isText = true;
      const bytes = bytesAt(cells, row);
      const id = texts.idOf(bytes, 0, bytes.length);
      if (id < 0) unsorted++;
      values[n] = id < 0 ? Number.POSITIVE_INFINITY : id;
    }
  }
  if (isText) rankTexts(texts, values);
  return { places: sortedPlaces(values), unsorted };
}

function rankTexts(texts: Interner, values: Float64Array) {
  const utf8 = new TextDecoder();
  const words = Array.from({ length: texts.size }, (_, id) => ({ id, text: utf8.decode(texts.bytesOf(id)) }));
  words.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  const rank = new Float64Array(words.length);
  words.forEach(({ id }, i) => {
    rank[id] = i;
  });
  for (let n = 0; n < values.length; n++) values[n] = rank[values[n] as number] ?? Number.POSITIVE_INFINITY;
}

/** Places of `values` in ascending order, equal ones as they were: a radix sort, 16 bits at a time. */
export function sortedPlaces(values: Float64Array): Uint32Array {
  const count = values.length;
  const bits = new Uint32Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength));
  // Doubles sort like integers when the sign is turned, and of negative ones everything.
  for (let i = 0; i < count; i++) {
    const high = bits[2 * i + 1] as number;
    const turn = high >>> 31 ? 0xffffffff : 0;
    bits[2 * i] = (bits[2 * i] as number) ^ turn;
    bits[2 * i + 1] = high ^ (turn | 0x80000000);
  }
  const digits = new Uint16Array(bits.buffer);
  let places = Uint32Array.from({ length: count }, (_, i) => i);
  let other = new Uint32Array(count);
  const starts = new Uint32Array(65_537);
  for (let digit = 0; digit < 4; digit++) {
    starts.fill(0);
    for (let i = 0; i < count; i++) (starts[(digits[4 * i + digit] as number) + 1] as number)++;
    if (starts.includes(count)) continue;
    for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] as number) + (starts[i - 1] as number);
    for (let i = 0; i < count; i++) {
      const place = places[i] as number;
      const value = digits[4 * place + digit] as number;
      other[starts[value] as number] = place;
      (starts[value] as number)++;
    }
    [places, other] = [other, places];
  }
  return places;
}
