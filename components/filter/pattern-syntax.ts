/**
 * Regular expressions read into a tree over bytes of UTF-8. What is left out needs a memory that a plain automaton has
 * not: references back, looking around, word boundaries.
 */
import { FilterError } from "./filter-error";

/** Which of the 256 bytes pass. */
export type ByteSet = Uint8Array;

export type Tree =
  | { kind: "bytes"; set: ByteSet }
  | { kind: "then"; parts: Tree[] }
  | { kind: "either"; parts: Tree[] }
  | { kind: "repeat"; part: Tree; least: number; most: number }
  | { kind: "start" }
  | { kind: "end" };

const utf8 = new TextEncoder();

export function byteSet(test: (byte: number) => boolean): ByteSet {
  return Uint8Array.from({ length: 256 }, (_, byte) => Number(test(byte)));
}

export const isUpper = (byte: number) => byte >= 65 && byte <= 90;
export const isLower = (byte: number) => byte >= 97 && byte <= 122;
const isDigit = (byte: number) => byte >= 48 && byte <= 57;
const isWord = (byte: number) => isUpper(byte) || isLower(byte) || isDigit(byte) || byte === 95;
const isSpace = (byte: number) => byte === 32 || (byte >= 9 && byte <= 13);
const isContinuation = (byte: number) => byte >= 0x80 && byte < 0xc0;

const classes: Record<string, (byte: number) => boolean> = { d: isDigit, w: isWord, s: isSpace };
const controls: Record<string, number> = { n: 10, r: 13, t: 9, f: 12, v: 11, e: 27, "0": 0 };

const continuations: Tree = {
  kind: "repeat",
  part: { kind: "bytes", set: byteSet(isContinuation) },
  least: 0,
  most: Number.POSITIVE_INFINITY,
};
/** One letter, whatever its length; a byte that begins none counts as one, so that broken names match too. */
const letter = (ascii: (byte: number) => boolean): Tree => ({
  kind: "either",
  parts: [
    { kind: "bytes", set: byteSet((byte) => byte < 0x80 && ascii(byte)) },
    { kind: "then", parts: [{ kind: "bytes", set: byteSet((byte) => byte >= 0xc0) }, continuations] },
  ],
});
/** Any letter but a line's end. */
export const anyLetter = letter((byte) => byte !== 10);

/** Both cases where `fold` says so. */
function oneByte(byte: number, fold: boolean): Tree {
  const other = fold && isUpper(byte) ? byte + 32 : fold && isLower(byte) ? byte - 32 : byte;
  return { kind: "bytes", set: byteSet((b) => b === byte || b === other) };
}

export const literal = (bytes: Uint8Array, fold: boolean): Tree => ({
  kind: "then",
  parts: Array.from(bytes, (byte) => oneByte(byte, fold)),
});

/** Counted repeats are written out: more would make a pattern that is slow to build. */
const mostRepeats = 255;
const mostDepth = 100;

/** `at`: where the pattern stands in the filter, for errors. Throws FilterError. */
export function parseRegex(source: string, at: number): Tree {
  let i = 0;
  let depth = 0;
  const fold = source.startsWith("(?i)");
  if (fold) i = 4;
  const fail = (message: string, from = i, to = from + 1): never => {
    throw new FilterError(message, at + from, at + Math.min(Math.max(to, from + 1), source.length));
  };

  function either(): Tree {
    if (++depth > mostDepth) fail("Too many brackets in brackets");
    const parts = [then()];
    while (source[i] === "|") {
      i++;
      parts.push(then());
    }
    depth--;
    return parts.length === 1 && parts[0] ? parts[0] : { kind: "either", parts };
  }

  function then(): Tree {
    const parts: Tree[] = [];
    while (i < source.length && source[i] !== "|" && source[i] !== ")") parts.push(repeated());
    return { kind: "then", parts };
  }

  function repeated(): Tree {
    const from = i;
    let part = atom();
    for (;;) {
      const found = /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/.exec(source.slice(i, i + 24));
      if (!found) return part;
      if (part.kind === "start" || part.kind === "end") fail("Nothing to repeat", from, i);
      const [whole, sign, lower, comma, upper] = found;
      const least = sign ? Number(sign === "+") : Number(lower);
      const endless = sign === "*" || sign === "+" || (comma && !upper);
      const most = endless ? Number.POSITIVE_INFINITY : sign ? 1 : Number(upper || lower);
      if (least > most) fail("The least is more than the most", i, i + whole.length);
      if (least > mostRepeats || (most > mostRepeats && !endless))
        fail(`At most ${mostRepeats} times`, i, i + whole.length);
      part = { kind: "repeat", part, least, most };
      i += whole.length;
    }
  }

  function atom(): Tree {
    const character = source[i] as string;
    if (character === "(") return group();
    if (character === "[") return bracket();
    if (character === "\\") return escaped();
    if ("*+?".includes(character)) return fail("Nothing to repeat");
    i++;
    if (character === ".") return anyLetter;
    if (character === "^") return { kind: "start" };
    if (character === "$") return { kind: "end" };
    const whole = String.fromCodePoint(source.codePointAt(i - 1) ?? 0);
    i += whole.length - 1;
    return literal(utf8.encode(whole), fold);
  }

  function group(): Tree {
    const from = i++;
    if (source[i] === "?") {
      if (source[i + 1] !== ":")
        fail("Only (…), (?:…) and (?i) at the beginning are understood", from, from + 3);
      i += 2;
    }
    const inside = either();
    if (source[i] !== ")") fail("This bracket is not closed", from);
    i++;
    return inside;
  }

  /** The byte or class behind a backslash. */
  function escapedByte(): number | ((byte: number) => boolean) {
    const from = i++;
    const character = source[i++];
    if (character === undefined) return fail("A lone backslash at the end", from);
    const hex = character === "x" ? /^[0-9a-fA-F]{2}/.exec(source.slice(i))?.[0] : undefined;
    if (hex) {
      i += 2;
      return Number.parseInt(hex, 16);
    }
    const ofClass = classes[character.toLowerCase()];
    if (ofClass && isUpper(character.charCodeAt(0))) return (byte) => !ofClass(byte);
    if (ofClass) return ofClass;
    const control = controls[character];
    if (control !== undefined) return control;
    if (/[a-zA-Z1-9]/.test(character)) return fail(`\\${character} is not understood`, from, i);
    return character.charCodeAt(0) < 0x80 ? character.charCodeAt(0) : fail("Needs no backslash", from, i);
  }

  function escaped(): Tree {
    const negative = isUpper(source.charCodeAt(i + 1));
    const found = escapedByte();
    if (typeof found === "number") return oneByte(found, fold);
    return negative ? letter(found) : { kind: "bytes", set: byteSet((byte) => byte < 0x80 && found(byte)) };
  }

  function bracket(): Tree {
    const from = i++;
    const negative = source[i] === "^";
    if (negative) i++;
    const set = new Uint8Array(256);
    const others: Tree[] = [];
    for (let first = true; source[i] !== "]" || first; first = false) {
      if (i >= source.length) fail("This [ is not closed", from);
      const start = i;
      const low = one();
      if (source[i] === "-" && source[i + 1] !== "]" && i + 1 < source.length) {
        i++;
        const high = one();
        if (typeof low !== "number" || typeof high !== "number")
          return fail("A range needs two plain letters", start, i);
        if (low > high) fail("This range runs backwards", start, i);
        for (let byte = low; byte <= high; byte++) add(byte);
      } else if (typeof low === "number") add(low);
      else if (typeof low === "function") {
        for (let byte = 0; byte < 0x80; byte++) if (low(byte)) set[byte] = 1;
      } else if (negative) fail("Letters beyond ASCII cannot be left out", start, i);
      else others.push(literal(low, false));
    }
    i++;
    if (negative) return letter((byte) => !set[byte]);
    return { kind: "either", parts: [{ kind: "bytes", set }, ...others] };

    function add(byte: number) {
      set[byte] = 1;
      if (fold && isUpper(byte)) set[byte + 32] = 1;
      if (fold && isLower(byte)) set[byte - 32] = 1;
    }

    /** A byte, a class, or the bytes of a letter beyond ASCII. */
    function one(): number | ((byte: number) => boolean) | Uint8Array {
      if (source[i] === "\\") return escapedByte();
      const whole = String.fromCodePoint(source.codePointAt(i) ?? 0);
      i += whole.length;
      return whole.charCodeAt(0) < 0x80 ? whole.charCodeAt(0) : utf8.encode(whole);
    }
  }

  const tree = either();
  if (i < source.length) fail("This bracket closes none");
  return tree;
}
