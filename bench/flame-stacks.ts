/** Stacks of a large program, made up: what the flame graphs of the bench are drawn from. */

/** A new stack leaves an older one somewhere and goes on with this many functions of its own. */
const OWN = 5;
export const STACKS = 20_000;

/** Frame numbers, root first; every stack has `OWN` names that no other has: 100,000 in all. */
export function madeStacks(): { names: string[]; stacks: number[][] } {
  const below = chance(1);
  const names: string[] = [];
  const stacks: number[][] = [];
  for (let i = 0; i < STACKS; i++) {
    const older = stacks[below(i)] ?? [];
    const stack = older.slice(0, Math.ceil(older.length * (0.5 + below(50) / 100)));
    for (let k = 0; k < OWN; k++)
      stack.push(
        names.push(`${WORDS[below(WORDS.length)]}::${WORDS[below(WORDS.length)]}_${names.length}(int)`) - 1,
      );
    stacks.push(stack);
  }
  return { names, stacks };
}

const WORDS =
  "parse read write plan execute index buffer sort merge hash encode crc32 commit lock page tuple".split(" ");

/** mulberry32, a small random number generator: the same stacks each time. */
export function chance(seed: number): (below: number) => number {
  let a = seed;
  return (below) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}
