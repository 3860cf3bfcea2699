import { expect, test } from "vitest";
import { clip, visible } from "./text";

test("control characters and direction marks become visible", () => {
  expect(visible("a\u0000b\u001bc\u202ed")).toBe("a·b·c·d");
  expect(visible("<b>&amp;</b>")).toBe("<b>&amp;</b>");
});

test("text is cut with an ellipsis, never beyond its cells", () => {
  expect(clip("do_sys_open", 11)).toBe("do_sys_open");
  expect(clip("do_sys_open", 6)).toBe("do_sy…");
  expect(clip("do_sys_open", 0)).toBe("");
  expect(clip("x".repeat(2000), 10)).toBe(`${"x".repeat(9)}…`);
  expect(clip("日本語テキスト", 7)).toBe("日本語…");
});
