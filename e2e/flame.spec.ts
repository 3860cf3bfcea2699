/** The flame graph on live samples of a program whose seconds are known: e2e/loads/phases.c. */
import { execFileSync } from "node:child_process";
import type { Locator, Page } from "@playwright/test";
import { fromRoot } from "../server/project";
import { expect, inked, panel, test } from "./harness/browser";

const QUERY = "?profile=command:phases";

test.beforeEach(({ load }, testInfo) => {
  const program = testInfo.outputPath("phases");
  execFileSync("gcc", ["-O0", "-pthread", fromRoot("e2e", "loads", "phases.c"), "-o", program]);
  load(program);
});

/** A panel that has seen at least so many samples. */
async function profiled(page: Page, samples: number): Promise<Locator> {
  const profile = panel(page, "profile");
  await profile.getByRole("button", { name: "Start profile" }).click();
  await expect.poll(() => samplesOf(profile), { timeout: 30_000 }).toBeGreaterThan(samples);
  return profile;
}

async function samplesOf(profile: Locator): Promise<number> {
  const text = await profile
    .locator("footer")
    .getByText(/^[\d,]+ samples?$/)
    .first()
    .textContent({ timeout: 5000 })
    .catch(() => "0");
  return Number(text?.replace(/\D/g, ""));
}

const flameOf = (profile: Locator) => profile.getByRole("application", { name: /^Flame graph/ });
const stripOf = (profile: Locator) => profile.getByRole("application", { name: /^Samples by second/ });

/** Share of the samples shown that have a function on their stack, in percent. */
async function share(profile: Locator, name: string): Promise<number> {
  await profile.getByLabel("Search frames").fill(name);
  const found = profile.getByTitle(name, { exact: true }).filter({ hasText: /^search / });
  await expect(found).toContainText("%");
  return Number(/([\d.]+) %/.exec((await found.textContent()) ?? "")?.[1]);
}

/** Selects, by keys, a whole second that has passed: an even one, an odd one, or any. Tells which it is. */
async function selectSecond(page: Page, profile: Locator, wanted?: "even" | "odd"): Promise<"even" | "odd"> {
  await stripOf(profile).focus();
  await page.keyboard.press("ArrowLeft");
  for (;;) {
    const before = page.url();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await expect(page).not.toHaveURL(before);
    const [, from = "", to = ""] = /time:(\d+)-(\d+)/.exec(page.url()) ?? [];
    expect(Number(to) - Number(from)).toBe(1000);
    const is = (Number(from) / 1000) % 2 === 0 ? "even" : "odd";
    if (is === (wanted ?? is)) return is;
  }
}

/** Goes from the root along the widest callees until a frame with this name is read. */
async function chooseFrame(page: Page, profile: Locator, name: string): Promise<Locator> {
  await flameOf(profile).focus();
  const reading = profile.getByRole("status");
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("ArrowUp");
    if ((await reading.textContent())?.startsWith(name)) return reading;
  }
  throw new Error(`there is no frame ${name} on the way`);
}

test("grows, finds with a share, keeps zoom, search and what is chosen while it grows", async ({ board }) => {
  const page = await board(QUERY);
  const profile = await profiled(page, 50);
  await expect.poll(() => inked(flameOf(profile).locator("canvas").first())).toBeGreaterThan(0.02);
  await expect.poll(() => share(profile, "descend")).toBeGreaterThan(70);
  await chooseFrame(page, profile, "main");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/zoom:[0-9a-f]+,search:descend/);
  await expect(profile.getByRole("button", { name: "Reset zoom" })).toBeVisible();
  const reading = await chooseFrame(page, profile, "descend");
  const [address, before] = [page.url(), await samplesOf(profile)];
  const read = await reading.textContent();
  await expect.poll(() => samplesOf(profile)).toBeGreaterThan(before);
  await expect(reading).not.toHaveText(read ?? "");
  await expect(reading).toContainText("descend");
  expect(page.url()).toBe(address);
  // Keys, a step back each: what is chosen, the zoom.
  await page.keyboard.press("Escape");
  await expect(reading).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/zoom:/);
});

test("a second of the subsecond heatmap is looked at alone, by keys and by dragging; then live again", async ({
  board,
}) => {
  const page = await board(QUERY);
  const profile = await profiled(page, 200);
  await expect.poll(() => inked(stripOf(profile).locator("canvas").first())).toBeGreaterThan(0.02);
  const [is, other] = (await selectSecond(page, profile)) === "even" ? ["even", "odd"] : ["odd", "even"];
  await expect.poll(() => share(profile, `${other}_work`)).toBeLessThan(15);
  // On a busy machine the second thread gets as much as the first.
  await expect.poll(() => share(profile, `${is}_work`)).toBeGreaterThan(30);
  const seen = await samplesOf(profile);
  const address = page.url();
  await page.reload();
  await expect.poll(() => samplesOf(profile)).toBe(seen);
  expect(page.url()).toBe(address);

  const box = await stripOf(profile).boundingBox();
  if (!box) throw new Error("the strip has no place");
  await page.mouse.move(box.x + box.width - 38, box.y + box.height - 3);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 14, box.y + 4, { steps: 4 });
  await page.mouse.up();
  await expect(page).not.toHaveURL(address);
  const [, from = "", to = ""] = /time:(\d+)-(\d+)/.exec(page.url()) ?? [];
  expect(Number(to) - Number(from)).toBeGreaterThan(2000);
  await expect.poll(() => share(profile, "(even|odd)_work")).toBeGreaterThan(30);
  await profile.getByRole("button", { name: "Back to live" }).click();
  await expect(page).not.toHaveURL(/time:/);
  await expect.poll(() => samplesOf(profile)).toBeGreaterThan(seen);
});

test("a baseline is compared with another second, in red and blue", async ({ board }) => {
  const page = await board(QUERY);
  const profile = await profiled(page, 200);
  const base = await selectSecond(page, profile);
  await profile.getByRole("button", { name: "Set baseline" }).click();
  await expect(page).toHaveURL(/base:\d+-\d+/);
  await expect(page).not.toHaveURL(/time:/);
  await selectSecond(page, profile, base === "even" ? "odd" : "even");
  await expect(profile.getByTitle(/^How a frame's share has changed/)).toBeVisible();
  const reading = await chooseFrame(page, profile, "main");
  await expect(reading).toContainText(/% now, [\d.]+ % in the baseline/);
  const canvas = flameOf(profile).locator("canvas").first();
  // Half is gone and half is new: both ends of the scale are on screen.
  await expect.poll(() => hues(canvas)).toEqual({ red: true, blue: true });
  await profile.getByRole("button", { name: "Clear the baseline" }).click();
  await expect(page).not.toHaveURL(/base:/);
  await expect.poll(async () => (await hues(canvas)).blue).toBe(false);
});

/** Whether a canvas has clearly red and clearly blue pixels. */
function hues(canvas: Locator): Promise<{ red: boolean; blue: boolean }> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const pixels = (element as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data;
    let [red, blue] = [0, 0];
    for (let i = 0; pixels && i < pixels.length; i += 4) {
      const [r = 0, g = 0, b = 0] = pixels.subarray(i, i + 3);
      if (r > g + 60 && r > b + 60) red++;
      if (b > r + 60 && b > g + 20) blue++;
    }
    return { red: red > 500, blue: blue > 500 };
  });
}

test("callers and callees of a frame, recursion collapsed, by thread, icicle, the widest first: all survive a reload", async ({
  board,
}) => {
  const page = await board(QUERY);
  const profile = await profiled(page, 100);
  await expect(profile.getByText("View ▾")).toBeHidden();
  await expect(profile.getByLabel("Order").filter({ visible: true })).toHaveCount(1);
  // Narrow enough for the options to be in a menu.
  await page.setViewportSize({ width: 760, height: 900 });
  await chooseFrame(page, profile, "descend");
  await page.keyboard.press("c");
  const callers = profile.getByRole("application", { name: /^Callers of descend/ });
  const callees = profile.getByRole("application", { name: /^Callees of descend/ });
  await expect(callers).toBeVisible();
  await expect(callees).toBeVisible();
  await expect.poll(() => share(profile, "^main$")).toBe(100);
  // Its callees begin with itself, six times over; above it there is main.
  const reading = profile.getByRole("status");
  await callees.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(reading).toContainText(/^descend/);
  await callers.focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(reading).toContainText(/^main/);

  await profile.getByText("View ▾").click();
  await profile.getByLabel("Collapse recursion").filter({ visible: true }).check();
  await profile.getByLabel("Order").filter({ visible: true }).selectOption("widest first");
  await page.keyboard.press("Escape");
  await callees.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(reading).toContainText(/^(even|odd)_work/);
  await page.reload();
  await expect(callees).toBeVisible();
  await profile.getByRole("button", { name: "Back to the whole" }).click();

  await profile.getByText("View ▾").click();
  await profile.getByRole("button", { name: "Icicle" }).filter({ visible: true }).click();
  await page.keyboard.press("Escape");
  await profile.getByLabel("Tell apart").selectOption("by thread");
  await expect(page).toHaveURL(/=command:phases;~icicle,widest,by:thread,collapsed/);
  await page.reload();
  await flameOf(profile).focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
  await expect(reading).toContainText(/^phases \(\d+\)/);
});

test("a pattern that takes for ever, or is none, says so; the last good result stays and the page goes on", async ({
  board,
}) => {
  const page = await board(QUERY);
  const profile = await profiled(page, 100);
  const search = profile.getByLabel("Search frames");
  await expect.poll(() => share(profile, "aaaa")).toBeGreaterThan(1);
  // Workers of the page's own origin are all that a strict policy allows.
  const workers = page.workers().map((worker) => new URL(worker.url()));
  expect(workers.map(({ protocol, host }) => `${protocol}//${host}`)).toEqual([new URL(page.url()).origin]);
  const longest = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let [last, most] = [performance.now(), 0];
        const end = last + 3000;
        const look = () => {
          const now = performance.now();
          most = Math.max(most, now - last);
          last = now;
          if (now < end) setTimeout(look, 10);
          else resolve(most);
        };
        look();
      }),
  );
  await search.fill("(a+)+$");
  await expect(profile.getByRole("alert")).toHaveText(/takes too long/);
  await expect(profile.getByText(/^search/)).toContainText(/^search aaaa\s*[1-9][\d.]* %/);
  expect(await longest).toBeLessThan(2500);
  await search.fill("descend(");
  await expect(profile.getByRole("alert")).toHaveText(/^Not a pattern/);
  await search.fill("descend");
  await expect(profile.getByRole("alert")).toHaveCount(0);
  await expect.poll(() => share(profile, "descend")).toBeGreaterThan(50);
});
