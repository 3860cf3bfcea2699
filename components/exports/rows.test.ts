import { expect, test } from "vitest";
import { batchOf, columns, context, makeRows } from "../rows.fixture";
import { csvHead, jsonOf, rowsAs, wordedColumns, writtenFields } from "./rows";

const rows = makeRows(300, 5);
const batch = { ...batchOf(rows), first: 0, position: 0, at: 0, bytes: 0 };
const shown = wordedColumns(columns);
const places = rows.map((_, row) => ({ batch, row }));

test("JSON that is read back holds the rows", () => {
  const copied = JSON.parse(rowsAs("JSON", places, shown, context));
  expect(copied.length).toBe(rows.length);
  rows.forEach((row, i) => {
    expect(copied[i]).toMatchObject({
      pid: row.pid,
      ret: row.ret,
      ret_errno: { "-2": "ENOENT", "-11": "EAGAIN", "-13": "EACCES" }[row.ret] ?? "",
      took: row.took,
      remote: row.remote,
      cut: row.cut === 1,
    });
    expect(copied[i].comm).toBe(row.comm);
    expect(copied[i].path).toBe(row.path);
    expect(copied[i].time).toMatch(/^2026-01-01T00:00:0\d\.\d{6}Z$/);
    expect(copied[i]).not.toHaveProperty("hidden");
  });
});

test("CSV has a head, quotes what needs it, and ends every line as RFC 4180 says", () => {
  const lines = rowsAs("CSV", places, shown, context).split("\r\n");
  expect(lines[0]).toBe("time,pid,comm,ret,ret_errno,call,took,size,remote,local_port,remote_port,cut,path");
  expect(lines.length).toBe(rows.length + 2);
  const quoted = rows.findIndex((row) => row.path.startsWith('say "hi"'));
  expect(lines[quoted + 1]).toContain('"say ""hi""');
});

test("a line of NDJSON is the row's object, and a name that needs quotes has them", () => {
  const fields = writtenFields(shown, context);
  const line = jsonOf(fields);
  const objects = rows.map((_, row) => JSON.parse(line(batch, row)));
  expect(objects).toEqual(JSON.parse(rowsAs("JSON", places, shown, context)));
  expect(csvHead([{ name: 'a "b"', valueOf: () => "" }])).toBe('"a ""b"""\r\n');
});

test("what a double cannot hold is written as its digits", () => {
  const column = { ...columns[5], name: "took", place: 0 } as (typeof columns)[number];
  const wide = {
    columns: [{ kind: "numbers" as const, values: BigUint64Array.of(2n ** 53n, 2n ** 64n - 1n) }],
  };
  const line = jsonOf(writtenFields([{ column, index: 0 }], context));
  expect([line(wide, 0), line(wide, 1)]).toEqual([
    '{"took":"9007199254740992"}',
    '{"took":"18446744073709551615"}',
  ]);
});
