import { expect, test } from "vitest";
import { batchOf, columns, context, makeRows } from "../rows.fixture";
import { shownColumns } from "./columns";
import { rowsAs } from "./copy-rows";

const rows = makeRows(300, 5);
const batch = { ...batchOf(rows), first: 0, position: 0, at: 0, bytes: 0 };
const shown = shownColumns({ columns });
const places = rows.map((_, row) => ({ batch, row }));

test("JSON that is read back holds the rows", () => {
  const copied = JSON.parse(rowsAs("JSON", places, shown, context));
  expect(copied.length).toBe(rows.length);
  rows.forEach((row, i) => {
    expect(copied[i]).toMatchObject({
      pid: row.pid,
      ret: row.ret,
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
  expect(lines[0]).toBe("time,pid,comm,ret,call,took,size,remote,local_port,remote_port,cut,path");
  expect(lines.length).toBe(rows.length + 2);
  const quoted = rows.findIndex((row) => row.path.startsWith('say "hi"'));
  expect(lines[quoted + 1]).toContain('"say ""hi""');
});
