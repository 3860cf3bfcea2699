/** How columns stand in a table: order, alignment, width. */
import type { Column, ToolInfo } from "../../server/protocol";
import { wordedColumns } from "../exports/rows";

export interface ShownColumn {
  column: Column;
  /** Its place in a batch. */
  index: number;
  right: boolean;
}

/** Names and other words stand left; all other numbers right. */
const words = new Set([
  "uid_n",
  "dev_n",
  "blk_op",
  "syscall_n",
  "func_id",
  "cgroup_id",
  "stack_id",
  "open_flags",
  "ktime",
]);
/** Long texts share what room is left. */
const long = new Set(["path", "argv", "cgroup_id", "stack_id"]);

const isWords = ({ type, meaning }: Column) =>
  type === "text" || type === "bytes" || type === "stack" || words.has(meaning);

export function shownColumns(tool: Pick<ToolInfo, "columns">): ShownColumn[] {
  return wordedColumns(tool.columns).map((shown) => ({ ...shown, right: !isWords(shown.column) }));
}

/** JetBrains Mono is 0.6 em wide at 12 px; a cell has 8 px on both sides. */
const pixelsPerLetter = 7.21;
const padding = 17;
const width = (letters: number) => Math.ceil(letters * pixelsPerLetter) + padding;
/** What a column gets at least, at most, and what a long text gets at least, in letters; the chosen row has no bounds. */
const least = 15;
const most = 30;
const leastOfLong = 20;
/** A narrow last column says what was left out. */
const spareForLeftOut = 42;
/** Where there is no room for all, these go first, and then the second command and process of a row. */
const leftOutFirst = ["tid_n", "bool", "file_mode", "uid_n", "open_flags", "comm", "pid_n"];
const firstStays = new Set(["comm", "pid_n"]);

const isLong = ({ column }: ShownColumn) => long.has(column.meaning);

/** The columns that fit into `pixels`, with `letters` as the longest text seen in each. */
export function fitting(
  columns: readonly ShownColumn[],
  letters: ReadonlyMap<string, number>,
  pixels: number,
) {
  const kept = [...columns];
  const needed = (shown: ShownColumn) =>
    width(isLong(shown) ? leastOfLong : Math.min(letters.get(shown.column.name) ?? 0, least));
  for (const meaning of leftOutFirst) {
    if (kept.reduce((sum, shown) => sum + needed(shown), spareForLeftOut) <= pixels) break;
    const ofMeaning = kept.filter(({ column }) => column.meaning === meaning || column.type === meaning);
    const [out] = ofMeaning.slice(firstStays.has(meaning) ? 1 : 0);
    if (out) kept.splice(kept.indexOf(out), 1);
  }
  return kept;
}

/** The columns with these names, in their order; those that fit where none has one. */
export function chosen(
  columns: readonly ShownColumn[],
  names: readonly string[],
  letters: ReadonlyMap<string, number>,
  pixels: number,
) {
  const wanted = [...new Set(names)].flatMap(
    (name) => columns.find(({ column }) => column.name === name) ?? [],
  );
  return wanted.length > 0 ? wanted : fitting(columns, letters, pixels);
}

/**
 * Tracks for columns of which the longest text seen has so many letters; long texts take the room there is. `given`:
 * widths in pixels that the user has set.
 */
export function tracks(
  columns: readonly ShownColumn[],
  letters: ReadonlyMap<string, number>,
  given: Readonly<Record<string, number>> = {},
): string[] {
  return columns.map((shown) => {
    const set = given[shown.column.name];
    if (set !== undefined) return `${set}px`;
    const longest = letters.get(shown.column.name) ?? 0;
    if (isLong(shown)) return `minmax(${width(leastOfLong)}px, 1fr)`;
    return `minmax(${width(Math.min(longest, least))}px, ${width(Math.min(longest, most))}px)`;
  });
}
