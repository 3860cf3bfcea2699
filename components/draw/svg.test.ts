import { expect, test } from "vitest";
import type { Palette } from "./palette";
import { composePicture, type Picture, wrapText } from "./picture";
import { escapeXml, SvgPen } from "./svg";

const measure = (text: string, font: string) =>
  text.length * Number(/([\d.]+)px/.exec(font)?.[1] ?? 10) * 0.6;
const svgPen = () => new SvgPen(measure, () => "data:image/png;base64,AA==");
const hostile = `</text><script>alert(1)</script><img src=x onerror="alert(1)">&amp;\u0000\u0007\u001b[31m\ud800`;

test("text is text: markup is escaped, what XML cannot hold is replaced, the rest stays", () => {
  expect(escapeXml("a<b>&\"c'\u0000\u001b\ud800\ufffeé😀")).toBe(
    "a&lt;b&gt;&amp;&quot;c'\ufffd\ufffd\ufffd\ufffdé😀",
  );
  const pen = svgPen();
  pen.fillStyle = `red" onload="alert(1)`;
  pen.font = `10px "x" onload="alert(1)"`;
  pen.fillText(hostile, 1, 2);
  const document = pen.document(10, 10, hostile);
  for (const live of ["<script", "<img", '" onload', "\u0000", "\u0007", "\u001b"])
    expect(document).not.toContain(live);
  expect(document).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
});

test("groups that clip or move are closed where the state is restored, or at the end", () => {
  const pen = svgPen();
  pen.save();
  pen.translate(3, 4);
  pen.rect(0, 0, 5, 5);
  pen.clip();
  pen.globalAlpha = 0.5;
  pen.save();
  pen.translate(1, 1);
  pen.fillRect(0, 0, 1, 1);
  pen.restore();
  pen.restore();
  expect(pen.globalAlpha).toBe(1);
  pen.save();
  pen.translate(1, 2);
  const document = pen.document(10, 10, "");
  expect(document.match(/<g /g)).toHaveLength(4);
  expect(document.match(/<\/g>/g)).toHaveLength(4);
  expect(document).toMatch(/<g clip-path="url\(#clip1\)">\s*<g transform="translate\(1 1\)">/);
  expect(document).toContain('fill-opacity="0.5"');
});

test("rectangles of one colour are one path, in the order in which they were drawn", () => {
  const pen = svgPen();
  pen.fillStyle = "red";
  pen.fillRect(0, 0, 1, 1);
  pen.fillRect(2, 0, 1.23456, 1);
  pen.fillStyle = "blue";
  pen.fillRect(4, 0, 1, 1);
  pen.strokeRect(0, 0, 2, 2);
  const document = pen.document(10, 10, "");
  expect(document).toContain('<path d="M0 0h1v1h-1zM2 0h1.23v1h-1.23z" fill="red"/>');
  expect(document.indexOf('fill="blue"')).toBeLessThan(document.indexOf("<rect"));
});

test("a halo's colour is written as old programs read it", () => {
  const pen = svgPen();
  pen.strokeStyle = "rgb(10 12 15 / 0.75)";
  pen.strokeText("p99", 0, 0);
  expect(pen.document(1, 1, "")).toContain('stroke="rgb(10,12,15)" stroke-opacity="0.75"');
});

test("lines are wrapped at spaces, words that are too long are cut, nothing is left out", () => {
  const wide = (text: string) => text.length;
  expect(wrapText("one two three", 8, wide)).toEqual(["one two", "three"]);
  expect(wrapText(`a ${"x".repeat(20)} b`, 8, wide)).toEqual(["a", "xxxxxxxx", "xxxxxxxx", "xxxx b"]);
  expect(wrapText("", 8, wide)).toEqual([""]);
  const long = "the quick brown fox jumps over 1234567890123456789012345 dogs";
  for (const width of [1, 5, 9, 100])
    expect(wrapText(long, width, wide).join("").replaceAll(" ", "")).toBe(long.replaceAll(" ", ""));
});

test("a picture holds title, host, time, parameters, the panel below them and its reading", () => {
  const palette = { panel: "#111", text: "#fff", dim: "#888", font: "mono" } as Palette;
  const picture: Picture = {
    width: 500,
    height: 200,
    words: ["p99 1 ms"],
    draw: (pen) => pen.fillRect(1, 2, 3, 4),
  };
  const caption = {
    title: "biolatency",
    about: "x".repeat(200),
    lines: ["host <h>", "22:50 – 22:51", "pid 12"],
  };
  const { width, height, draw } = composePicture(picture, caption, palette, measure);
  const pen = svgPen();
  draw(pen);
  const document = pen.document(width, height, "");
  for (const text of ["biolatency", "host &lt;h&gt;", "22:50 – 22:51", "pid 12", "p99 1 ms"])
    expect(document).toContain(`>${text}</text>`);
  expect(width).toBe(532);
  // A title too long for its line has lines of its own.
  expect(document.match(/>x+</g)?.join("").replaceAll(/[<>]/g, "")).toBe("x".repeat(200));
});
