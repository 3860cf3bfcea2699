import { expect, test } from "vitest";
import { rank } from "./palette-rank";

const commands = [
  { title: "Start execsnoop", detail: "Programs started, with their arguments" },
  { title: "Start opensnoop", detail: "Files opened, by whom" },
  { title: "Start opensnoop on a process…", words: "pid" },
  { title: "Go to opensnoop" },
  { title: "Dark theme" },
];
const titles = (search: string) => rank(commands, search).map(({ title }) => title);

test.each([
  ["nothing typed: all, in their order", "", commands.map(({ title }) => title)],
  [
    "a word's beginning before its middle",
    "start",
    ["Start execsnoop", "Start opensnoop", "Start opensnoop on a process…"],
  ],
  ["every word counts", "open proc", ["Start opensnoop on a process…"]],
  ["whatever the case, and by what is not in the title", "ARGUMENTS", ["Start execsnoop"]],
  ["by words that are not shown", "pid", ["Start opensnoop on a process…"]],
  ["nothing found", "open dark", []],
])("%s", (_, search, found) => expect(titles(search)).toEqual(found));
