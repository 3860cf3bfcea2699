import { expect, test } from "vitest";
import { parseOptions } from "./options";

test("a budget is a percentage, or off, which is none", () => {
  expect(parseOptions([]).budget).toBe(2);
  expect(parseOptions(["--budget", "0.5"]).budget).toBe(0.5);
  expect(parseOptions(["--budget", "off"]).budget).toBeUndefined();
});
