/** Panels as PNG and SVG, from live data: whole files that other programs read. */
import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { expect, inked, loadCommand, panel, startTool, test } from "./harness/browser";

async function save(page: Page, from: Locator, kind: "PNG" | "SVG") {
  const coming = page.waitForEvent("download");
  await from.getByRole("button", { name: /^Save: as a picture/ }).click();
  await page.getByRole("menuitem", { name: `Picture, ${kind}` }).click();
  const download = await coming;
  return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

/** What a browser makes of an SVG: its texts, and whether anything in it could run or be fetched. */
async function readSvg(page: Page, svg: string) {
  // A page of its own: Ringside's policy refuses the style of what is read in Ringside's.
  const blank = await page.context().newPage();
  const read = await blank.evaluate((text) => {
    const { documentElement } = new DOMParser().parseFromString(text, "image/svg+xml");
    const all = [...documentElement.querySelectorAll("*")];
    const urls = all.flatMap((element) => element.getAttribute("xlink:href") ?? []);
    return {
      root: documentElement.tagName,
      names: [...new Set(all.map(({ tagName }) => tagName))].sort(),
      texts: [...documentElement.querySelectorAll("text")].map((element) => element.textContent ?? ""),
      foreign: urls.filter((url) => !url.startsWith("data:image/png")).length,
    };
  }, svg);
  await blank.close();
  return read;
}

/** Whatever is drawn: the tool, the host, the time, and nothing that could run or be fetched. */
async function checked(page: Page, from: Locator, drawn: string) {
  const { name, content } = await save(page, from, "SVG");
  const { root, names, texts, foreign } = await readSvg(page, content.toString());
  expect(root).toBe("svg");
  expect(names).toContain(drawn);
  expect(names.join()).not.toMatch(/script|foreignObject|style/);
  expect(foreign).toBe(0);
  expect(texts).toContain(await from.getAttribute("aria-label"));
  expect(texts).toContain((await page.locator("header .figures").first().textContent()) ?? "no host");
  expect(texts.join("\n")).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d – /m);
  expect(name).toMatch(/^[a-z]+-.+-\d{8}-\d{6}\.svg$/);
  return texts;
}

test("a heatmap and a flame graph: title, host and time stand in the picture", async ({ board, load }) => {
  const page = await board();
  load("dd if=/dev/zero of=/var/tmp/ringside-e2e bs=64k count=20 oflag=direct");
  const biolatency = await startTool(page, "biolatency");
  await expect.poll(() => inked(biolatency.locator("canvas").first())).toBeGreaterThan(0.005);
  const texts = await checked(page, biolatency, "image");
  expect(texts.join("\n")).toMatch(/^p50 .* p99 .* requests$/m);
  const { content } = await save(page, biolatency, "PNG");
  expect(content.subarray(1, 4).toString()).toBe("PNG");
  const size = await biolatency.locator("canvas").first().boundingBox();
  // The width stands at byte 16 (PNG, 11.2.2); two pixels for each of CSS.
  expect(content.readUInt32BE(16)).toBeGreaterThan(2 * (size?.width ?? 1e9));

  const profile = await startTool(page, "profile");
  await expect(profile.getByText(/ samples$/).last()).toBeVisible();
  await checked(page, profile, "path");
});

test("a table: its visible rows and parameters; a name with markup and control characters is text there too", async ({
  board,
  load,
}) => {
  const page = await board(`?opensnoop=command:${loadCommand}`);
  load(`: <$'/tmp/</text><script>alert(1)</script>\\n\\e[31m&amp;'`);
  const opensnoop = panel(page, "opensnoop");
  await opensnoop.getByRole("button", { name: "Start opensnoop" }).click();
  await expect(opensnoop.getByText(/<script>/).first()).toBeVisible();
  const filter = `comm:${loadCommand}`;
  await opensnoop.getByRole("combobox").first().fill(filter);
  const texts = await checked(page, opensnoop, "text");
  for (const text of [filter, "Time", "Result", "Path"]) expect(texts).toContain(text);
  expect(texts.join("\n")).toContain(loadCommand);
  expect(texts).toContain("ENOENT");
  expect(texts.join("\n")).toContain("</text><script>alert(1)</script>\\n\\e[31m&amp;");
});
