/** A column of a snapshot, from the list of its JSON to what batches hold of it. Whoever wrote the file is not trusted. */
import { refuse } from "../problem";
import type { SnapshotPanel } from "./format";
import { List } from "./lists";

export const BY_HAND = "It was changed by hand: mend it there, or take the file as it was exported.";

export const notWhole = (): never =>
  refuse(
    "The file is not whole JSON, so it is no snapshot, or only a part of one.",
    "Ask for the file again, or export it again: it was cut short or changed on its way.",
  );

/** How a batch holds the numbers of a type, and what they may be. */
const NUMBERS = {
  u8: { Values: Uint8Array, least: 0, most: 0xff },
  s8: { Values: Int8Array, least: -0x80, most: 0x7f },
  u16: { Values: Uint16Array, least: 0, most: 0xffff },
  s16: { Values: Int16Array, least: -0x8000, most: 0x7fff },
  u32: { Values: Uint32Array, least: 0, most: 0xffffffff },
  stack: { Values: Uint32Array, least: 0, most: 0xffffffff },
  s32: { Values: Int32Array, least: -0x80000000, most: 0x7fffffff },
} as const;
const WIDE = { u64: [0n, 2n ** 64n - 1n], s64: [-(2n ** 63n), 2n ** 63n - 1n] } as const;

export const aligned = (bytes: number): number => (bytes + 7) & ~7;

/** The next values of a column, as a batch holds them. Throws Wrong, with the place among them. */
type Write = (list: List, count: number) => Uint8Array;

class Wrong extends Error {
  constructor(
    readonly place: number,
    readonly what: string,
  ) {
    super(what);
  }
}

function writeNumbers(type: keyof typeof NUMBERS): Write {
  const { Values, least, most } = NUMBERS[type];
  return (list, count) => {
    const written = new Values(count);
    for (let i = 0; i < count; i++) {
      const value = list.number();
      if (!Number.isInteger(value) || value < least || value > most)
        throw new Wrong(i, `a whole number from ${least} to ${most}`);
      written[i] = value;
    }
    return new Uint8Array(written.buffer);
  };
}

function writeWide(type: keyof typeof WIDE): Write {
  const [least, most] = WIDE[type];
  return (list, count) => {
    const words = new BigInt64Array(count);
    const halves = new Uint32Array(words.buffer);
    for (let i = 0; i < count; i++) {
      if (list.isText) {
        const digits = list.text();
        const exact = digits !== undefined && /^-?\d{1,20}$/.test(digits) ? BigInt(digits) : undefined;
        if (exact === undefined || exact < least || exact > most)
          throw new Wrong(i, `a whole number of type ${type}`);
        words[i] = exact;
        continue;
      }
      const value = list.number();
      if (!Number.isSafeInteger(value) || (value < 0 && least === 0n))
        throw new Wrong(i, `a whole number of type ${type}, or its digits as a text beyond 2^53`);
      // Without a BigInt, which would be most of the work.
      const high = Math.floor(value / 2 ** 32);
      halves[2 * i] = value - high * 2 ** 32;
      halves[2 * i + 1] = high;
    }
    return new Uint8Array(words.buffer);
  };
}

const writeBools: Write = (list, count) => {
  const written = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const value = list.bool();
    if (value === undefined) throw new Wrong(i, "true or false");
    written[i] = value ? 1 : 0;
  }
  return written;
};

/** Bytes of a text may be no more than the longest that the kernel writes: a path, the arguments of a program. */
const MOST_TEXT_BYTES = 64 * 1024;

/** `jsonBytes`: of the column's list, which its texts do not exceed. */
function writeTexts(jsonBytes: number): Write {
  const texts = Buffer.allocUnsafe(jsonBytes);
  return (list, count) => {
    const offsets = new Uint32Array(count + 1);
    let end = 0;
    for (let i = 0; i < count; i++) {
      let next: number | undefined;
      try {
        next = list.bytes(texts, end);
      } catch {
        throw new Wrong(i, "a text without lone surrogates but U+DC80 to U+DCFF");
      }
      if (next === undefined || next - end > MOST_TEXT_BYTES)
        throw new Wrong(i, "a text of UTF-8 of at most 64 KiB");
      end = next;
      offsets[i + 1] = end;
    }
    const head = aligned(offsets.byteLength);
    const all = Buffer.alloc(head + end);
    all.set(new Uint8Array(offsets.buffer));
    all.set(texts.subarray(0, end), head);
    return all;
  };
}

function writeBytes(size: number): Write {
  const hexadecimal = new RegExp(`^[0-9a-f]{${2 * size}}$`);
  return (list, count) => {
    const all = Buffer.alloc(size * count);
    for (let i = 0; i < count; i++) {
      const value = list.text();
      if (value === undefined || !hexadecimal.test(value))
        throw new Wrong(i, `${2 * size} hexadecimal digits`);
      all.write(value, i * size, "hex");
    }
    return all;
  };
}

function writerOf({ name, type, size }: SnapshotPanel["schema"][number], json: Buffer): Write {
  if (type === "text") return writeTexts(json.length);
  if (type === "bytes") return writeBytes(size);
  if (type === "u64" || type === "s64" || type === "bool") {
    if (size !== (type === "bool" ? 1 : 8))
      refuse(`The column ${name} of type ${type} has a size of ${size}.`, BY_HAND);
    return type === "bool" ? writeBools : writeWide(type);
  }
  if (size !== NUMBERS[type].Values.BYTES_PER_ELEMENT)
    refuse(`The column ${name} of type ${type} has a size of ${size}.`, BY_HAND);
  return writeNumbers(type);
}

/** A column of so many rows in each batch, as the batches hold it. `what`: the column and its panel in words. */
export function readColumn(
  column: SnapshotPanel["schema"][number],
  json: Buffer,
  rows: readonly number[],
  what: string,
): Uint8Array[] {
  const all = rows.reduce((sum, count) => sum + count, 0);
  // A value is a character and a comma at least: what claims more is not given the memory.
  if (all > json.length / 2) return explain(json, all, what);
  const write = writerOf(column, json);
  const list = new List(json);
  let row = 0;
  const read = rows.map((count) => {
    try {
      return write(list, count);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      return explain(json, all, what, { row: row + error.place, what: error.what });
    } finally {
      row += count;
    }
  });
  return list.isOver ? read : explain(json, all, what);
}

/** Says what is wrong with a column, which may be slow. */
function explain(json: Buffer, rows: number, what: string, wrong?: { row: number; what: string }): never {
  let values: unknown[];
  try {
    values = JSON.parse(json.toString());
  } catch {
    return notWhole();
  }
  if (values.length !== rows || !wrong)
    return refuse(`${what} has ${values.length} values; its batches say ${rows}.`, BY_HAND);
  const found = JSON.stringify(values[wrong.row])?.slice(0, 60);
  return refuse(`${what} has ${found} in row ${wrong.row}, which is not ${wrong.what}.`, BY_HAND);
}
