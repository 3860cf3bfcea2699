/**
 * Texts of the kernel are bytes; those of JSON are not. A byte that is no part of UTF-8 becomes U+DC80 + (byte − 0x80),
 * which no UTF-8 can be, so that a path comes back as it was (the way of Python's PEP 383).
 */
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** A surrogate without its other half. */
const LONE = /\p{Surrogate}/u;

/** Bytes of the UTF-8 character that begins with `byte`. */
const lengthOf = (byte: number): number => (byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4);

export function textOf(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    let text = "";
    for (let at = 0; at < bytes.length; ) {
      const byte = bytes[at] as number;
      const next = at + lengthOf(byte);
      try {
        // Cut short at the end it is refused as well.
        text += strict.decode(bytes.subarray(at, next));
        at = next;
      } catch {
        text += String.fromCharCode(0xdc00 + byte);
        at++;
      }
    }
    return text;
  }
}

/** Throws RangeError for a lone surrogate that stands for no byte. */
export function bytesOf(text: string): Uint8Array {
  if (!LONE.test(text)) return Buffer.from(text, "utf8");
  return Buffer.concat(
    Array.from(text, (character) => {
      const code = character.codePointAt(0) ?? 0;
      if (!LONE.test(character)) return Buffer.from(character, "utf8");
      if (code < 0xdc80 || code > 0xdcff) throw new RangeError("a lone surrogate that stands for no byte");
      return Buffer.of(code - 0xdc00);
    }),
  );
}

/** 1 for the bytes that stand in the texts of JSON as they are, and are characters of UTF-8 by themselves: ASCII to be seen. */
export const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => {
  const needsEscape = byte === '"'.charCodeAt(0) || byte === "\\".charCodeAt(0);
  return byte >= 0x20 && byte <= 0x7e && !needsEscape ? 1 : 0;
});
