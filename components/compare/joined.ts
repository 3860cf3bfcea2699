/** Two tables joined by key: how much of each there was a second, before and after. */
import type { Column, ToolInfo } from "../../server/protocol";
import { textAt } from "../batch";
import { type Context, cellText } from "../format";
import { TopSums, valueColumns } from "../panels/top-sums";
import type { Table } from "../table";

export interface Joined {
  key: string;
  /** A second; 0 where a side has none. */
  before: number;
  after: number;
}

export interface JoinedTable {
  /** What rows are told apart by, and what is counted. */
  by: string;
  counted: string;
  /** The greatest difference first. */
  rows: Joined[];
}

/** Milliseconds over which a table's rows were read; a second at least. */
const lasts = ({ batches }: Table) => Math.max(1000, (batches.at(-1)?.at ?? 0) - (batches[0]?.at ?? 0));

/** A process's number is another's on another host, and after a restart: rows are told apart by names where there are any. */
function keyColumns(tool: ToolInfo): { column: Column; index: number }[] {
  const all = tool.columns.map((column, index) => ({ column, index }));
  if (tool.kind === "ring") return all.filter(({ column }) => column.meaning === "comm").slice(0, 1);
  const keys = all.filter(({ column }) => column.key && column.place >= 0);
  const names = all.filter(({ column }) => column.meaning === "comm" && column.place >= 0);
  const others = keys.filter(({ column }) => !["pid_n", "tid_n", "comm"].includes(column.meaning));
  return others.length + names.length > 0 ? [...others, ...names] : keys;
}

function perSecond(tool: ToolInfo, table: Table, context: Context): Map<string, number> {
  const found = new Map<string, number>();
  const keys = keyColumns(tool);
  const add = (key: string, amount: number) => found.set(key, (found.get(key) ?? 0) + amount);
  const seconds = lasts(table) / 1000;
  if (tool.kind === "ring") {
    const [comm] = keys;
    for (const batch of table.batches)
      for (let row = 0; row < batch.rows; row++)
        add(comm ? textAt(batch.columns[comm.index], row) : "all", 1 / seconds);
    return found;
  }
  const sums = new TopSums(table.columns);
  sums.take(table);
  for (const { words, sums: amounts } of sums.entries.values())
    add(
      keys.map(({ column, index }) => cellText(column, words[index], 0, context)).join(" · "),
      (amounts[0] ?? 0) / seconds,
    );
  return found;
}

export function joined(
  tool: ToolInfo,
  before: { table: Table; context: Context },
  after: { table: Table; context: Context },
): JoinedTable {
  const was = perSecond(tool, before.table, before.context);
  const is = perSecond(tool, after.table, after.context);
  const rows = [...new Set([...was.keys(), ...is.keys()])].map((key) => ({
    key,
    before: was.get(key) ?? 0,
    after: is.get(key) ?? 0,
  }));
  const difference = (row: Joined) => Math.abs(row.after - row.before);
  const value = tool.kind === "map" ? tool.columns[valueColumns(tool.columns)[0] ?? -1] : undefined;
  return {
    by: keyColumns(tool)
      .map(({ column }) => column.title)
      .join(" · "),
    counted: value?.title ?? "Rows",
    rows: rows.sort((a, b) => difference(b) - difference(a)),
  };
}
