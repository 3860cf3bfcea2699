/**
 * A filter made ready for a table's columns: runs over the typed arrays of a batch, column by column, and makes no
 * string and no object for a row.
 */
import type { Column } from "../../server/protocol";
import { bytesAt, type ColumnValues, type Decoded, numberAt } from "../batch";
import { type Context, cellText } from "../format";
import { Interner } from "../interner";
import { type Field, fieldsOf, findFields, kindOf, operatorsOf } from "./fields";
import { FilterError } from "./filter-error";
import { lies, type Network, parseNetwork } from "./ip";
import { findRows } from "./needle";
import { contains, equals, glob, type Pattern, type PatternOptions, regex } from "./pattern";
import { errnoOf, type Interval, interval } from "./quantity";
import { type FilterNode, parseFilter, type Term, type Word } from "./syntax";

/** Takes away from `mask` (1: still in) the rows [from, to) that do not pass; `mask[0]` stands for `from`. */
type Test = (batch: Decoded, from: number, to: number, mask: Uint8Array) => void;

export interface Filter {
  test: Test;
  /** It goes by names that the host is asked for: with new names it may give other rows. */
  byHostNames: boolean;
}

export interface Surroundings {
  columns: readonly Column[];
  context: Context;
  /** Milliseconds of CLOCK_MONOTONIC, to tell which day's "22:51" is meant. */
  now: number;
}

const hostNamed = new Set(["uid_n", "dev_n", "cgroup_id", "stack_id"]);
const matched = new Set(["pid_n", "tid_n", "port_n"]);

/** Undefined for an empty text: every row. Throws FilterError. */
export function compileFilter(text: string, surroundings: Surroundings): Filter | undefined {
  const node = parseFilter(text);
  if (!node) return undefined;
  const compiler = new Compiler(surroundings);
  const test = compiler.node(node);
  return { test, byHostNames: compiler.byHostNames };
}

class Compiler {
  byHostNames = false;
  private readonly fields: Field[];

  constructor(private readonly around: Surroundings) {
    this.fields = fieldsOf(around.columns);
  }

  node(node: FilterNode): Test {
    if (node.kind === "term") return this.term(node);
    if (node.kind === "not") return not(this.node(node.node));
    // Numbers are quick: what they take away need not be looked at as text.
    const quickFirst = [...node.nodes].sort((a, b) => this.weight(a) - this.weight(b));
    const tests = quickFirst.map((child) => this.node(child));
    return node.kind === "and" ? all(tests) : either(tests);
  }

  private weight(node: FilterNode): number {
    if (node.kind === "not") return this.weight(node.node);
    if (node.kind !== "term") return 3;
    if (!node.column) return 2;
    const [field] = findFields(node.column, this.fields);
    return field && kindOf(field.column) === "number" ? 0 : 1;
  }

  private term(term: Term): Test {
    const { column, operator, values } = term;
    if (!column) return this.anywhere(values[0] as Word);
    const positive: Term = {
      ...term,
      operator: operator === "!=" ? "=" : operator === "!~" ? "~" : operator,
    };
    const tests = findFields(column, this.fields).map((field) => this.field(field, positive));
    return positive.operator === operator ? either(tests) : not(either(tests));
  }

  private field(field: Field, term: Term): Test {
    const { column } = field;
    const kind = kindOf(column);
    const { operator, values } = term;
    if (!operatorsOf[kind].includes(operator)) {
      const usable = operatorsOf[kind].join(" ");
      const at = term.column?.end ?? 0;
      throw new FilterError(`${column.title} takes ${usable}`, at, values[0]?.at ?? at + 1);
    }
    if (values.length > 1 && !":=".includes(operator))
      throw new FilterError("Only one value here", values[1]?.at ?? 0, values[1]?.end ?? 1);
    if (kind === "number") return this.numbers(field, term);
    return either(
      values.map((value) =>
        kind === "text" ? this.text(field, operator, value) : this.name(field, operator, value),
      ),
    );
  }

  private numbers({ column, index }: Field, { operator, values }: Term): Test {
    const scale = { column, context: this.around.context, now: this.around.now };
    const intervals = values.map((value): Interval => {
      const { low, high } = interval(value, scale);
      if (operator === "<") return { low: Number.NEGATIVE_INFINITY, high: Math.ceil(low) - 1 };
      if (operator === "<=") return { low: Number.NEGATIVE_INFINITY, high };
      if (operator === ">") return { low: Math.floor(high) + 1, high: Number.POSITIVE_INFINITY };
      if (operator === ">=") return { low, high: Number.POSITIVE_INFINITY };
      return { low, high };
    });
    return either(intervals.map((one) => within(index, one)));
  }

  private text({ column, index }: Field, operator: string, value: Word): Test {
    const nulIsSpace = column.meaning === "argv";
    const plain = isPlain(operator, value) && !nulIsSpace ? findRows(value.bytes, foldOf(value)) : undefined;
    if (plain)
      return (batch, from, to, mask) => {
        const values = batch.columns[index];
        if (values?.kind !== "text") return mask.fill(0, 0, to - from);
        plain(values.bytes, values.offsets, from, to, mask);
      };
    const pattern = patternOf(operator, value, { nulIsSpace });
    return (batch, from, to, mask) => {
      const values = batch.columns[index];
      if (values?.kind !== "text") return mask.fill(0, 0, to - from);
      const { bytes, offsets } = values;
      for (let row = from; row < to; row++)
        if (mask[row - from] && !pattern.test(bytes, offsets[row] as number, offsets[row + 1] as number))
          mask[row - from] = 0;
    };
  }

  /** By the text on screen, looked up once for each value. */
  private name(field: Field, operator: string, value: Word): Test {
    const { column, index } = field;
    if (column.meaning === "ipaddr" && operator !== "~" && !value.quoted) {
      const network = parseNetwork(value.text);
      if (network) return inNetwork(index, network);
    }
    if (column.type !== "bytes" && /^\d+$/.test(value.text) && operator !== "~")
      return within(index, { low: Number(value.text), high: Number(value.text) });
    const yes = column.type === "bool" && /^(?:true|false)$/i.test(value.text);
    const word = yes ? wordOf(value.text.toLowerCase() === "true" ? "yes" : "no", value) : value;
    if (hostNamed.has(column.meaning) || column.type === "stack") this.byHostNames = true;
    const pattern = patternOf(operator, word, {});
    const { context } = this.around;
    const passes = (values: ColumnValues, row: number) => {
      const text = new TextEncoder().encode(cellText(column, values, row, context));
      return pattern.test(text, 0, text.length);
    };
    return column.type === "bytes" ? byBytes(index, passes) : byNumber(index, passes);
  }

  /** Any text; also the numbers and words that one would search for like a text. */
  private anywhere(word: Word): Test {
    const tests = this.fields.flatMap((field): Test[] => {
      const { column, index } = field;
      const { meaning } = column;
      if (column.type === "text") return [this.text(field, ":", word)];
      if (word.quoted) return [];
      if (meaning === "ipaddr" && parseNetwork(word.text)) return [this.name(field, ":", word)];
      const number = matched.has(meaning) && /^\d+$/.test(word.text) ? Number(word.text) : undefined;
      const errno = meaning === "errno_n" ? errnoOf(word.text, this.around.context) : undefined;
      const exact = number ?? errno;
      return exact === undefined ? [] : [within(index, { low: exact, high: exact })];
    });
    return either(tests);
  }
}

const wordOf = (text: string, { at, end }: Word): Word => ({
  text,
  bytes: new TextEncoder().encode(text),
  quoted: false,
  at,
  end,
});

/** Small letters stand for both cases, as in most searches; a capital means itself. */
const foldOf = ({ text }: Word) => !/[A-Z]/.test(text);

/** A text that may stand anywhere. */
const isPlain = (operator: string, { text, quoted }: Word) =>
  operator !== "~" && operator !== "=" && (quoted || !/[*?]/.test(text));

function patternOf(operator: string, word: Word, options: PatternOptions): Pattern {
  const { text, bytes, quoted, at } = word;
  if (operator === "~") return regex(text, at + Number(quoted), options);
  if (operator === "=") return equals(bytes, options);
  return isPlain(operator, word) ? contains(bytes, foldOf(word), options) : glob(text, foldOf(word), options);
}

const all =
  (tests: readonly Test[]): Test =>
  (batch, from, to, mask) => {
    for (const test of tests) test(batch, from, to, mask);
  };

function either(tests: readonly Test[]): Test {
  const [only] = tests;
  if (only && tests.length === 1) return only;
  return (batch, from, to, mask) => {
    const rest = mask.slice(0, to - from);
    const passed = new Uint8Array(to - from);
    for (const test of tests) {
      const part = rest.slice();
      test(batch, from, to, part);
      // What has passed need not be looked at again.
      for (let i = 0; i < part.length; i++)
        if (part[i]) {
          passed[i] = 1;
          rest[i] = 0;
        }
    }
    mask.set(passed);
  };
}

const not =
  (test: Test): Test =>
  (batch, from, to, mask) => {
    const part = mask.slice(0, to - from);
    test(batch, from, to, part);
    for (let i = 0; i < part.length; i++) if (part[i]) mask[i] = 0;
  };

function within(index: number, { low, high }: Interval): Test {
  return (batch, from, to, mask) => {
    const column = batch.columns[index];
    if (column?.kind !== "numbers") return mask.fill(0, 0, to - from);
    const { values } = column;
    if (values instanceof BigUint64Array || values instanceof BigInt64Array) {
      for (let row = from; row < to; row++) {
        const value = Number(values[row]);
        if (value < low || value > high) mask[row - from] = 0;
      }
    } else
      for (let row = from; row < to; row++) {
        const value = values[row] as number;
        if (value < low || value > high) mask[row - from] = 0;
      }
  };
}

function inNetwork(index: number, network: Network): Test {
  return (batch, from, to, mask) => {
    const column = batch.columns[index];
    if (column?.kind !== "bytes" || column.size !== 16) return mask.fill(0, 0, to - from);
    for (let row = from; row < to; row++)
      if (mask[row - from] && !lies(column.bytes, row * 16, network)) mask[row - from] = 0;
  };
}

/** Answers are kept for this many values, then asked again. */
const mostKept = 50_000;

function byNumber(index: number, passes: (values: ColumnValues, row: number) => boolean): Test {
  const known = new Map<number, boolean>();
  return (batch, from, to, mask) => {
    const column = batch.columns[index];
    if (column?.kind !== "numbers") return mask.fill(0, 0, to - from);
    if (known.size > mostKept) known.clear();
    for (let row = from; row < to; row++) {
      if (!mask[row - from]) continue;
      const value = numberAt(column, row);
      let passed = known.get(value);
      if (passed === undefined) {
        passed = passes(column, row);
        known.set(value, passed);
      }
      if (!passed) mask[row - from] = 0;
    }
  };
}

function byBytes(index: number, passes: (values: ColumnValues, row: number) => boolean): Test {
  const known = new Interner(mostKept);
  const answers: boolean[] = [];
  return (batch, from, to, mask) => {
    const column = batch.columns[index];
    if (!column) return mask.fill(0, 0, to - from);
    for (let row = from; row < to; row++) {
      if (!mask[row - from]) continue;
      const bytes = bytesAt(column, row);
      const id = known.idOf(bytes, 0, bytes.length);
      const passed = answers[id] ?? passes(column, row);
      if (id >= 0) answers[id] = passed;
      if (!passed) mask[row - from] = 0;
    }
  };
}
