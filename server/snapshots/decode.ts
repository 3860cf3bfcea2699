/** From the JSON text of a snapshot back to the batches that a page is sent. Whoever wrote the file is not trusted. */
import { refuse } from "../problem";
import type { RecordedPanel } from "./encode";
import { envelope, FORMAT_VERSION, type Snapshot, type SnapshotPanel } from "./format";
import { bytesOf } from "./text";

const WHOLE_FILE = "Ask for the file again, or export it again: it was cut short or changed on its way.";
const BY_HAND = "It was changed by hand: mend it there, or take the file as it was exported.";

/** The parsed text, if it is a snapshot. Throws a UserError. Values of columns are looked at by `decodePanel`. */
export function readSnapshot(json: string): Snapshot {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return refuse("The file is not whole JSON, so it is no snapshot, or only a part of one.", WHOLE_FILE);
  }
  const { format, version } = (typeof parsed === "object" && parsed !== null ? parsed : {}) as {
    format?: unknown;
    version?: unknown;
  };
  if (format !== "ringside-snapshot")
    return refuse(
      "The file is JSON, but no snapshot of Ringside.",
      "Choose a file that Ringside exported; it begins with the format's name.",
    );
  if (version !== FORMAT_VERSION)
    return refuse(
      `The snapshot is of version ${JSON.stringify(version)?.slice(0, 20)} of its format; this server reads up to ${FORMAT_VERSION}.`,
      "Open it with the Ringside that wrote it, or a newer one.",
    );
  const checked = envelope.safeParse(parsed);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const where = (issue?.path ?? []).map((key) => `.${String(key)}`).join("");
  return refuse(
    `In the snapshot, ${where.slice(0, 200)} is not as the format says: ${issue?.message}.`,
    BY_HAND,
  );
}

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

const aligned = (bytes: number): number => (bytes + 7) & ~7;

/** The values of a column, rows `from` to `to`, as a batch holds them. */
type Write = (values: readonly unknown[], from: number, to: number) => Uint8Array;

class Wrong extends Error {
  constructor(
    readonly row: number,
    readonly what: string,
  ) {
    super(what);
  }
}

function writeNumbers(type: keyof typeof NUMBERS): Write {
  const { Values, least, most } = NUMBERS[type];
  return (values, from, to) => {
    const written = new Values(to - from);
    for (let row = from; row < to; row++) {
      const value = values[row];
      if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most)
        throw new Wrong(row, `a whole number from ${least} to ${most}`);
      written[row - from] = value;
    }
    return new Uint8Array(written.buffer);
  };
}

function writeWide(type: keyof typeof WIDE): Write {
  const [least, most] = WIDE[type];
  return (values, from, to) => {
    const words = new BigInt64Array(to - from);
    const halves = new Uint32Array(words.buffer);
    for (let row = from; row < to; row++) {
      const value = values[row];
      if (typeof value === "number" && Number.isSafeInteger(value) && (value >= 0 || least < 0n)) {
        // Without a BigInt, which would be most of the work.
        const high = Math.floor(value / 2 ** 32);
        halves[2 * (row - from)] = value - high * 2 ** 32;
        halves[2 * (row - from) + 1] = high;
      } else if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) {
        const exact = BigInt(value);
        if (exact < least || exact > most) throw new Wrong(row, `a whole number of type ${type}`);
        words[row - from] = exact;
      } else throw new Wrong(row, `a whole number of type ${type}, or its digits as a text beyond 2^53`);
    }
    return new Uint8Array(words.buffer);
  };
}

const writeBools: Write = (values, from, to) =>
  Uint8Array.from(values.slice(from, to), (value, i) => {
    if (typeof value !== "boolean") throw new Wrong(from + i, "true or false");
    return value ? 1 : 0;
  });

/** Bytes of a text may be no more than the longest that the kernel writes: a path, the arguments of a program. */
const MOST_TEXT_BYTES = 64 * 1024;

const writeTexts: Write = (values, from, to) => {
  const offsets = new Uint32Array(to - from + 1);
  const head = aligned(offsets.byteLength);
  let all = Buffer.alloc(head + 32 * (to - from));
  let end = head;
  for (let row = from; row < to; row++) {
    const value = values[row];
    if (typeof value !== "string" || value.length > MOST_TEXT_BYTES)
      throw new Wrong(row, "a text of at most 64 KiB");
    // One character of UTF-16 is three bytes at most.
    if (all.length - end < 3 * value.length) all = Buffer.concat([all], 2 * all.length + 3 * value.length);
    end = writeText(all, end, value, row);
    offsets[row - from + 1] = end - head;
  }
  all.set(new Uint8Array(offsets.buffer));
  return all.subarray(0, end);
};

/** Where it ends. */
function writeText(out: Buffer, at: number, text: string, row: number): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) {
      try {
        const bytes = bytesOf(text);
        out.set(bytes, at);
        return at + bytes.length;
      } catch {
        throw new Wrong(row, "a text without lone surrogates but U+DC80 to U+DCFF");
      }
    }
    out[at + i] = code;
  }
  return at + text.length;
}

function writeBytes(size: number): Write {
  const hexadecimal = new RegExp(`^[0-9a-f]{${2 * size}}$`);
  return (values, from, to) => {
    const all = Buffer.alloc(size * (to - from));
    for (let row = from; row < to; row++) {
      const value = values[row];
      if (typeof value !== "string" || !hexadecimal.test(value))
        throw new Wrong(row, `${2 * size} hexadecimal digits`);
      all.write(value, (row - from) * size, "hex");
    }
    return all;
  };
}

function writerOf({ name, type, size }: SnapshotPanel["schema"][number]): Write {
  if (type === "text") return writeTexts;
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

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

function checkBatches({ at, first, rows }: SnapshotPanel["batches"], what: string): void {
  if (at.length !== rows.length || first.length !== rows.length)
    refuse(`The three lists of the batches of ${what} differ in length.`, BY_HAND);
  let next = 0;
  let latest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < rows.length; i++) {
    const begin: unknown = first[i];
    const count: unknown = rows[i];
    const when: unknown = at[i];
    if (isCount(begin) && isCount(count) && typeof when === "number" && begin >= next && when >= latest) {
      next = begin + count;
      latest = when;
    } else refuse(`Batch ${i} of ${what} does not follow the one before it.`, BY_HAND);
  }
}

function checkStacks({ frames, stacks }: SnapshotPanel, what: string): void {
  for (const [i, frame] of frames.entries())
    if (typeof frame?.name !== "string" || typeof frame.module !== "string" || !FRAME_KINDS.has(frame.kind))
      refuse(`Frame ${i} of ${what} has no name, module and kind.`, BY_HAND);
  for (const [i, stack] of stacks.entries())
    if (
      !isCount(stack?.id) ||
      !Array.isArray(stack.frames) ||
      !stack.frames.every((frame) => isCount(frame) && frame < frames.length)
    )
      refuse(`Stack ${i} of ${what} refers to frames that are not there.`, BY_HAND);
}
const FRAME_KINDS = new Set<string>(["kernel", "user", "jit", "unknown", "inlined"]);

/** Checks every value. `number`: which panel of the snapshot it is, from 0, for the sentences. Throws a UserError. */
export function decodePanel(panel: SnapshotPanel, number: number): RecordedPanel {
  const { batches, columns, frames, stacks, ...head } = panel;
  const what = `panel ${number + 1} (${head.tool.name})`;
  checkBatches(batches, what);
  checkStacks(panel, what);
  const names = head.schema.map(({ name }) => name);
  if (new Set(names).size < names.length) refuse(`Two columns of ${what} have the same name.`, BY_HAND);
  const rows = batches.rows.reduce((sum, count) => sum + count, 0);
  const written = head.schema.map((column) => {
    const values = Object.hasOwn(columns, column.name) ? columns[column.name] : undefined;
    if (values?.length !== rows)
      return refuse(
        `The column ${column.name} of ${what} has ${values?.length ?? "no"} values; its batches say ${rows}.`,
        BY_HAND,
      );
    const write = writerOf(column);
    let to = 0;
    return batches.rows.map((count) => {
      to += count;
      try {
        return write(values, to - count, to);
      } catch (error) {
        if (!(error instanceof Wrong)) throw error;
        const found = JSON.stringify(values[error.row])?.slice(0, 60);
        return refuse(
          `The column ${column.name} of ${what} has ${found} in row ${error.row}, which is not ${error.what}.`,
          BY_HAND,
        );
      }
    });
  });
  const lengths = batches.rows.map((_, i) =>
    written.reduce((sum, of) => sum + aligned(of[i]?.length ?? 0), 8),
  );
  // One piece of memory, so that it can be handed to another thread without a copy.
  const all = Buffer.from(new ArrayBuffer(lengths.reduce((sum, length) => sum + length, 0)));
  let begin = 0;
  return {
    head,
    first: batches.first,
    at: batches.at,
    frames,
    stacks,
    batches: lengths.map((length, i) => {
      const batch = all.subarray(begin, begin + length);
      begin += length;
      batch.writeUInt32LE(batches.rows[i] ?? 0, 0);
      let at = 8;
      for (const of of written) {
        const bytes = of[i];
        if (bytes) batch.set(bytes, at);
        at += aligned(bytes?.length ?? 0);
      }
      return batch;
    }),
  };
}
