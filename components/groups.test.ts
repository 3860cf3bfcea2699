import { expect, test } from "vitest";
import { textAt } from "./batch";
import { cellText } from "./format";
import { Groups } from "./groups";
import { Interner } from "./interner";
import { sortedPlaces } from "./order";
import { batchOf, columns, context, makeRows, type Row, randomOf } from "./rows.fixture";

const placeOf = (name: string) => columns.findIndex((column) => column.name === name);
const rows = makeRows(5000, 3);

/** The obvious way: a map from the texts of the keys to the rows. */
function slowly(by: readonly string[], all: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of all) {
    const key = JSON.stringify(by.map((name) => row[name as keyof Row]));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return groups;
}

function keyText(groups: Groups, group: number, names: readonly string[]): string {
  return JSON.stringify(
    names.map((name, place) => {
      const column = columns[placeOf(name)];
      const values = groups.keyOf(group, place);
      if (!column || !values) throw new Error("no key");
      if (values.kind === "text") return textAt(values, 0);
      if (values.kind === "bytes") return cellText(column, values, 0, context);
      return Number(values.values[0]);
    }),
  );
}

test.each([
  [["comm"]],
  [["path"]],
  [["pid"]],
  [["took"]],
  [["remote"]],
  [["path", "ret"]],
  [["remote", "comm"]],
])("grouped by %s", (by) => {
  const groups = new Groups(columns, { by: by.map(placeOf), of: placeOf("took") });
  const masked = rows.filter((row) => row.cut === 1 || row.time < 2e9);
  for (let from = 0; from < rows.length; from += 900) {
    const part = rows.slice(from, from + 900);
    const mask = Uint8Array.from(part, (row) => Number(masked.includes(row)));
    // The beginning without a mask, as without a filter.
    const whole = mask.every(Boolean) ? undefined : mask;
    groups.take(batchOf(part), 0, part.length, whole);
  }
  const expected = slowly(by, masked);
  expect(groups.size).toBe(expected.size);
  expect([groups.rows, groups.others]).toEqual([masked.length, 0]);
  for (let group = 0; group < groups.size; group++) {
    const of = expected.get(keyText(groups, group, by)) ?? [];
    const took = of.map((row) => row.took).sort((a, b) => a - b);
    expect(groups.counts[group]).toBe(of.length);
    expect(groups.failed[group]).toBe(of.filter((row) => row.ret < 0).length);
    expect(groups.sums[group]).toBe(took.reduce((sum, value) => sum + value, 0));
    expect(groups.largest[group]).toBe(took.at(-1));
    const exact = [0.5, 0.99].map((q) => took[Math.max(0, Math.ceil(q * took.length) - 1)] ?? 0);
    groups.percentiles(group, [0.5, 0.99]).forEach((value, i) => {
      expect(Math.abs(value - (exact[i] ?? 0))).toBeLessThanOrEqual(0.125 * (exact[i] ?? 0));
    });
  }
});

test("what finds no room is counted, not lost", () => {
  const few = new Interner(3);
  const ids = [5, 6, 7, 8, 5, 7].map((byte) => few.idOf(Uint8Array.of(byte), 0, 1));
  expect(ids).toEqual([0, 1, 2, -1, 0, 2]);
  const small = new Interner(100, 10);
  expect(
    ["abcdef", "ghij", "k", "abcdef"].map((t) => small.idOf(new TextEncoder().encode(t), 0, t.length)),
  ).toEqual([0, 1, -1, 0]);
});

test("a hundred thousand byte strings keep their numbers", () => {
  const random = randomOf(9);
  const interner = new Interner(1_000_000);
  const known = new Map<string, number>();
  const utf8 = new TextEncoder();
  for (let i = 0; i < 100_000; i++) {
    const text = String(random(40_000) * 7919);
    const bytes = utf8.encode(text);
    const id = interner.idOf(bytes, 0, bytes.length);
    expect(known.get(text) ?? id).toBe(id);
    known.set(text, id);
  }
  expect(interner.size).toBe(known.size);
  for (const [text, id] of known) expect(new TextDecoder().decode(interner.bytesOf(id))).toBe(text);
});

test("numbers are ordered as a stable sort orders them", () => {
  const random = randomOf(2);
  const odd = [0, -1, 1, 2 ** 53, -(2 ** 40), 0.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const values = Float64Array.from(
    { length: 20_000 },
    (_, i) => odd[i] ?? random(500) * 10 ** random(9) - 1000,
  );
  const expected = Array.from(values.keys()).sort((a, b) => {
    const [x, y] = [values[a] ?? 0, values[b] ?? 0];
    return x < y ? -1 : x > y ? 1 : a - b;
  });
  expect([...sortedPlaces(values)]).toEqual(expected);
});
