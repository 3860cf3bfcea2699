/** Rows as JSON or CSV: numbers stay numbers, names are written out, times are ISO 8601 with microseconds. */
import type { Column } from "../../server/protocol";
import { bigintAt, numberAt, textAt } from "../batch";
import { kindOf } from "../filter/fields";
import { type Context, cellText } from "../format";
import type { ShownColumn } from "./columns";
import type { Place } from "./row-texts";

/** More are not copied at once. */
export const mostCopied = 50_000;
export type CopyFormat = "JSON" | "CSV";

function isoTime(ms: number): string {
  const micros = Math.floor(ms * 1000);
  const fraction = String(((micros % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, "0");
  return new Date(Math.floor(micros / 1000)).toISOString().replace(/\.\d+Z$/, `.${fraction}Z`);
}

function plainValue(column: Column, { batch, row }: Place, index: number, context: Context) {
  const values = batch.columns[index];
  if (column.meaning === "ktime") return isoTime(context.host.bootedAt + numberAt(values, row) / 1e6);
  if (column.type === "bool") return numberAt(values, row) !== 0;
  // Control characters are what the format itself escapes; arguments are written as one would type them.
  if (column.type === "text" && column.meaning !== "argv") return textAt(values, row);
  if (kindOf(column) !== "number") return cellText(column, values, row, context);
  const exact = bigintAt(values, row);
  // Beyond 2^53 a JSON number would be rounded.
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : String(exact);
}

/** A quote where one is needed (RFC 4180). */
const csvCell = (value: string | number | boolean) => {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export function rowsAs(
  format: CopyFormat,
  places: readonly Place[],
  columns: readonly ShownColumn[],
  context: Context,
): string {
  const rows = places.map((place) =>
    columns.map(({ column, index }) => plainValue(column, place, index, context)),
  );
  const names = columns.map(({ column }) => column.name);
  if (format === "CSV")
    return `${[names, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n")}\r\n`;
  const lines = rows.map((row) =>
    JSON.stringify(Object.fromEntries(row.map((value, i) => [names[i], value]))),
  );
  return `[\n${lines.join(",\n")}\n]\n`;
}
