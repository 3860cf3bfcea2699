import { expect, test } from "vitest";
import { arrange } from "./layout";

test.each([
  ["one fills the board", ["flame"], [12]],
  ["two wide ones stand one above the other", ["events", "histogram"], [12, 12]],
  ["a wide and a narrow one share a row", ["histogram", "flame"], [7, 5]],
  ["in their order", ["top", "events"], [5, 7]],
  ["the drawing's board", ["histogram", "flame", "events", "top"], [7, 5, 7, 5]],
  ["the last of an odd number has its row", ["events", "events", "top"], [6, 6, 12]],
  ["a tool that is not known yet is wide", [undefined, "top"], [7, 5]],
] as const)("%s", (_, views, spans) => expect(arrange([...views])).toEqual(spans));
