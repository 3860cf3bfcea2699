/**
 * Each of these tests has two forms: a short one, part of `npm test`, and a long one (`npm run test:fuzz`, `test:faults`,
 * `test:soak`), which is the same code with other numbers and writes what it found into docs/reliability.md.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { fromRoot } from "../../server/project";

export const isLong = process.env.RINGSIDE_LONG === "1";

/** The short form's number, or the long one's. */
export const amount = (short: number, long: number): number => (isLong ? long : short);

const FILE = fromRoot("docs", "reliability.md");

/**
 * In the long form: replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->`. Rows: what, and how it went; none
 * where only other tests ran (vitest -t), and then what is there stays.
 */
export function writeSection(name: string, rows: readonly (readonly [what: string, found: string])[]): void {
  if (!isLong || rows.length === 0) return;
  const text = readFileSync(FILE, "utf8");
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/reliability.md has no ${begin} … ${end}`);
  const day = new Date().toISOString().slice(0, 10);
  const table = [
    `${day}, Linux ${release()}, ${cpus().length} CPUs, Node ${process.versions.node}.`,
    "",
    "| What | Found |",
    "|---|---|",
    ...rows.map(([what, found]) => `| ${what} | ${found} |`),
  ].join("\n");
  writeFileSync(FILE, `${text.slice(0, from)}${begin}\n${table}\n${text.slice(to)}`);
}

/** The value below which 99 of 100 lie; NaN of none. */
export function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Number.NaN;
}

/** Least-squares slope of y over x. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const above = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return above / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}
