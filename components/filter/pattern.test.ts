import { expect, test } from "vitest";
import { randomOf } from "../rows.fixture";
import { FilterError } from "./filter-error";
import { findRows } from "./needle";
import { contains, equals, glob, type Pattern, regex } from "./pattern";

const utf8 = new TextEncoder();
const matches = (pattern: Pattern, text: string) => {
  // In the middle of other bytes, as in a column.
  const bytes = utf8.encode(`ab${text}ab`);
  return pattern.test(bytes, 2, bytes.length - 2);
};

const alphabet = ["a", "b", "A", "/", "0", " ", "é", "\n"];

function randomText(random: (below: number) => number, most = 12): string {
  return Array.from({ length: random(most) }, () => alphabet[random(alphabet.length)]).join("");
}

function randomRegex(random: (below: number) => number, depth = 3): string {
  const choice = random(depth > 0 ? 16 : 8);
  const inner = () => randomRegex(random, depth - 1);
  if (choice < 4) return ["a", "b", "é", "/", "0"][random(5)] ?? "";
  if (choice === 4) return ".";
  if (choice === 5) return ["\\d", "\\w", "\\s", "\\D", "\\W", "\\S", "\\n", "\\/"][random(8)] ?? "";
  if (choice === 6) return ["[ab]", "[^a]", "[a-z0]", "[^\\d/]", "[aé]", "[]a]", "[-a]"][random(7)] ?? "";
  if (choice === 7) return ["^", "$"][random(2)] ?? "";
  if (choice < 11) return inner() + inner();
  if (choice === 11) return `(${inner()}|${inner()})`;
  if (choice === 12) return `(?:${inner()})${["*", "+", "?", "*?"][random(4)]}`;
  if (choice === 13) return `(${inner()}){${random(3)},${2 + random(2)}}`;
  if (choice === 14) return `(${inner()}){${random(3)}}`;
  return `${inner()}|${inner()}`;
}

test("regular expressions find what the browser's own find", () => {
  const random = randomOf(4);
  let found = 0;
  for (let i = 0; i < 4000; i++) {
    const fold = random(4) === 0;
    const source = randomRegex(random);
    // There a "]" that comes first closes the class.
    const oracle = new RegExp(source.replaceAll("[]a]", "[\\]a]"), `u${fold ? "i" : ""}`);
    const pattern = regex((fold ? "(?i)" : "") + source, 0);
    for (let j = 0; j < 10; j++) {
      const text = randomText(random);
      const expected = oracle.test(text);
      if (matches(pattern, text) !== expected)
        throw new Error(`${oracle} on ${JSON.stringify(text)}: should be ${expected}`);
      found += Number(expected);
    }
  }
  expect(found).toBeGreaterThan(4000);
  expect(found).toBeLessThan(36_000);
});

test("plain texts: somewhere, whole, with stars, with and without case", () => {
  const random = randomOf(7);
  for (let i = 0; i < 3000; i++) {
    const [needle, text] = [randomText(random, 4), randomText(random)];
    const bytes = utf8.encode(needle);
    expect(matches(contains(bytes, false), text)).toBe(text.includes(needle));
    expect(matches(contains(bytes, true), text)).toBe(text.toLowerCase().includes(needle.toLowerCase()));
    expect(matches(equals(bytes), text)).toBe(text === needle);
  }
  expect(matches(glob("/etc/*.c?nf", false), "/etc/a/b.conf")).toBe(true);
  expect(matches(glob("/etc/*.c?nf", false), "/etc/a/b.conf2")).toBe(false);
  expect(matches(glob("*", false), "")).toBe(true);
});

test("a plain text is found in the rows of a column that hold it, and in none that only its neighbour completes", () => {
  const random = randomOf(11);
  let found = 0;
  for (let i = 0; i < 1500; i++) {
    const texts = Array.from({ length: 1 + random(20) }, () => randomText(random, 7));
    const needle = randomText(random, 4);
    const fold = needle.toLowerCase() === needle;
    const bytes = utf8.encode(texts.join(""));
    const offsets = new Uint32Array(texts.length + 1);
    texts.forEach((text, row) => {
      offsets[row + 1] = (offsets[row] as number) + utf8.encode(text).length;
    });
    const from = random(texts.length);
    const mask = new Uint8Array(30).fill(1);
    const find = findRows(utf8.encode(needle), fold);
    expect(find === undefined).toBe(needle === "");
    find?.(bytes, offsets, from, texts.length, mask);
    const expected = texts.slice(from).map((text) => (fold ? text.toLowerCase() : text).includes(needle));
    expect([...mask.slice(0, texts.length - from)].map(Boolean)).toEqual(expected);
    found += expected.filter(Boolean).length;
  }
  expect(found).toBeGreaterThan(1000);
});

test("bytes that are not UTF-8 are matched as what they are", () => {
  const latin = Uint8Array.of(0x2f, 0x63, 0x61, 0x66, 0xe9);
  expect(regex("^/caf.$", 0).test(latin, 0, 5)).toBe(true);
  expect(regex("\\xe9$", 0).test(latin, 0, 5)).toBe(true);
  expect(contains(Uint8Array.of(0xe9), false).test(latin, 0, 5)).toBe(true);
  expect(contains(utf8.encode("é"), false).test(latin, 0, 5)).toBe(false);
});

test("a NUL passes for a space where asked", () => {
  const argv = utf8.encode("ls\0-l\0/tmp");
  expect(contains(utf8.encode("ls -l"), false, { nulIsSpace: true }).test(argv, 0, argv.length)).toBe(true);
  expect(contains(utf8.encode("ls -l"), false).test(argv, 0, argv.length)).toBe(false);
});

test("patterns that make others hang take time by the text alone", () => {
  const text = utf8.encode("a".repeat(16_384));
  const began = performance.now();
  for (const source of [
    "(a+)+$b",
    "(a|aa)+c",
    "(.*a){20}x",
    "(x+x+)+y",
    "((a{0,20}){0,10})c",
    "(a|b)*a(a|b){14}c",
  ])
    expect(regex(source, 0).test(text, 0, text.length)).toBe(false);
  const random = randomOf(3);
  const mixed = Uint8Array.from({ length: 16_384 }, () => 97 + random(2));
  expect(regex("(a|b)*a(a|b){18}c", 0).test(mixed, 0, mixed.length)).toBe(false);
  // One that grows faster would not end in a lifetime.
  expect(performance.now() - began).toBeLessThan(20_000);
});

test.each([
  ["a(b", 1, "not closed"],
  ["ab)", 2, "closes none"],
  ["a[b", 1, "not closed"],
  ["*a", 0, "Nothing to repeat"],
  ["a{3,2}", 1, "more than"],
  ["a{999}", 1, "At most 255"],
  ["(?=a)", 0, "understood"],
  ["a\\b", 1, "not understood"],
  ["a\\", 1, "backslash"],
  ["[z-a]", 1, "backwards"],
  ["((a{200}){200}){200}", 0, "too large"],
])("%s is refused at its character", (source, at, words) => {
  try {
    regex(source, 10);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    expect([error.at - 10, error.message]).toEqual([at, expect.stringContaining(words)]);
    expect(error.end).toBeGreaterThan(error.at);
    return;
  }
  throw new Error("it was taken");
});
