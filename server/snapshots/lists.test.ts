/** Beside JSON.parse: the same values of what is JSON, none of what is not. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ANY, cutLists, List } from "./lists";
import { bytesOf } from "./text";

/** What is not UTF-8 is no JSON. */
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const PATH = ["panels", ANY, "columns", ANY] as const;

type Read = { numbers: number[] } | { texts: string[] } | undefined;

/** Reads a list as what its first value is; undefined: something in it is none. */
function read(json: Buffer): Read {
  const list = new List(json);
  if (list.isOver) return { numbers: [] };
  if (!list.isText) {
    const numbers: number[] = [];
    do numbers.push(list.number());
    while (!list.isOver && !Number.isNaN(numbers.at(-1)));
    return numbers.some(Number.isNaN) ? undefined : { numbers };
  }
  const out = Buffer.alloc(json.length);
  const texts: string[] = [];
  do {
    const end = list.bytes(out, 0);
    if (end === undefined) return undefined;
    texts.push(out.toString("utf8", 0, end));
  } while (!list.isOver);
  return { texts };
}

/** The same by JSON.parse. */
function expected(values: readonly unknown[]): Read {
  if (values.every((value) => typeof value === "number")) return { numbers: [...values] as number[] };
  if (values.every((value) => typeof value === "string"))
    return { texts: values.map((value) => Buffer.from(bytesOf(value as string)).toString()) };
  return undefined;
}

const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom('"', "\\", "]", "[,", "\n", "µs", ""));
const column = fc.oneof(fc.array(number), fc.array(text), fc.array(fc.oneof(number, text, fc.boolean())));
const names = fc.constantFrom("time", "pid", "path", "columns", "panels", "a b", 'q"', "µ");
const document = fc.record({
  title: text,
  panels: fc.array(
    fc.record({ tool: text, columns: fc.dictionary(names, column), stacks: fc.jsonValue({ maxDepth: 3 }) }),
  ),
  columns: fc.jsonValue({ maxDepth: 2 }),
});
const indent = fc.constantFrom(undefined, 1, "\t", "\r\n");

/** Puts the lists back where their numbers stand. */
function together(json: Buffer): unknown {
  const { rest, lists } = cutLists(json, PATH);
  const parsed = JSON.parse(rest) as { panels: { columns: Record<string, unknown> }[] };
  for (const { columns } of parsed.panels)
    for (const [name, of] of Object.entries(columns)) {
      const list = lists[(of as number[])[0] as number] ?? Buffer.alloc(0);
      columns[name] = JSON.parse(list.toString());
    }
  return parsed;
}

test("lists are cut out of any JSON, and nothing else is changed", () => {
  fc.assert(
    fc.property(document, indent, (value, indent) => {
      const json = JSON.stringify(value, null, indent);
      expect(together(Buffer.from(json))).toEqual(JSON.parse(json));
    }),
    { numRuns: 1000 },
  );
});

test("a member's name may be escaped, and the last of two counts", () => {
  const json = Buffer.from('{"pan\\u0065ls":[{"columns":{"a":[1],"a":[2,3]}}]}');
  expect(together(json)).toEqual({ panels: [{ columns: { a: [2, 3] } }] });
});

test("values are those of JSON.parse", () => {
  fc.assert(
    fc.property(column, indent, (values, indent) => {
      const wanted = expected(values);
      const json = JSON.stringify(values, null, indent);
      const found = read(Buffer.from(json));
      // Of a list of several types the reader knows only that of the first.
      if (wanted) expect(found).toEqual(expected(JSON.parse(json) as unknown[]));
      else expect(found).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

test("what JSON.parse refuses is refused, whatever a byte was changed to", () => {
  const bytes = fc.constantFrom(...Buffer.from('"\\,:[]{}-+.eE01 9n\n\x00\x7f\xff', "latin1"));
  fc.assert(
    fc.property(
      document,
      indent,
      fc.array(fc.tuple(fc.nat(), bytes), { minLength: 1, maxLength: 3 }),
      (value, indent, changes) => {
        const json = Buffer.from(JSON.stringify(value, null, indent));
        for (const [at, byte] of changes) json[at % json.length] = byte;
        let isJson = true;
        try {
          JSON.parse(strict.decode(json));
        } catch {
          isJson = false;
        }
        let isRead: boolean;
        try {
          const { rest, lists } = cutLists(json, PATH);
          JSON.parse(rest);
          // Values of several types are JSON all the same, refused by the column's type.
          isRead = lists.every((list) => read(list) || JSON.parse(strict.decode(list)));
        } catch {
          isRead = false;
        }
        expect(isRead).toBe(isJson);
      },
    ),
    { numRuns: 5000 },
  );
});
