import { expect, test } from "vitest";
import { clip } from "./text";

test("control characters and direction marks cannot play tricks, markup is letters", () => {
  expect(clip("a\u0000b\u202ec", 40)).toBe("a\\x00b\\u202ec");
  expect(clip("<img src=x>", 40)).toBe("<img src=x>");
});

test("text is cut with an ellipsis, never beyond its cells", () => {
  expect(clip("do_sys_open", 11)).toBe("do_sys_open");
  expect(clip("do_sys_open", 6)).toBe("do_sy…");
  expect(clip("do_sys_open", 0)).toBe("");
  expect(clip("x".repeat(2000), 10)).toBe(`${"x".repeat(9)}…`);
  expect(clip("日本語テキスト", 7)).toBe("日本語…");
});
