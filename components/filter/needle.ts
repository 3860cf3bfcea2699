/**
 * A plain text looked for in a whole column at once: most bytes are skipped, where an automaton looks at each of them
 * (Horspool, "Practical fast searching in strings", 1980).
 */
import { isLower, isUpper } from "./pattern-syntax";

/** Takes away from `mask` the rows [from, to) whose text does not hold the needle; `mask[0]` stands for `from`. */
export type FindRows = (
  bytes: Uint8Array,
  offsets: Uint32Array,
  from: number,
  to: number,
  mask: Uint8Array,
) => void;

/** `fold`: ASCII letters match in both cases. Undefined: an empty needle, which is in every text. */
export function findRows(needle: Uint8Array, fold: boolean): FindRows | undefined {
  const length = needle.length;
  if (length === 0) return undefined;
  /** What a byte counts as. */
  const same = Uint8Array.from({ length: 256 }, (_, byte) => (fold && isUpper(byte) ? byte + 32 : byte));
  const wanted = needle.map((byte) => same[byte] as number);
  /** How far the needle may move when this byte lies under its last one. */
  const skip = new Uint32Array(256).fill(length);
  for (let i = 0; i < length - 1; i++) {
    const byte = wanted[i] as number;
    skip[byte] = length - 1 - i;
    if (fold && isLower(byte)) skip[byte - 32] = length - 1 - i;
  }
  const end = wanted[length - 1] as number;

  return (bytes, offsets, from, to, mask) => {
    let row = from;
    const last = offsets[to] as number;
    /** Where the byte under the needle's last one is. */
    let at = (offsets[from] as number) + length - 1;
    while (at < last) {
      const byte = bytes[at] as number;
      let matched = same[byte] === end;
      for (let i = length - 2, b = at - 1; matched && i >= 0; i--, b--)
        matched = same[bytes[b] as number] === wanted[i];
      if (!matched) {
        at += skip[byte] as number;
        continue;
      }
      const begin = at - length + 1;
      while ((offsets[row + 1] as number) <= begin) mask[row++ - from] = 0;
      // Half of it may lie in the next row.
      if ((offsets[row + 1] as number) <= at) at++;
      else at = (offsets[++row] as number) + length - 1;
    }
    while (row < to) mask[row++ - from] = 0;
  };
}
