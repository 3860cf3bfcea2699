/** The board's layout: edges, heads and keys move panels; the address holds what they did, also a broken or hostile one. */
import type { Page } from "@playwright/test";
import { expect, panel, test } from "./harness/browser";
import { admit } from "./harness/server";

const four = "?biolatency&profile&execsnoop&syscount";

async function place(page: Page, tool: string) {
  const box = await panel(page, tool).boundingBox();
  if (!box) throw new Error(`${tool} has no place`);
  return box;
}

async function drag(page: Page, from: { x: number; y: number }, dx: number, dy: number) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + dx, from.y + dy, { steps: 6 });
  await page.mouse.up();
}

test("edges resize, heads exchange, Back undoes, a reload and a second browser show the same", async ({
  board,
  browser,
  server,
}) => {
  const page = await board(four);
  const first = await place(page, "biolatency");
  await drag(page, { x: first.x + first.width + 6, y: first.y + 100 }, 200, 0);
  await expect(page).toHaveURL(/\?biolatency=9x6&profile=3x6&execsnoop=7x6&syscount=5x6$/);
  expect((await place(page, "biolatency")).width).toBeGreaterThan(first.width + 100);
  expect((await place(page, "execsnoop")).width).toBeCloseTo(first.width, 0);

  await drag(page, { x: first.x + 150, y: first.y + first.height + 6 }, 0, 150);
  await expect(page).toHaveURL(/\?biolatency=9x8&profile=3x8&execsnoop=7x4&syscount=5x4$/);

  const [from, to] = [await place(page, "biolatency"), await place(page, "syscount")];
  await drag(page, { x: from.x + 100, y: from.y + 20 }, to.x - from.x, to.y - from.y);
  await expect(page).toHaveURL(/\?syscount=9x8&profile=3x8&execsnoop=7x4&biolatency=5x4$/);

  const places = async (on: Page) =>
    Promise.all(["biolatency", "profile", "execsnoop", "syscount"].map((tool) => place(on, tool)));
  const now = await places(page);
  await page.reload();
  await expect(panel(page, "syscount")).toBeVisible();
  expect(await places(page)).toEqual(now);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await admit(context, server);
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(panel(other, "syscount")).toBeVisible();
  expect(await places(other)).toEqual(now);
  await context.close();

  for (const before of [
    /=9x8&.*syscount=5x4$/,
    /biolatency=9x6/,
    /\?biolatency&profile&execsnoop&syscount$/,
  ]) {
    await page.goBack();
    await expect(page).toHaveURL(before);
  }
  expect(await place(page, "biolatency")).toEqual(first);
});

test("a drag that is given up changes nothing", async ({ board }) => {
  const page = await board(four);
  const first = await place(page, "biolatency");
  const address = page.url();
  for (const [x, y] of [
    [first.x + first.width + 6, first.y + 100],
    [first.x + 100, first.y + 20],
  ] as const) {
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 250, y + 300, { steps: 4 });
    await page.keyboard.press("Escape");
    await page.mouse.up();
    expect(await place(page, "biolatency")).toEqual(first);
    expect(page.url()).toBe(address);
  }
});

test("the same by keys, and one panel fills the board", async ({ board }) => {
  const page = await board(four);
  await page.keyboard.press("2");
  await expect(panel(page, "profile")).toBeFocused();
  await page.keyboard.press("Alt+ArrowRight");
  await expect(page).toHaveURL(/\?biolatency=6x6&profile=6x6&execsnoop=7x6&syscount=5x6$/);
  await page.keyboard.press("Alt+ArrowDown");
  await expect(page).toHaveURL(/biolatency=6x7&profile=6x7&execsnoop=7x5&syscount=5x5$/);
  await page.keyboard.press("Shift+ArrowDown");
  await expect(page).toHaveURL(/\?biolatency=6x7&syscount=6x7&execsnoop=7x5&profile=5x5$/);
  await expect(panel(page, "profile")).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(panel(page, "execsnoop")).toBeFocused();

  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/execsnoop=7x5;max&/);
  await expect(panel(page, "profile")).toBeHidden();
  await page.reload();
  await expect(panel(page, "execsnoop")).toBeVisible();
  await expect(panel(page, "profile")).toBeHidden();
  await page.goBack();
  await expect(panel(page, "profile")).toBeVisible();
  await page.goForward();
  await expect(panel(page, "profile")).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(panel(page, "profile")).toBeVisible();
  await page.keyboard.press("1");
  await page.keyboard.press("Delete");
  await expect(panel(page, "biolatency")).toHaveCount(0);
  await expect(panel(page, "syscount")).toBeFocused();
});

test("half, broken and hostile addresses: a board each time, a sentence where something is gone", async ({
  board,
}) => {
  const page = await board(
    "?nosuchtool=7x6&opensnoop=max;max;0x0;999x1;pid:<script>alert(1)</script>&%E0%A4%A",
  );
  await expect(panel(page, "opensnoop")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(
    panel(page, "nosuchtool").getByText("This server has no tool called “nosuchtool”."),
  ).toBeVisible();
  await page.getByRole("button", { name: "Start opensnoop" }).last().click();
  await expect(panel(page, "opensnoop").getByRole("alert")).toBeVisible();

  await board(`?${Array.from({ length: 130 }, (_, i) => `opensnoop=pid:${i + 1}`).join("&")}`);
  await expect(page.getByText("This address names 130 panels; a board holds 24.")).toBeVisible();
  await expect(page.getByRole("region", { name: "opensnoop" })).toHaveCount(24);

  await board("?opensnoop&opensnoop=~x&opensnoop=12x6");
  await expect(panel(page, "opensnoop")).toHaveCount(1);
});

test("a view that says nothing sensible shows the panel as usual", async ({ board }) => {
  const hostile = encodeURIComponent(
    "-__proto__,by:nothing,last:NaN,box:9-1:9-1,zoom:9e99,../../,<b>,🙂,%00",
  );
  const tools = ["biolatency", "profile", "execsnoop", "syscount"];
  const page = await board(`?${tools.map((tool) => `${tool}=~${hostile}`).join("&")}`);
  for (const tool of tools)
    await panel(page, tool)
      .getByRole("button", { name: `Start ${tool}` })
      .click();
  await expect(
    panel(page, "profile")
      .getByText(/ samples$/)
      .last(),
  ).toBeVisible();
  await expect(panel(page, "syscount").getByRole("row").nth(1)).toBeVisible();
  await expect(page.getByText(/cannot be drawn as it is set/)).toHaveCount(0);
});
