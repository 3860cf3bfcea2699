/** What could come next in a filter that is being typed: columns, operators, values that were seen. */
import { whole } from "../format";
import { type Field, findFields, kindOf, operatorsOf } from "./fields";
import { type Operator, unquoted } from "./syntax";

export interface Suggestion {
  /** Takes the place of the text from `from` up to the cursor. */
  insert: string;
  from: number;
  /** What it is, in words. */
  help: string;
  /** A name is not finished yet: as it stands it would be looked for as text. */
  unfinished: boolean;
}

/** A value as a filter writes it, and in how many of the rows looked at. */
export interface SeenValue {
  text: string;
  rows: number;
}

const meanings: Record<Operator, string> = {
  ":": "contains, or is",
  "=": "is exactly",
  "!=": "is not",
  "<": "less than",
  "<=": "at most",
  ">": "more than",
  ">=": "at least",
  "~": "matches a regular expression",
  "!~": "does not match",
};
const most = 12;

/** `seen`: a column's most frequent values, most frequent first. */
export function suggest(
  text: string,
  cursor: number,
  fields: readonly Field[],
  seen: (field: Field) => readonly SeenValue[],
): Suggestion[] {
  const before = text.slice(0, cursor);
  const token = lastToken(before);
  const start = cursor - token.length + (/^[-!]/.exec(token)?.[0].length ?? 0);
  const word = before.slice(start);
  const [, name, operator, rest] = /^([A-Za-z_]\w*)(:|[!<>=]=|!~|[=<>~])(.*)$/s.exec(word) ?? [];
  if (name === undefined || operator === undefined) return columnsFor(word, start, fields);
  const [field] = found(name, fields);
  if (!field || operator.includes("~")) return [];
  const typed = (rest ?? "").slice(
    Math.max((rest ?? "").lastIndexOf(","), (rest ?? "").lastIndexOf("|")) + 1,
  );
  const wanted = typed.replace(/^["']/, "").toLowerCase();
  return seen(field)
    .filter((value) => value.text.toLowerCase().includes(wanted) && value.text !== typed)
    .slice(0, most)
    .map(({ text: insert, rows }) => ({
      insert: `${insert} `,
      from: cursor - typed.length,
      help: `${whole(rows)} of late`,
      unfinished: false,
    }));
}

function columnsFor(word: string, from: number, fields: readonly Field[]): Suggestion[] {
  if (!/^\w*$/.test(word)) return [];
  const [exact] = found(word, fields);
  if (exact && word.toLowerCase() === exact.column.name)
    return operatorsOf[kindOf(exact.column)].map((operator) => ({
      insert: word + operator,
      from,
      help: meanings[operator],
      unfinished: true,
    }));
  const wanted = word.toLowerCase();
  const matching = fields.filter(
    ({ column }) =>
      column.name.toLowerCase().startsWith(wanted) ||
      column.title.toLowerCase().replaceAll(" ", "").startsWith(wanted),
  );
  return matching.slice(0, most + 4).map(({ column }) => ({
    insert: kindOf(column) === "number" ? column.name : `${column.name}:`,
    from,
    help: column.title,
    unfinished: word !== "",
  }));
}

function found(name: string, fields: readonly Field[]): Field[] {
  try {
    return name === "" ? [] : findFields(unquoted(name, 0, name.length), fields);
  } catch {
    return [];
  }
}

/** From the last space or bracket that is not in quotes. */
function lastToken(before: string): string {
  let quote = "";
  let start = 0;
  for (let i = 0; i < before.length; i++) {
    const character = before[i] ?? "";
    if (quote) {
      if (character === "\\") i++;
      else if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (/[\s()]/.test(character)) start = i + 1;
  }
  return before.slice(start);
}
