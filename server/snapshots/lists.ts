/**
 * The long lists of a snapshot, read from the bytes of its JSON: a value of JavaScript for each would take several times
 * the time and the memory. Whoever wrote the file is not trusted.
 */
import { refuse } from "../problem";
import { bytesOf, PLAIN } from "./text";

const [QUOTE, BACKSLASH, COMMA, COLON, OPEN, CLOSE, BEGIN, END, MINUS, ZERO, SPACE] = Buffer.from(
  '"\\,:[]{}-0 ',
) as unknown as [number, number, number, number, number, number, number, number, number, number, number];

const isSpace = (byte: number | undefined): boolean =>
  byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;

function skipSpace(json: Buffer, from: number): number {
  let at = from;
  while (isSpace(json[at])) at++;
  return at;
}

/** Behind the text whose quote is at `at`. */
function textEnd(json: Buffer, at: number): number {
  for (let i = at + 1; i < json.length; i++) {
    const byte = json[i];
    if (byte === QUOTE) return i + 1;
    if (byte === BACKSLASH) i++;
  }
  return json.length;
}

/** Behind the value that begins at `at`, whatever it is. */
function valueEnd(json: Buffer, at: number): number {
  let depth = 0;
  for (let i = at; i < json.length; i++) {
    const byte = json[i];
    if (byte === QUOTE) {
      i = textEnd(json, i) - 1;
      if (depth === 0) return i + 1;
    } else if (byte === OPEN || byte === BEGIN) depth++;
    else if (byte === CLOSE || byte === END) {
      if (depth === 0) return i;
      if (--depth === 0) return i + 1;
    } else if (depth === 0 && (byte === COMMA || isSpace(byte))) return i;
  }
  return json.length;
}

/** Behind the list at `at`. */
function listEnd(json: Buffer, at: number): number {
  const end = json.indexOf(CLOSE, at);
  const inside = json.subarray(at + 1, Math.max(at + 1, end));
  // A list of numbers alone ends with the first bracket: found many times as fast as byte by byte.
  return end >= 0 && !inside.includes(QUOTE) && !inside.includes(OPEN) ? end + 1 : valueEnd(json, at);
}

/** No snapshot has more: so many panels with so many columns each (./format). */
const MOST_LISTS = 256 * 256;

/** Any member of an object, any element of a list. */
export const ANY = Symbol("any");
type Path = readonly (string | typeof ANY)[];

/**
 * Cuts the lists at `path` out of a JSON text: in `rest`, JSON as the text was, each is a list of its own number in
 * `lists`. What is no JSON stays none: here in `rest`, there for the reader of a list. Throws TypeError for what is not UTF-8,
 * and a UserError.
 */
export function cutLists(json: Buffer, path: Path): { rest: string; lists: Buffer[] } {
  const lists: Buffer[] = [];
  const parts: Buffer[] = [];
  let taken = 0;
  const cut = (at: number): number => {
    if (lists.length === MOST_LISTS)
      refuse("The file has more columns than a snapshot can have.", "Choose a file that Ringside exported.");
    const end = listEnd(json, at);
    parts.push(json.subarray(taken, at), Buffer.from(`[${lists.length}]`));
    lists.push(json.subarray(at, end));
    taken = end;
    return end;
  };
  /** Behind the value at `at`; where it is no JSON, the end of all. */
  const walk = (begin: number, depth: number): number => {
    if (depth === path.length) return json[begin] === OPEN ? cut(begin) : valueEnd(json, begin);
    const wanted = path[depth];
    const isList = json[begin] === OPEN;
    if (!isList && json[begin] !== BEGIN) return valueEnd(json, begin);
    let at = skipSpace(json, begin + 1);
    while (at < json.length && json[at] !== (isList ? CLOSE : END)) {
      let isOn = wanted === ANY;
      if (!isList) {
        if (json[at] !== QUOTE) return json.length;
        const end = textEnd(json, at);
        isOn ||= textAt(json, at, end) === wanted;
        at = skipSpace(json, end);
        if (json[at] !== COLON) return json.length;
        at = skipSpace(json, at + 1);
      }
      const end = isOn ? walk(at, depth + 1) : valueEnd(json, at);
      if (end === at) return json.length;
      at = skipSpace(json, end);
      if (json[at] === COMMA) at = skipSpace(json, at + 1);
    }
    return at + 1;
  };
  walk(skipSpace(json, 0), 0);
  parts.push(json.subarray(taken));
  return { rest: strict.decode(Buffer.concat(parts)), lists };
}

/** What is not UTF-8 is no JSON. */
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text between the quotes at `at` and before `end`; undefined: it is none. */
function textAt(json: Buffer, at: number, end: number): string | undefined {
  try {
    const value: unknown = JSON.parse(strict.decode(json.subarray(at, end)));
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The values of a list, one after the other: each is taken by the method that fits it. */
export class List {
  private at: number;

  /** `json`: the list with its brackets. */
  constructor(private readonly json: Buffer) {
    this.at = skipSpace(json, 1);
  }

  /** After the last value: that it was the last, and the list is whole. */
  get isOver(): boolean {
    return this.json[this.at] === CLOSE && this.at === this.json.length - 1;
  }

  /** A number; NaN: it is none. */
  number(): number {
    const { json } = this;
    const begin = this.at;
    const isNegative = json[begin] === MINUS;
    const first = isNegative ? begin + 1 : begin;
    let at = first;
    let number = 0;
    let digit = (json[at] as number) - ZERO;
    while (digit >= 0 && digit <= 9) {
      number = number * 10 + digit;
      digit = (json[++at] as number) - ZERO;
    }
    const isWhole = at > first && (json[first] !== ZERO || at === first + 1);
    if (isWhole && number <= Number.MAX_SAFE_INTEGER && this.next(at)) return isNegative ? -number : number;
    // With a fraction or an exponent, which a hand may have written, or beyond what digits one by one are right for.
    const end = valueEnd(json, begin);
    if (!this.next(end)) return Number.NaN;
    try {
      const value: unknown = JSON.parse(json.toString("latin1", begin, end));
      return typeof value === "number" ? value : Number.NaN;
    } catch {
      return Number.NaN;
    }
  }

  /** True or false; undefined: it is neither. */
  bool(): boolean | undefined {
    const begin = this.at;
    const end = valueEnd(this.json, begin);
    const word = this.json.toString("latin1", begin, end);
    if (!this.next(end)) return undefined;
    return word === "true" ? true : word === "false" ? false : undefined;
  }

  get isText(): boolean {
    return this.json[this.at] === QUOTE;
  }

  /** A text; undefined: it is none. */
  text(): string | undefined {
    const begin = this.at;
    if (!this.isText) return undefined;
    const end = textEnd(this.json, begin);
    return this.next(end) ? textAt(this.json, begin, end) : undefined;
  }

  /**
   * Writes a text to `out` as the bytes that it stands for (./text), no more than it takes in JSON; where it ends.
   * Undefined: it is none. Throws RangeError for a lone surrogate that stands for no byte.
   */
  bytes(out: Buffer, to: number): number | undefined {
    if (!this.isText) return undefined;
    const { json } = this;
    let at = this.at + 1;
    let end = to;
    for (;;) {
      const byte = json[at] ?? 0;
      if (PLAIN[byte] === 0) break;
      out[end++] = byte;
      at++;
    }
    if (json[at] === QUOTE) return this.next(at + 1) ? end : undefined;
    const text = this.text();
    if (text === undefined) return undefined;
    const bytes = bytesOf(text);
    out.set(bytes, to);
    return to + bytes.length;
  }

  /** Goes on to the value behind the comma at `end`, or to the end of the list; false: neither is there. */
  private next(end: number): boolean {
    const { json } = this;
    let at = end;
    // Nothing but a comma, as Ringside writes it.
    if (json[at] === COMMA && (json[at + 1] as number) > SPACE && json[at + 1] !== CLOSE) {
      this.at = at + 1;
      return true;
    }
    at = skipSpace(json, at);
    if (json[at] === COMMA) {
      at = skipSpace(json, at + 1);
      // Another value has to follow.
      if (json[at] === CLOSE) return false;
    } else if (json[at] !== CLOSE) return false;
    this.at = at;
    return true;
  }
}
