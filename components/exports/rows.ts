/**
 * Rows as JSON, NDJSON or CSV: numbers stay numbers in the unit of their column (nanoseconds, bytes), names are written
 * out, times are ISO 8601 with microseconds, an error's number has its name beside it. Also runs without a browser.
 */
import type { Column } from "../../server/protocol";
import { bigintAt, type ColumnValues, type Decoded, numberAt, textAt } from "../batch";
import { slotLower, slotUpper } from "../draw/slots";
import { kindOf } from "../filter/fields";
import { type Context, cellText } from "../format";

export type Plain = string | number | boolean | readonly string[];

/** One value of each row that is written. */
export interface Field {
  name: string;
  valueOf(batch: Pick<Decoded, "columns">, row: number): Plain;
}

/** Milliseconds since the epoch, with a fraction. Rows follow each other closely: most share their second's text. */
export function isoTimes(): (ms: number) => string {
  let second = Number.NaN;
  let text = "";
  return (ms) => {
    const micros = Math.floor(ms * 1000);
    const of = Math.floor(micros / 1e6);
    if (of !== second) {
      second = of;
      text = new Date(of * 1000).toISOString().slice(0, 20);
    }
    return `${text}${String(micros - of * 1e6).padStart(6, "0")}Z`;
  };
}

/** Beyond 2^53 a JSON number would be rounded. */
function exactNumber(values: ColumnValues | undefined, row: number): number | string {
  const number = numberAt(values, row);
  return Number.isSafeInteger(number) ? number : String(bigintAt(values, row));
}

type ValueOf = (values: ColumnValues | undefined, row: number) => Plain;

/** Names of a stack's frames, leaf first. */
const stackNames = (id: number, { stacks }: Context): string[] =>
  (stacks.stacks.get(id) ?? []).map((index) => stacks.frames[index]?.name ?? "?");

function reader(column: Column, context: Context): ValueOf {
  const iso = isoTimes();
  const { bootedAt, startedAt } = context.host;
  if (column.meaning === "ktime") return (values, row) => iso(bootedAt + numberAt(values, row) / 1e6);
  if (column.meaning === "boottime") return (values, row) => iso(startedAt + numberAt(values, row) / 1e6);
  if (column.meaning === "task_state") return (values, row) => String.fromCharCode(numberAt(values, row));
  if (column.type === "bool") return (values, row) => numberAt(values, row) !== 0;
  if (column.type === "stack") return (values, row) => stackNames(numberAt(values, row), context);
  // Control characters are what the format itself escapes; arguments are written as one would type them.
  if (column.type === "text" && column.meaning !== "argv") return textAt;
  if (kindOf(column) === "number") return exactNumber;
  return (values, row) => cellText(column, values, row, context);
}

/** In the order of the columns; `index`: the place in a batch. */
export function writtenFields(
  columns: readonly { column: Column; index: number }[],
  context: Context,
): Field[] {
  return columns.flatMap(({ column, index }) => {
    const read = reader(column, context);
    const field: Field = { name: column.name, valueOf: (batch, row) => read(batch.columns[index], row) };
    if (column.meaning === "slot_nsec") {
      const edge = (of: typeof slotLower) => (batch: Pick<Decoded, "columns">, row: number) =>
        of(numberAt(batch.columns[index], row));
      return [
        { name: `${column.name}_from`, valueOf: edge(slotLower) },
        { name: `${column.name}_to`, valueOf: edge(slotUpper) },
      ];
    }
    if (column.meaning !== "errno_n") return [field];
    const { errnos } = context.host;
    const errnoOf: Field["valueOf"] = (batch, row) => errnos[-numberAt(batch.columns[index], row)] ?? "";
    return [field, { name: `${column.name}_errno`, valueOf: errnoOf }];
  });
}

/** The columns that have words, in the manifest's order. */
export const wordedColumns = (columns: readonly Column[]): { column: Column; index: number }[] =>
  columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => column.place >= 0)
    .sort((a, b) => a.column.place - b.column.place);

/** A function from a row to its JSON object, without a line's end. */
export function jsonOf(fields: readonly Field[]): (batch: Pick<Decoded, "columns">, row: number) => string {
  const heads = fields.map(({ name }, i) => `${i === 0 ? "{" : ","}${JSON.stringify(name)}:`);
  return (batch, row) => {
    let line = "";
    for (let i = 0; i < fields.length; i++)
      line += (heads[i] as string) + JSON.stringify((fields[i] as Field).valueOf(batch, row));
    return `${line}}`;
  };
}

/** Quotes where they are needed (RFC 4180); what a spreadsheet would run as a formula begins with an apostrophe (OWASP). */
function csvCell(value: Plain): string {
  const plain = typeof value === "object" ? value.join(";") : String(value);
  const text =
    typeof value !== "number" && /^[=+\-@\t\r]/.test(plain) && !/^-\d+$/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Lines end as RFC 4180 says. */
export const csvHead = (fields: readonly Field[]): string =>
  `${fields.map(({ name }) => csvCell(name)).join(",")}\r\n`;

export function csvOf(fields: readonly Field[]): (batch: Pick<Decoded, "columns">, row: number) => string {
  return (batch, row) => `${fields.map((field) => csvCell(field.valueOf(batch, row))).join(",")}\r\n`;
}

export type CopyFormat = "JSON" | "CSV";

/** Chosen rows, to be pasted elsewhere. */
export function rowsAs(
  format: CopyFormat,
  places: readonly { batch: Pick<Decoded, "columns">; row: number }[],
  columns: readonly { column: Column; index: number }[],
  context: Context,
): string {
  const fields = writtenFields(columns, context);
  if (format === "CSV") {
    const line = csvOf(fields);
    return csvHead(fields) + places.map(({ batch, row }) => line(batch, row)).join("");
  }
  const line = jsonOf(fields);
  return `[\n${places.map(({ batch, row }) => line(batch, row)).join(",\n")}\n]\n`;
}
