/** From the batches of a board to the JSON text of a snapshot, in pieces, without an object or a text for each row. */
import { columnOffsets } from "../runs/batch";
import type { PanelHead, Snapshot } from "./format";
import { PLAIN, textOf } from "./text";

/** What a panel recorded, as it lies in a history. */
export interface RecordedPanel {
  head: PanelHead;
  /** For each batch: number of its first row, when it was read. */
  first: number[];
  at: number[];
  batches: Buffer[];
  frames: Snapshot["panels"][number]["frames"];
  stacks: Snapshot["panels"][number]["stacks"];
}

const PIECE_BYTES = 256 * 1024;
/** A comma, two quotes and a u64 of 20 digits. */
const NUMBER_BYTES = 23;
const [COMMA, QUOTE, MINUS, ZERO] = Buffer.from(',"-0') as unknown as number[] as [
  number,
  number,
  number,
  number,
];

/** Decimal digits of a whole number from 0 to 2^53 − 1; where it ends. */
function writeDigits(out: Buffer, at: number, number: number): number {
  if (number < 10) {
    out[at] = ZERO + number;
    return at + 1;
  }
  let end = at;
  let rest = number;
  let least = at;
  // Beyond 31 bits a division is one of doubles: the last eight digits are written by themselves.
  if (number > 0x7fffffff) {
    const high = Math.floor(number / 1e8);
    least = writeDigits(out, at, high);
    end = least + 8;
    rest = number - high * 1e8;
  } else {
    for (let limit = 1; limit <= number; limit *= 10) end++;
  }
  for (let place = end - 1; place >= least; place--) {
    const tenth = (rest / 10) | 0;
    out[place] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return end;
}

function writeSigned(out: Buffer, at: number, number: number): number {
  if (number >= 0) return writeDigits(out, at, number);
  out[at] = MINUS;
  return writeDigits(out, at + 1, -number);
}

function writeQuoted(out: Buffer, at: number, text: string): number {
  out[at] = QUOTE;
  const end = at + 1 + out.write(text, at + 1, "latin1");
  out[end] = QUOTE;
  return end + 1;
}

/** 64 bits: as a number where a double holds it. */
function writeWide(out: Buffer, at: number, view: DataView, offset: number, signed: boolean): number {
  const high = signed ? view.getInt32(offset + 4, true) : view.getUint32(offset + 4, true);
  if (high >= -0x1fffff && high <= 0x1fffff)
    return writeSigned(out, at, high * 2 ** 32 + view.getUint32(offset, true));
  const exact = signed ? view.getBigInt64(offset, true) : view.getBigUint64(offset, true);
  const fits = exact >= -BigInt(Number.MAX_SAFE_INTEGER) && exact <= BigInt(Number.MAX_SAFE_INTEGER);
  return fits ? writeSigned(out, at, Number(exact)) : writeQuoted(out, at, String(exact));
}

/** `view`: of a batch; its methods are quicker than a Buffer's. */
type Write = (out: Buffer, at: number, view: DataView, offset: number) => number;
type Column = PanelHead["schema"][number];

const WRITE: Record<Exclude<Column["type"], "text" | "bytes">, Write> = {
  u8: (out, at, view, offset) => writeDigits(out, at, view.getUint8(offset)),
  s8: (out, at, view, offset) => writeSigned(out, at, view.getInt8(offset)),
  u16: (out, at, view, offset) => writeDigits(out, at, view.getUint16(offset, true)),
  s16: (out, at, view, offset) => writeSigned(out, at, view.getInt16(offset, true)),
  u32: (out, at, view, offset) => writeDigits(out, at, view.getUint32(offset, true)),
  stack: (out, at, view, offset) => writeDigits(out, at, view.getUint32(offset, true)),
  s32: (out, at, view, offset) => writeSigned(out, at, view.getInt32(offset, true)),
  u64: (out, at, view, offset) => writeWide(out, at, view, offset, false),
  s64: (out, at, view, offset) => writeWide(out, at, view, offset, true),
  bool: (out, at, view, offset) => at + out.write(view.getUint8(offset) ? "true" : "false", at, "latin1"),
};

/** A text between quotes, escaped as JSON.stringify does. `out` has room for six bytes each and two. */
function writeText(out: Buffer, at: number, batch: Buffer, from: number, to: number): number {
  out[at] = QUOTE;
  let end = at + 1;
  for (let i = from; i < to; i++) {
    const byte = batch[i] as number;
    // Anything but plain ASCII is left to JSON.stringify: of paths and commands it is one in thousands.
    if (PLAIN[byte] === 0) return at + out.write(JSON.stringify(textOf(batch.subarray(from, to))), at);
    out[end++] = byte;
  }
  out[end] = QUOTE;
  return end + 1;
}

/** Where the values of the column begin in each batch. */
function* writeColumn(piece: Piece, column: Column, batches: readonly Buffer[], starts: readonly number[]) {
  const write = column.type === "text" || column.type === "bytes" ? undefined : WRITE[column.type];
  let isFirst = true;
  for (let i = 0; i < batches.length; i++) {
    const batch = batches[i] as Buffer;
    const start = starts[i] as number;
    const rows = batch.readUInt32LE(0);
    if (rows === 0) continue;
    const texts = column.type === "text" ? start + ((4 * (rows + 1) + 7) & ~7) : 0;
    const size = column.type === "text" ? batch.readUInt32LE(start + 4 * rows) : column.size * rows;
    if (piece.lacks(rows * NUMBER_BYTES + 6 * size)) yield piece.take(rows * NUMBER_BYTES + 6 * size);
    const { out } = piece;
    const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
    let { at } = piece;
    for (let row = 0; row < rows; row++) {
      if (!isFirst) out[at++] = COMMA;
      isFirst = false;
      if (write) at = write(out, at, view, start + row * column.size);
      else if (column.type === "text") {
        const from = texts + view.getUint32(start + 4 * row, true);
        at = writeText(out, at, batch, from, texts + view.getUint32(start + 4 * row + 4, true));
      } else {
        const from = start + row * column.size;
        at = writeQuoted(out, at, batch.toString("hex", from, from + column.size));
      }
    }
    piece.at = at;
  }
}

/** The buffer that is being filled. */
class Piece {
  out = Buffer.allocUnsafeSlow(PIECE_BYTES);
  at = 0;
  lacks(bytes: number): boolean {
    return this.out.length - this.at < bytes;
  }
  /** What was filled; the next has room for `bytes` at least. */
  take(bytes = 0): Buffer {
    const filled = this.out.subarray(0, this.at);
    this.out = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, bytes));
    this.at = 0;
    return filled;
  }
  *add(text: string) {
    // One character of UTF-16 is three bytes at most.
    if (this.lacks(3 * text.length)) yield this.take(3 * text.length);
    this.at += this.out.write(text, this.at);
  }
}

function* list(piece: Piece, values: readonly unknown[]) {
  yield* piece.add("[");
  for (let i = 0; i < values.length; i += 1000) {
    const some = JSON.stringify(values.slice(i, i + 1000)).slice(1, -1);
    yield* piece.add(i > 0 ? `,${some}` : some);
  }
  yield* piece.add("]");
}

/** `head` has no panels of its own: the text is that of `{ ...head, panels }`. */
export function* encodeSnapshot(
  head: Omit<Snapshot, "panels">,
  panels: readonly RecordedPanel[],
): Generator<Buffer> {
  const piece = new Piece();
  yield* piece.add(`${JSON.stringify(head).slice(0, -1)},"panels":[`);
  for (const [number, { head, first, at, batches, frames, stacks }] of panels.entries()) {
    yield* piece.add(`${number > 0 ? "," : ""}${JSON.stringify(head).slice(0, -1)},"batches":{"at":`);
    yield* list(piece, at);
    yield* piece.add(`,"first":`);
    yield* list(piece, first);
    yield* piece.add(`,"rows":`);
    yield* list(
      piece,
      batches.map((batch) => batch.readUInt32LE(0)),
    );
    yield* piece.add(`},"columns":{`);
    const offsets = batches.map((batch) => columnOffsets(batch, head.schema));
    for (const [i, column] of head.schema.entries()) {
      yield* piece.add(`${i > 0 ? "," : ""}${JSON.stringify(column.name)}:[`);
      yield* writeColumn(
        piece,
        column,
        batches,
        offsets.map((of) => of[i] as number),
      );
      yield* piece.add("]");
    }
    yield* piece.add(`},"frames":`);
    yield* list(piece, frames);
    yield* piece.add(`,"stacks":`);
    yield* list(piece, stacks);
    yield* piece.add("}");
  }
  yield* piece.add("]}");
  yield piece.take();
}
