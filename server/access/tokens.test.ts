import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Audit } from "./audit";
import { Bucket } from "./bucket";
import { withToken } from "./shares";
import { Tokens } from "./tokens";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "ringside-tokens-"));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(state, { recursive: true });
});

const viewer = { role: "viewer", title: "for Ann", path: "/?opensnoop", by: "" } as const;

test("what was issued is let in, also by the next start on the same folder", () => {
  const tokens = new Tokens(state);
  const issued = tokens.issue(viewer, 1);
  const { id, expires } = issued;
  for (const each of [tokens, new Tokens(state)])
    expect(each.check(tokens.textOf(issued))).toEqual({ visitor: { role: "viewer", id, expires } });
  expect(statSync(join(state, "secret")).mode & 0o777).toBe(0o600);
  expect(tokens.list()).toEqual([issued]);
});

test("no character of a token can be another, no other secret signs", () => {
  const tokens = new Tokens(state);
  const token = tokens.textOf(tokens.issue(viewer, 1));
  for (let i = 0; i < token.length; i++) {
    // The last character of 16 bytes in base64url holds four bits that nothing says.
    const other = i === token.length - 1 ? "" : token[i] === "A" ? "B" : "A";
    expect(tokens.check(token.slice(0, i) + other + token.slice(i + 1))).toEqual({ refused: "forged" });
  }
  expect(tokens.check(token.replace(/^v/, "o"))).toEqual({ refused: "forged" });
  for (const text of [
    "",
    "x",
    `${token} `,
    `${token}${token}`,
    "__proto__",
    "v../../x.1.AAAAAAAAAAAAAAAAAAAAAA",
  ])
    expect(tokens.check(text)).toEqual({ refused: "forged" });
  const elsewhere = mkdtempSync(join(state, "other-"));
  expect(new Tokens(elsewhere).check(token)).toEqual({ refused: "forged" });
});

test("expired, revoked: each by its name, and nothing stays of them", () => {
  const tokens = new Tokens(state);
  const [short, long] = [tokens.issue(viewer, 1), tokens.issue(viewer, 3)];
  vi.useFakeTimers({ now: Date.now() + 2 * 3_600_000, toFake: ["Date"] });
  expect(tokens.check(tokens.textOf(short))).toEqual({ refused: "expired" });
  expect(tokens.list()).toEqual([long]);
  expect(tokens.revoke(long.id)).toBe(true);
  expect(tokens.revoke(long.id)).toBe(false);
  expect(tokens.check(tokens.textOf(long))).toEqual({ refused: "revoked" });
  expect(readdirSync(join(state, "tokens"))).toEqual([]);
});

test("a secret that others could read, or that is damaged, is refused with a sentence", () => {
  new Tokens(state);
  chmodSync(join(state, "secret"), 0o644);
  expect(() => new Tokens(state)).toThrow(/can be read by other users/);
  rmSync(join(state, "secret"));
  writeFileSync(join(state, "secret"), "short", { mode: 0o600 });
  expect(() => new Tokens(state)).toThrow(/damaged/);
});

test("a link: the token stands before the board's own fields", () => {
  expect(withToken("/", "T")).toBe("/?token=T");
  expect(withToken("/?opensnoop=failed:true&a?b", "T")).toBe("/?token=T&opensnoop=failed:true&a?b");
});

test("a bucket: so many at once, then so many a second", () => {
  let now = 0;
  const bucket = new Bucket(3, 2, () => now);
  const takes = (n: number) => Array.from({ length: n }, () => bucket.take());
  expect(takes(4)).toEqual([true, true, true, false]);
  now += 1000;
  expect(takes(3)).toEqual([true, true, false]);
  now += 1_000_000;
  expect(takes(4)).toEqual([true, true, true, false]);
});

test("the audit log is bounded by rotation and told newest first; a flood of refusals is counted", () => {
  const audit = new Audit(state, pino({ level: "silent" }), 2000);
  const entry = { who: "operator A", from: "127.0.0.1", what: "start" };
  for (let i = 0; i < 200; i++) audit.write({ ...entry, id: i, outcome: "ok" });
  const files = readdirSync(state).filter((name) => name.startsWith("audit"));
  expect(files).toHaveLength(5);
  for (const file of files) expect(statSync(join(state, file)).size).toBeLessThan(2200);
  expect(audit.newest(30).map(({ id }) => id)).toEqual(Array.from({ length: 30 }, (_, i) => 199 - i));

  for (let i = 0; i < 100; i++) audit.write({ ...entry, who: "nobody", outcome: "no" });
  audit.write({ ...entry, outcome: "ok", with: "x".repeat(5000) });
  const [last, ...before] = audit.newest(21);
  expect(last).toMatchObject({ who: "operator A", more: 80 });
  expect(String(last?.with).length).toBeLessThan(1010);
  expect(before.every(({ who }) => who === "nobody")).toBe(true);
});
