import { expect, test } from "vitest";
import type { Column } from "../../server/protocol";
import { fitting, shownColumns } from "./columns";

const column = (name: string, meaning: string, type: Column["type"], place: number): Column => ({
  name,
  title: name,
  meaning,
  type,
  size: 4,
  key: false,
  place,
});

const execsnoop = {
  columns: [
    column("time", "ktime", "u64", 0),
    column("pid", "pid_n", "u32", 1),
    column("ppid", "pid_n", "u32", 2),
    column("padding", "u32", "u32", -1),
    column("ret", "errno_n", "s32", 5),
    column("cut", "bool", "bool", 6),
    column("comm", "comm", "text", 3),
    column("pcomm", "comm", "text", 4),
    column("argv", "argv", "text", 7),
  ],
};

const names = (columns: ReturnType<typeof shownColumns>) =>
  columns.map((shown) => shown.column.name).join(" ");
const letters = new Map(execsnoop.columns.map(({ name }) => [name, 10]));

test("columns stand in the manifest's order, each knowing its place in a batch", () => {
  const columns = shownColumns(execsnoop);
  expect(names(columns)).toBe("time pid ppid comm pcomm ret cut argv");
  expect(columns.map(({ index }) => index)).toEqual([0, 1, 2, 6, 7, 4, 5, 8]);
  expect(columns.filter(({ right }) => right).map((shown) => shown.column.name)).toEqual([
    "pid",
    "ppid",
    "ret",
    "cut",
  ]);
});

test("where there is no room the least telling go, never the first process or command", () => {
  const columns = shownColumns(execsnoop);
  expect(names(fitting(columns, letters, 2000))).toBe("time pid ppid comm pcomm ret cut argv");
  expect(names(fitting(columns, letters, 800))).toBe("time pid ppid comm pcomm ret argv");
  expect(names(fitting(columns, letters, 720))).toBe("time pid ppid comm ret argv");
  expect(names(fitting(columns, letters, 100))).toBe("time pid comm ret argv");
});
