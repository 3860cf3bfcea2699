import { expect, test } from "vitest";
import type { Parameter } from "../server/protocol";
import { changedParameters, fromText, toText } from "./parameters";

const pid: Parameter = {
  name: "pid",
  title: "Process",
  type: "number",
  meaning: "pid_n",
  default: 0,
  min: 0,
};
const hertz: Parameter = {
  name: "frequency",
  title: "Frequency",
  type: "number",
  meaning: "u32",
  default: 99,
};
const failed: Parameter = {
  name: "failed",
  title: "Failed",
  type: "boolean",
  meaning: "bool",
  default: false,
};
const calls: Parameter = { name: "calls", title: "Calls", type: "text", meaning: "syscall_set", default: "" };

test.each([
  [pid, 0, ""],
  [pid, 4121, "4121"],
  [hertz, 99, "99"],
  [failed, true, "yes"],
  [failed, false, ""],
  [calls, "read, write", "read, write"],
] as const)("%o to text and back: %s", (parameter, value, text) => {
  expect(toText(parameter, value)).toBe(text);
  expect(fromText(parameter, text)).toBe(value);
});

test("what is no number stays text, so that the server can name it", () => {
  expect(fromText(hertz, "many")).toBe("many");
  expect(fromText(hertz, "")).toBe("");
});

test("the comma after the last chosen call is no part of it", () => {
  expect(fromText(calls, "read, write, ")).toBe("read, write");
});

test("only what differs from the defaults is asked for", () => {
  expect(
    changedParameters([pid, hertz, failed, calls], { pid: "", frequency: "49", failed: "yes", calls: "" }),
  ).toEqual({ frequency: 49, failed: true });
});
