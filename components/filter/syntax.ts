/**
 * The filter of a table, as text: `comm:nginx ret<0 path~"^/etc/.*\.conf"`, read into a tree.
 *
 *     terms that stand side by side must all hold; OR or | between them: either; -, ! or NOT in front: not; ( )
 *     COLUMN : = != < <= > >= ~ !~ VALUE; more values with commas; a range as 1ms..5ms
 *     WORD or "some text": anywhere in a row's texts
 */
import { FilterError } from "./filter-error";

export const operators = [":", "=", "!=", "<", "<=", ">", ">=", "~", "!~"] as const;
export type Operator = (typeof operators)[number];

/** A part of the filter's text, from `at` up to `end`. */
export interface Word {
  text: string;
  /** The same in UTF-8, but for what was written as `\xHH`. */
  bytes: Uint8Array;
  quoted: boolean;
  at: number;
  end: number;
}

export interface Term {
  kind: "term";
  /** None: any text of the row. */
  column: Word | undefined;
  operator: Operator;
  /** One at least; more: any of them. */
  values: Word[];
}

export type FilterNode =
  | Term
  | { kind: "not"; node: FilterNode }
  | { kind: "and" | "or"; nodes: FilterNode[] };

const utf8 = new TextEncoder();
const operatorAt = /(?::|[!<>=]=|!~|[=<>~])/y;
const keywords = /(?:and|or|not)(?=[\s()]|$)/iy;
const mostDepth = 50;
const mostLetters = 4000;

export const unquoted = (text: string, at: number, end: number): Word => ({
  text,
  bytes: utf8.encode(text),
  quoted: false,
  at,
  end,
});

/** "" gives undefined: every row. Throws FilterError. */
export function parseFilter(text: string): FilterNode | undefined {
  let i = 0;
  let depth = 0;

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = i;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) i += found.length;
    return found;
  }
  const space = () => match(/\s*/y);

  function either(): FilterNode {
    const nodes = [all()];
    while (match(/\s*(?:\|\|?|or(?=[\s()]|$))/iy) !== undefined) nodes.push(all());
    return join("or", nodes);
  }

  function all(): FilterNode {
    const nodes: FilterNode[] = [];
    for (;;) {
      space();
      if (nodes.length > 0 && match(/(?:&&|and(?=[\s()]|$))\s*/iy) !== undefined) nodes.push(one());
      else if (i >= text.length || text[i] === ")" || text[i] === "|" || isOr()) break;
      else nodes.push(one());
    }
    if (nodes.length === 0) {
      const closing = text[i] === ")";
      throw new FilterError(
        closing && depth === 0 ? "This bracket closes none" : "Something is missing here",
        i,
        i + 1,
      );
    }
    return join("and", nodes);
  }

  function isOr() {
    keywords.lastIndex = i;
    return keywords.exec(text)?.[0].toLowerCase() === "or";
  }

  function one(): FilterNode {
    space();
    const from = i;
    if (match(/(?:[-!](?=\S)|not(?=[\s(]))/iy) !== undefined) {
      if (++depth > mostDepth) throw new FilterError("Too deep", from, i);
      const node = one();
      depth--;
      return { kind: "not", node };
    }
    if (text[i] === "(") {
      if (++depth > mostDepth) throw new FilterError("Too deep", from, i + 1);
      i++;
      const node = either();
      if (text[i] !== ")") throw new FilterError("This bracket is not closed", from, from + 1);
      i++;
      depth--;
      return node;
    }
    return term();
  }

  function term(): FilterNode {
    const from = i;
    const isQuoted = text[i] === '"' || text[i] === "'";
    const name = isQuoted ? quoted() : nameHere();
    // A colon must follow at once; around signs there may be space, as in "ret < 0".
    const operator = name && (match(operatorAt) ?? match(/\s+(?:[!<>=]=|!~|[=<>~])/y)?.trim());
    if (!name || !operator) {
      if (name?.quoted) return { kind: "term", column: undefined, operator: ":", values: [name] };
      i = from;
      const word = bare();
      return { kind: "term", column: undefined, operator: ":", values: [word] };
    }
    space();
    const kind = (operator === "==" ? "=" : operator) as Operator;
    const values = kind === "~" || kind === "!~" ? [expression()] : list();
    return { kind: "term", column: name, operator: kind, values };
  }

  function nameHere(): Word | undefined {
    const from = i;
    const name = match(/[A-Za-z_]\w*/y);
    return name === undefined ? undefined : unquoted(name, from, i);
  }

  function bare(): Word {
    const from = i;
    const word = match(/[^\s()|]+/y);
    if (word === undefined) throw new FilterError("Something is missing here", i, i + 1);
    return unquoted(word, from, i);
  }

  function list(): Word[] {
    const values = [value()];
    while (text[i] === "," || (text[i] === "|" && text[i + 1] !== "|")) {
      i++;
      // A comma at the end is one that is being typed.
      if (i >= text.length || /\s/.test(text[i] ?? "")) break;
      values.push(value());
    }
    return values;
  }

  function value(): Word {
    if (text[i] === '"' || text[i] === "'") return quoted();
    const from = i;
    const word = match(/[^\s(),|]+/y);
    if (word === undefined) throw new FilterError("A value is missing here", i, i + 1);
    return unquoted(word, from, i);
  }

  /** A regular expression: to the next space, or to a bracket that it did not open. */
  function expression(): Word {
    if (text[i] === '"' || text[i] === "'") return quoted(true);
    const from = i;
    let open = 0;
    for (; i < text.length && !/\s/.test(text[i] ?? ""); i++) {
      if (text[i] === "\\") i++;
      else if (text[i] === "(") open++;
      else if (text[i] === ")" && --open < 0) break;
    }
    i = Math.min(i, text.length);
    if (i === from) throw new FilterError("A regular expression is missing here", i, i + 1);
    return unquoted(text.slice(from, i), from, i);
  }

  /** `raw`: backslashes stay, but for the one before a quote. */
  function quoted(raw = false): Word {
    const from = i;
    const quote = text[i++];
    const bytes: number[] = [];
    let plain = "";
    const flush = () => {
      bytes.push(...utf8.encode(plain));
      plain = "";
    };
    while (i < text.length && text[i] !== quote) {
      const next = text[i + 1] ?? "";
      if (text[i] !== "\\" || (raw && next !== quote)) plain += text[i++];
      else {
        const hex = next === "x" ? /^[0-9a-f]{2}/i.exec(text.slice(i + 2, i + 4))?.[0] : undefined;
        if (hex) {
          flush();
          bytes.push(Number.parseInt(hex, 16));
        } else plain += ({ n: "\n", t: "\t", r: "\r", e: "\x1b" } as Record<string, string>)[next] ?? next;
        i += hex ? 4 : 2;
      }
    }
    if (i >= text.length) throw new FilterError("This quote is not closed", from, from + 1);
    i++;
    flush();
    const all = Uint8Array.from(bytes);
    return { text: new TextDecoder().decode(all), bytes: all, quoted: true, at: from, end: i };
  }

  if (text.length > mostLetters)
    throw new FilterError(`A filter has at most ${mostLetters} characters`, mostLetters, text.length);
  space();
  if (i >= text.length) return undefined;
  const node = either();
  if (i < text.length) throw new FilterError("This bracket closes none", i, i + 1);
  return node;
}

function join(kind: "and" | "or", nodes: FilterNode[]): FilterNode {
  return nodes.length === 1 && nodes[0] ? nodes[0] : { kind, nodes };
}

/** A text as a value that is read back as the same bytes, whatever they are. */
export function quote(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  const same = utf8.encode(text);
  const whole = same.length === bytes.length && same.every((byte, i) => byte === bytes[i]);
  if (whole && /^[\w/.:@%+-]+$/.test(text)) return text;
  const safe = (part: string) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it looks for
    part.replace(/["\\]/g, "\\$&").replace(/[\x00-\x1f\x7f]/g, (c) => `\\x${hex(c.charCodeAt(0))}`);
  const written = whole
    ? safe(text)
    : Array.from(bytes, (byte) => (byte < 0x80 ? safe(String.fromCharCode(byte)) : `\\x${hex(byte)}`)).join(
        "",
      );
  return `"${written}"`;
}

const hex = (byte: number) => byte.toString(16).padStart(2, "0");
