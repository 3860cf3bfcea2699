/** Each way to use a heatmap, on waits for a CPU, of which this kernel always has some. */
import type { Locator, Page } from "@playwright/test";
import { expect, inked, startTool, test } from "./harness/browser";

const heatmapOf = (panel: Locator) => panel.getByRole("application", { name: /^Heatmap/ });

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  if (!box) throw new Error("it has no place on the page");
  return box;
}

/** The pixels of a canvas, to be compared. */
const pixels = (canvas: Locator) => canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());

/** A point of the heatmap, by shares of its width and height. */
async function point(page: Page, heatmap: Locator, x: number, y: number) {
  const box = await boxOf(heatmap);
  await page.mouse.move(box.x + box.width * x, box.y + box.height * y, { steps: 3 });
}

async function drag(page: Page, heatmap: Locator, from: [number, number], to: [number, number]) {
  await point(page, heatmap, ...from);
  await page.mouse.down();
  await point(page, heatmap, ...to);
  await page.mouse.up();
}

test("zoomed it stays live; moved it stands still while rows come; Live and L bring it back", async ({
  board,
  load,
}) => {
  test.slow();
  const page = await board();
  load("for i in 1 2 3 4 5 6 7 8; do /bin/true & done; wait");
  const panel = await startTool(page, "runqlat");
  const heatmap = heatmapOf(panel);
  await expect(heatmap).toBeVisible();
  // Five seconds are the least that is shown, so there must be more.
  await page.waitForTimeout(9000);
  await heatmap.focus();
  for (let i = 0; i < 8; i++) await page.keyboard.press("+");
  await expect(page).toHaveURL(/last:5(,|$|&)/);
  const live = panel.getByRole("button", { name: /^Live/ });
  await expect(live).toHaveCount(0);
  const canvas = panel.locator("canvas").first();
  const zoomed = await pixels(canvas);
  await expect.poll(() => pixels(canvas)).not.toBe(zoomed);

  // By the time below the plot, towards the past.
  await drag(page, heatmap, [0.4, 0.98], [0.6, 0.98]);
  await expect(live).toBeVisible();
  await expect(page).toHaveURL(/to:\d+/);
  const still = page.url();
  await point(page, heatmap, 0.3, 0.5);
  const [time] = (await panel.getByRole("status").textContent())?.match(/^[\d:]+/) ?? [];
  await page.waitForTimeout(2500);
  expect(page.url()).toBe(still);
  await point(page, heatmap, 0.3, 0.52);
  expect(await panel.getByRole("status").textContent()).toContain(time ?? "no time");
  await live.click();
  await expect(live).toHaveCount(0);
  expect(page.url()).not.toMatch(/to:/);

  await heatmap.focus();
  await page.keyboard.press("[");
  await expect(live).toBeVisible();
  await page.keyboard.press("l");
  await expect(live).toHaveCount(0);

  // The wheel: out again at the newest edge.
  await point(page, heatmap, 0.75, 0.4);
  await page.mouse.wheel(0, 600);
  await expect(page).not.toHaveURL(/last:5(,|$|&)/);
  await expect(live).toHaveCount(0);
});

test("lines, colours, counts and columns of 100 ms are chosen, and stay in the address", async ({
  board,
  load,
}) => {
  const page = await board();
  load("for i in 1 2 3 4 5 6 7 8; do /bin/true & done; wait");
  const panel = await startTool(page, "runqlat");
  const heatmap = heatmapOf(panel);
  await expect(heatmap).toBeVisible();
  const legend = panel.getByRole("button", { name: /^Colours/ });
  await expect(legend).toContainText(/cell:1/);
  await panel.getByText("p90", { exact: true }).first().click();
  await panel.getByText("max", { exact: true }).first().click();
  await expect(page).toHaveURL(/lines:p50\.p90\.p99\.max/);

  await legend.click();
  const choices = page.getByRole("dialog", { name: "Colours and columns" });
  const before = await pixels(panel.locator("canvas").first());
  await choices.getByText("Inferno").click();
  await choices.getByText("Linear").click();
  await expect(page).toHaveURL(/scale:inferno,count:linear/);
  expect(await pixels(panel.locator("canvas").first())).not.toBe(before);
  await expect(legend).toContainText(/cell:0/);
  await choices.getByText("100 ms", { exact: true }).click();
  await expect(page).toHaveURL(/every:100ms/);
  await page.keyboard.press("Escape");
  await page.waitForTimeout(2500);
  await heatmap.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(panel.getByRole("status")).toContainText(/^\d\d:\d\d:\d\d\.\d–\d\d\.\d/);
  await page.reload();
  await expect(legend).toContainText(/cell:0/);
  await expect(page).toHaveURL(/every:100ms,lines:p50\.p90\.p99\.max,scale:inferno,count:linear/);
});

test("a box has its percentiles beside those of the whole; another panel shows where one reads; small multiples", async ({
  board,
  load,
}) => {
  const page = await board();
  load("dd if=/dev/zero of=/dev/null bs=1 count=20000");
  const runqlat = await startTool(page, "runqlat");
  const syslat = await startTool(page, "syslat");
  const heatmap = heatmapOf(syslat);
  await expect(heatmap).toBeVisible();
  await expect(heatmapOf(runqlat)).toBeVisible();
  await page.waitForTimeout(3000);
  await drag(page, heatmap, [0.4, 0.1], [0.8, 0.8]);
  const foot = syslat.locator("footer");
  await expect(foot).toContainText(/shown.*p50.*p90.*p99.*max.*selection.*p50.*p90.*p99.*max/s);
  await expect(page).toHaveURL(/box:\d+-\d+:\d+-\d+/);

  // The head has room for all that it can hold: a time is selected, somebody else looks.
  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(page.getByText("1 other looks")).toBeVisible();
  const head = page.locator("header").first();
  expect(await head.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  await other.close();

  // The crosshair of one panel is a line in the other.
  const away = () => page.mouse.move(5, 5);
  await away();
  await expect.poll(() => inked(runqlat.locator("canvas").nth(1))).toBe(0);
  await point(page, heatmap, 0.78, 0.5);
  await expect.poll(() => inked(runqlat.locator("canvas").nth(1))).toBeGreaterThan(0);
  await away();
  await expect.poll(() => inked(runqlat.locator("canvas").nth(1))).toBe(0);

  await syslat.getByLabel("Tell apart").selectOption({ index: 1 });
  await expect(page).toHaveURL(/by:/);
  // Which call has most of it depends on what the host does meanwhile.
  await expect(foot).toContainText(/selection.*p50.*calls, (< )?[\d.]+ %/s);
  await foot.getByRole("button", { name: /^Clear/ }).click();
  await expect(foot).not.toContainText("selection");
  await expect(page).not.toHaveURL(/box:/);
});

test("a box offers an events panel its rows of that moment, which are then a filter in the address", async ({
  board,
  load,
}) => {
  const page = await board();
  load("for i in 1 2 3 4 5 6 7 8; do /bin/true & done; wait");
  const rows = await startTool(page, "execsnoop");
  const runqlat = await startTool(page, "runqlat");
  const heatmap = heatmapOf(runqlat);
  await expect(heatmap).toBeVisible();
  await page.waitForTimeout(3000);
  await expect(rows.getByRole("button", { name: /^Rows of/ })).toHaveCount(0);
  const drawn = await boxOf(heatmap);
  // The newest seconds, at whichever place of a run that is just begun they are.
  await drag(page, heatmap, [1 - 320 / drawn.width, 0.1], [1 - 130 / drawn.width, 0.8]);
  await expect(page).toHaveURL(/box:\d+-\d+:\d+-\d+/);
  const offer = rows.getByRole("button", { name: /^Rows of \d\d:\d\d:\d\d–\d\d:\d\d:\d\d$/ });
  const [from = "", to = ""] = (await offer.textContent())?.match(/\d\d:\d\d:\d\d/g) ?? [];
  await offer.click();
  await expect(offer).toHaveCount(0);
  await expect(page).toHaveURL(/time:\d\d/);
  const times = rows.locator("[role=row][aria-rowindex] [role=gridcell]:first-child");
  await expect.poll(() => times.count()).toBeGreaterThan(0);
  for (const time of await times.allInnerTexts()) {
    expect(time.slice(0, 8) >= from).toBe(true);
    expect(time.slice(0, 8) <= to).toBe(true);
  }
  // The box gone, nothing is offered; the rows stay.
  await runqlat
    .locator("footer")
    .getByRole("button", { name: /^Clear/ })
    .click();
  await expect(rows.getByRole("button", { name: /^Rows of/ })).toHaveCount(0);
  await expect(page).toHaveURL(/time:\d\d/);
});

test("a paused panel stands, and what came meanwhile is there when it goes on", async ({ board, load }) => {
  const page = await board();
  load("for i in 1 2 3 4 5 6 7 8; do /bin/true & done; wait");
  const panel = await startTool(page, "runqlat");
  await expect(heatmapOf(panel)).toBeVisible();
  const canvas = panel.locator("canvas").first();
  await page.waitForTimeout(1500);
  await panel.getByRole("button", { name: /^Pause/ }).click();
  await page.waitForTimeout(400);
  const still = await pixels(canvas);
  await page.waitForTimeout(2500);
  expect(await pixels(canvas)).toBe(still);
  await panel.getByRole("button", { name: /^Resume/ }).click();
  await expect.poll(() => pixels(canvas)).not.toBe(still);
  // No gap: every second of the pause can be read.
  await heatmapOf(panel).focus();
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press("ArrowLeft");
    await expect(panel.getByRole("status")).not.toContainText("not watched");
  }
});
