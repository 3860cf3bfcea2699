import { expect, test } from "vitest";
import { randomOf } from "../rows.fixture";
import { readEventsView, writeEventsView } from "./events-view";
import { readTopView, writeTopView } from "./top-view";

test("what was set is read back, whatever the filter holds", () => {
  for (const filter of [
    "",
    "comm:nginx ret<0",
    "a,b filter:x,time:relative",
    'path="/tmp/caf\\xe9"',
    "x\ny",
  ]) {
    const view = {
      filter,
      group: ["path", "comm"],
      of: "took",
      by: "-p99",
      sort: "-ret",
      relative: true,
      columns: ["time", "comm"],
      widths: { comm: 90, path: 300 },
    };
    expect(readEventsView(writeEventsView(view))).toEqual(view);
    const top = { show: "total", by: "pid", turned: true, hasLines: true, filter } as const;
    expect(readTopView(writeTopView(top))).toEqual(top);
  }
});

test("as usual is the empty text, and short texts stay short", () => {
  expect(writeEventsView(readEventsView(""))).toBe("");
  expect(writeTopView(readTopView(""))).toBe("");
  expect(
    writeEventsView({ ...readEventsView(""), relative: true, group: ["path"], filter: "comm:nginx ret<0" }),
  ).toBe("time:relative,group:path,filter:comm:nginx ret<0");
  expect(readTopView("-pid")).toEqual({ show: "rate", by: "pid", turned: true, hasLines: false, filter: "" });
});

test("whatever stands in an address gives a view", () => {
  const random = randomOf(3);
  const pieces = [
    "time:",
    "widths:",
    "columns:",
    "a 9",
    "NaN",
    "1e9",
    ",",
    ":",
    "filter:",
    "group:x y z",
    "-",
    "\0",
    " ",
  ];
  for (let i = 0; i < 2000; i++) {
    const text = Array.from({ length: random(8) }, () => pieces[random(pieces.length)]).join("");
    const view = readEventsView(text);
    expect(view.group.length).toBeLessThanOrEqual(2);
    for (const width of Object.values(view.widths)) expect(width >= 40 && width <= 2000).toBe(true);
    expect(readEventsView(writeEventsView(view))).toEqual(view);
    readTopView(text);
  }
});
