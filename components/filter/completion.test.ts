import { expect, test } from "vitest";
import { columns } from "../rows.fixture";
import { suggest } from "./completion";
import { fieldsOf } from "./fields";
import { narrow } from "./write";

const fields = fieldsOf(columns);
const seen = () => [
  { text: "nginx", rows: 90 },
  { text: '"a b"', rows: 9 },
];
const inserts = (text: string, cursor = text.length) =>
  suggest(text, cursor, fields, seen).map(
    ({ insert, from }) => text.slice(0, from) + insert + text.slice(cursor),
  );

test("columns by name or title, then what can be asked of them, then values", () => {
  expect(inserts("")).toContain("comm:");
  expect(inserts("pa")).toEqual(["path:"]);
  expect(inserts("Comma")).toEqual(["comm:"]);
  expect(inserts("ret<0 dur")).toEqual(["ret<0 took"]);
  expect(inserts("took")).toContain("took>");
  expect(inserts("comm:")).toEqual(["comm:nginx ", 'comm:"a b" ']);
  expect(inserts("comm:gin")).toEqual(["comm:nginx "]);
  expect(inserts("comm:sh,ng")).toEqual(["comm:sh,nginx "]);
  expect(inserts("(-comm=a")).toEqual(['(-comm="a b" ']);
});

test("in the middle of a filter only the word at the cursor is completed", () => {
  expect(inserts("pa ret<0", 2)).toEqual(["path: ret<0"]);
});

test("nothing where nothing can be known", () => {
  for (const text of ["path~^/et", "nope:x", '"some text', "/etc/"]) expect(inserts(text)).toEqual([]);
});

test("a filter is narrowed as a whole", () => {
  expect(narrow("", "pid=1")).toBe("pid=1");
  expect(narrow("comm:sh", "pid=1")).toBe("comm:sh pid=1");
  expect(narrow("comm:sh OR ret<0", "pid=1")).toBe("(comm:sh OR ret<0) pid=1");
  expect(narrow("(comm:sh|ret<0)", "pid=1")).toBe("((comm:sh|ret<0)) pid=1");
});
