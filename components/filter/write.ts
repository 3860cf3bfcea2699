/** A row's value as a term that a filter reads back. */
import type { Column } from "../../server/protocol";
import { bytesAt, type ColumnValues, numberAt } from "../batch";
import { type Context, cellText, clockTime } from "../format";
import { quote } from "./syntax";

/** Their names come from the host, and may be gone tomorrow; the number stays. */
const byNumber = new Set(["uid_n", "dev_n", "cgroup_id", "stack_id"]);

const isAmount = ({ type, meaning }: Column) =>
  type !== "bool" && type !== "stack" && !["blk_op", "syscall_n", "func_id", "open_flags"].includes(meaning);

export function valueText(column: Column, values: ColumnValues, row: number, context: Context): string {
  if (values.kind === "text") {
    const bytes = bytesAt(values, row);
    // Arguments are written as they are shown, with spaces.
    return quote(column.meaning === "argv" ? bytes.map((byte) => byte || 32) : bytes);
  }
  if (column.meaning === "ktime") return clockTime(context.host.bootedAt + numberAt(values, row) / 1e6);
  const errno = column.meaning === "errno_n" && numberAt(values, row) < 0;
  if (values.kind === "numbers" && !errno && (byNumber.has(column.meaning) || isAmount(column)))
    return column.meaning === "file_mode"
      ? `0${numberAt(values, row).toString(8)}`
      : String(values.values[row]);
  return quote(new TextEncoder().encode(cellText(column, values, row, context)));
}

export const exactTerm = (column: Column, values: ColumnValues, row: number, context: Context) =>
  `${column.name}=${valueText(column, values, row, context)}`;

/** Both must hold. */
export function narrow(filter: string, term: string): string {
  const before = filter.trim();
  if (before === "") return term;
  // What stands beside an OR would belong to its last part only.
  return /(^|[\s)])or[\s(]|\|/i.test(before) ? `(${before}) ${term}` : `${before} ${term}`;
}
