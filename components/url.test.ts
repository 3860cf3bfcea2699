import { expect, test } from "vitest";
import { type PanelPlace, readBoard, requestKey, writeBoard } from "./url";

const cases: [string, PanelPlace[], string][] = [
  ["an empty board", [], ""],
  ["one tool", [{ request: { tool: "opensnoop", parameters: {} }, view: "" }], "?opensnoop"],
  [
    "numbers, booleans and text stay what they are",
    [{ request: { tool: "biolatency", parameters: { pid: 12, queued: true, command: "12" } }, view: "" }],
    "?biolatency=pid:12;queued:true;command:'12",
  ],
  [
    "a target and a view, in order",
    [
      {
        request: { tool: "funclatency", parameters: {}, target: "/usr/bin/node:uv_*" },
        view: "zoom=3&left=2",
      },
      { request: { tool: "syslat", parameters: { syscalls: "read, write" } }, view: "" },
    ],
    "?funclatency=@/usr/bin/node:uv_*;~zoom=3%26left=2&syslat=syscalls:read,+write",
  ],
  [
    "separators inside a value",
    [{ request: { tool: "execsnoop", parameters: { command: "a;b~c:@+'é" } }, view: "~;" }],
    "?execsnoop=command:a%3Bb~c:@%2B'%C3%A9;~~%3B",
  ],
  [
    "sizes, and one that fills the board",
    [
      { request: { tool: "opensnoop", parameters: { pid: 12 } }, view: "", size: { w: 7, h: 6 } },
      { request: { tool: "profile", parameters: {} }, view: "zoom", size: { w: 5, h: 6 }, enlarged: true },
    ],
    "?opensnoop=7x6;pid:12&profile=5x6;max;~zoom",
  ],
  [
    "an id beyond a double",
    [{ request: { tool: "x", parameters: { id: "18446744073709551615" } }, view: "" }],
    "?x=id:18446744073709551615",
  ],
];

test.each(cases)("%s", (_, panels, query) => {
  expect(writeBoard(panels)).toBe(query);
  expect(readBoard(query)).toEqual(panels);
  // A browser that normalises the address must not change the board.
  expect(readBoard(new URL(`http://localhost/${query}`).search)).toEqual(panels);
});

test("a broken address still gives a board", () => {
  expect(readBoard("?%&a=%zz;b&=x")).toEqual([
    { request: { tool: "%", parameters: {} }, view: "" },
    { request: { tool: "a", parameters: {} }, view: "" },
    { request: { tool: "", parameters: {} }, view: "" },
  ]);
});

test("a size that is none is left to the automatic layout", () => {
  for (const size of ["0x0", "1x6", "13x6", "7x999", "-7x6", "7x6x5", "NaNxNaN", "7X6", "x", "7.5x6"])
    expect(readBoard(`?a=${size}`)).toEqual([{ request: { tool: "a", parameters: {} }, view: "" }]);
});

test("requests share a key whatever the order of their parameters", () => {
  const key = requestKey({ tool: "a", parameters: { x: 1, y: "2" } });
  expect(requestKey({ tool: "a", parameters: { y: "2", x: 1 } })).toBe(key);
  expect(requestKey({ tool: "a", parameters: { y: 2, x: 1 } })).not.toBe(key);
  expect(requestKey({ tool: "a", parameters: { y: "2", x: 1 }, target: "c:malloc" })).not.toBe(key);
});
