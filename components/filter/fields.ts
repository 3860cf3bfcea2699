/** What a filter's words mean in a table: which columns a name stands for, and how each is compared. */
import type { Column } from "../../server/protocol";
import { FilterError } from "./filter-error";
import type { Operator, Word } from "./syntax";

export interface Field {
  column: Column;
  /** Its place in a batch. */
  index: number;
}

/** `text`: by its bytes; `number`: by its value; `name`: by the text shown for a number or an address. */
export type FieldKind = "text" | "number" | "name";

/** Numbers that are shown as a word. */
const named = new Set([
  "uid_n",
  "dev_n",
  "blk_op",
  "syscall_n",
  "func_id",
  "cgroup_id",
  "stack_id",
  "slot_nsec",
  "open_flags",
]);

export function kindOf({ type, meaning }: Pick<Column, "type" | "meaning">): FieldKind {
  if (type === "text") return "text";
  return type === "bytes" || type === "stack" || type === "bool" || named.has(meaning) ? "name" : "number";
}

export const operatorsOf: Record<FieldKind, readonly Operator[]> = {
  text: [":", "=", "!=", "~", "!~"],
  name: [":", "=", "!=", "~", "!~"],
  number: [":", "=", "!=", "<", "<=", ">", ">="],
};

/** The columns that can be named: those that are on screen or could be. */
export const fieldsOf = (columns: readonly Column[]): Field[] =>
  columns.map((column, index) => ({ column, index })).filter(({ column }) => column.place >= 0);

const plain = (name: string) => name.toLowerCase().replace(/[\s_-]/g, "");

/** By name, else by title: two columns may share one, and then either counts. Throws FilterError. */
export function findFields(name: Word, fields: readonly Field[]): Field[] {
  const wanted = plain(name.text);
  const byName = fields.filter(({ column }) => plain(column.name) === wanted);
  const found = byName.length > 0 ? byName : fields.filter(({ column }) => plain(column.title) === wanted);
  if (found.length > 0) return found;
  const near = nearest(wanted, fields);
  const hint = near ? `did you mean ${near}?` : `there are ${fields.map((f) => f.column.name).join(", ")}`;
  throw new FilterError(`No column is called “${name.text}”: ${hint}`, name.at, name.end);
}

function nearest(wanted: string, fields: readonly Field[]): string | undefined {
  const near = fields.flatMap(({ column: { name, title } }) =>
    [name, title].map((word) => ({ name, away: distance(wanted, plain(word)) })),
  );
  near.sort((a, b) => a.away - b.away);
  return near.find(({ away }) => away <= Math.max(1, wanted.length / 3))?.name;
}

/** Letters to change, add or take away (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
