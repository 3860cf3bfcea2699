import { kindOf } from "../filter/fields";
import type { ShownColumn } from "./columns";

/** A filter of this table that shows what can be written. */
export function exampleOf(columns: readonly ShownColumn[]): string {
  const text = columns.find(({ column }) => kindOf(column) === "text");
  const errno = columns.find(({ column }) => column.meaning === "errno_n");
  const time = columns.find(({ column }) => column.meaning === "nsec");
  const parts = [
    text && `${text.column.name}:nginx`,
    errno && `${errno.column.name}<0`,
    time && `${time.column.name}>10ms`,
  ];
  return parts.filter(Boolean).slice(0, 2).join(" ");
}
