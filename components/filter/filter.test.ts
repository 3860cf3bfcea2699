import { expect, test } from "vitest";
import { batchOf, columns, context, host, makeRows, type Row, randomOf } from "../rows.fixture";
import { compileFilter } from "./filter";
import { FilterError } from "./filter-error";
import { quote } from "./syntax";

const rows = makeRows(2100);
const batch = batchOf(rows);
const around = { columns, context, now: 60_000 };

/** Rows that pass, looked at in pieces, as the page does. */
function passing(text: string): Row[] {
  const filter = compileFilter(text, around);
  const found: Row[] = [];
  for (let from = 0; from < rows.length; from += 700) {
    const to = Math.min(rows.length, from + 700);
    const mask = new Uint8Array(1000).fill(1);
    filter?.test(batch, from, to, mask);
    found.push(...rows.slice(from, to).filter((_, i) => mask[i]));
  }
  return found;
}

const time = (at: string) => new Date(`2026-01-01T00:${at}Z`).getTime() - host.bootedAt;

type Case = [filter: string, pass: (row: Row) => boolean];
const cases: Case[] = [
  ["comm:nginx", (r) => r.comm.includes("nginx")],
  ["comm:node", (r) => r.comm.toLowerCase().includes("node")],
  ["comm:Node", (r) => r.comm.includes("Node")],
  ["comm=node", (r) => r.comm === "node"],
  ["Command=node", (r) => r.comm === "node"],
  ['comm=""', (r) => r.comm === ""],
  ['comm:"a b"', (r) => r.comm === "a b"],
  ["comm!=node", (r) => r.comm !== "node"],
  ["comm:nginx,sh", (r) => r.comm === "nginx" || r.comm === "sh"],
  ["comm:n*", (r) => r.comm.toLowerCase().startsWith("n")],
  ["comm:h?llo", (r) => r.comm === "héllo"],
  ["comm:<b>", (r) => r.comm === "<b>x</b>"],
  ["path~^/etc/.*\\.conf$", (r) => /^\/etc\/.*\.conf$/.test(r.path)],
  ["path~/etc", (r) => r.path.includes("/etc")],
  ['path~"say \\"(hi|ho)"', (r) => r.path.startsWith('say "hi')],
  ["path!~(etc|proc)", (r) => !/etc|proc/.test(r.path)],
  ['path:"x,y"', (r) => r.path.includes("x,y")],
  ['path:"\\e[31m"', (r) => r.path.includes("\x1b[31m")],
  ["ret<0", (r) => r.ret < 0],
  ["ret < 0", (r) => r.ret < 0],
  ["ret:ENOENT", (r) => r.ret === -2],
  ["ret:enoent,EACCES", (r) => r.ret === -2 || r.ret === -13],
  ["ret!=ENOENT", (r) => r.ret !== -2],
  ["ret:-2", (r) => r.ret === -2],
  ["Result:3..5", (r) => r.ret >= 3 && r.ret <= 5],
  ["ret:..-1", (r) => r.ret <= -1],
  ["took>10ms", (r) => r.took > 10e6],
  ["duration>=1.5s", (r) => r.took >= 1.5e9],
  ["took:1us..1ms", (r) => r.took >= 1e3 && r.took <= 1e6],
  ["size>=4k", (r) => r.size >= 4096],
  ["size<8KiB", (r) => r.size < 8192],
  ["size==4097", (r) => r.size === 4097],
  ["port:443", (r) => r.local_port === 443 || r.remote_port === 443],
  ["port!=443", (r) => r.local_port !== 443 && r.remote_port !== 443],
  ["local_port:443", (r) => r.local_port === 443],
  ["remote:10.0.1.2", (r) => r.remote === "10.0.1.2"],
  ["remote:10.0.1.0/24", (r) => r.remote.startsWith("10.0.1.")],
  ["remoteaddress:10.0.1.", (r) => r.remote.startsWith("10.0.1.")],
  ["remote~[12]$", (r) => /[12]$/.test(r.remote)],
  ["call:read", (r) => r.call === 0 || r.call === 2],
  ["call=read", (r) => r.call === 0],
  ["call:3", (r) => r.call === 3],
  ["cut:yes", (r) => r.cut === 1],
  ["cut:false", (r) => r.cut === 0],
  ["time:00:00:01", (r) => r.time >= 1e9 && r.time < 2e9],
  ["time:00:00:01.5..00:00:02", (r) => r.time >= time("00:01.5") * 1e6 && r.time < 3e9],
  ["time>00:00:01", (r) => r.time >= 2e9],
  ["etc", (r) => `${r.comm}\n${r.path}`.includes("etc")],
  ["42", (r) => r.pid === 42 || `${r.comm}\n${r.path}`.includes("42")],
  ["EACCES", (r) => r.ret === -13],
  ["10.0.1.2", (r) => r.remote === "10.0.1.2"],
  ["-comm:node", (r) => r.comm.toLowerCase() !== "node"],
  ["not comm:node", (r) => r.comm.toLowerCase() !== "node"],
  ["!etc", (r) => !`${r.comm}\n${r.path}`.includes("etc")],
  ["comm:nginx ret<0", (r) => r.comm === "nginx" && r.ret < 0],
  ["comm:nginx AND ret<0", (r) => r.comm === "nginx" && r.ret < 0],
  ["comm:nginx or ret<0 path:etc", (r) => r.comm === "nginx" || (r.ret < 0 && r.path.includes("etc"))],
  ["(comm:nginx | ret<0) path:etc", (r) => (r.comm === "nginx" || r.ret < 0) && r.path.includes("etc")],
  ["-(comm:nginx || ret<0)", (r) => r.comm !== "nginx" && r.ret >= 0],
  ["comm:nginx|sh pid<25", (r) => (r.comm === "nginx" || r.comm === "sh") && r.pid < 25],
];

test.each(cases)("%s", (text, pass) => {
  process.env.TZ = "UTC";
  const expected = rows.filter(pass);
  expect(passing(text)).toEqual(expected);
  // A case that no row or every row passes would show little.
  expect(expected.length).toBeGreaterThan(0);
  expect(expected.length).toBeLessThan(rows.length);
});

test("terms put together at random mean what their parts mean", () => {
  const random = randomOf(11);
  const build = (depth: number): Case => {
    const choice = depth === 0 ? 0 : random(5);
    if (choice < 2) return cases[random(cases.length)] ?? ["", () => true];
    const [[a, passA], [b, passB]] = [build(depth - 1), build(depth - 1)];
    if (choice === 2) return [`(${a}) (${b})`, (r) => passA(r) && passB(r)];
    if (choice === 3) return [`(${a}) OR (${b})`, (r) => passA(r) || passB(r)];
    return [`NOT (${a})`, (r) => !passA(r)];
  };
  for (let i = 0; i < 150; i++) {
    const [text, pass] = build(3);
    expect([text, passing(text)]).toEqual([text, rows.filter(pass)]);
  }
});

test("every value of a row, written as a term, finds that row again", () => {
  for (const row of rows.slice(0, 60)) {
    const text = (value: string) => quote(new TextEncoder().encode(value));
    const found = passing(`comm=${text(row.comm)} path=${text(row.path)} pid=${row.pid}`);
    expect(found).toContainEqual(row);
    expect(found.every((r) => r.comm === row.comm && r.path === row.path && r.pid === row.pid)).toBe(true);
  }
});

test("an empty filter is none", () => {
  for (const text of ["", "   "]) expect(compileFilter(text, around)).toBeUndefined();
});

test.each([
  ["pth:x", 0, "did you mean path?"],
  ["comm:nginx colour:red", 11, "No column is called “colour”"],
  ["path<3", 4, "Path takes : = != ~ !~"],
  ["ret~2", 3, "Result takes"],
  ["ret<", 4, "A value is missing here"],
  ["took>10xs", 5, "“10xs” is no value of Duration: write 10ms, 2s"],
  ["ret:EWHAT", 4, "is no value of Result"],
  ["time>noon", 5, "22:51"],
  ["size:5..1", 5, "backwards"],
  ["ret<1,2", 6, "Only one value"],
  ['comm:"ngi', 5, "quote is not closed"],
  ["(comm:x", 0, "not closed"],
  ["comm:x)", 6, "closes none"],
  ["comm:x or", 9, "missing"],
  ["path~a(b", 6, "not closed"],
  ['path~"a(b"', 7, "not closed"],
  ["path~[z-a]", 6, "backwards"],
])("%s is refused at its character", (text, at, words) => {
  try {
    compileFilter(text, around);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    expect([error.message, error.at]).toEqual([expect.stringContaining(words), at]);
    return;
  }
  throw new Error("it was taken");
});

test("nothing that is typed does more than be refused", () => {
  const random = randomOf(5);
  const pieces = [
    "comm",
    ":",
    "path",
    "~",
    "(",
    ")",
    '"',
    "\\",
    "x",
    " ",
    "ret",
    "<",
    "-",
    "!",
    "|",
    ",",
    "..",
    "[",
    "*",
    "é",
    "or",
    "9k",
  ];
  for (let i = 0; i < 3000; i++) {
    const text = Array.from({ length: random(12) }, () => pieces[random(pieces.length)]).join("");
    try {
      passing(text);
    } catch (error) {
      if (!(error instanceof FilterError)) throw new Error(`${text}: ${error}`);
      expect(error.at).toBeLessThanOrEqual(text.length);
    }
  }
  for (const text of ["(".repeat(5000), "-".repeat(3000), `comm:${"a".repeat(3000)}`, "x".repeat(100_000)])
    try {
      passing(text);
    } catch (error) {
      expect(error).toBeInstanceOf(FilterError);
    }
});
