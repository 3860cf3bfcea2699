/** The board as a user has it: start, stop, pause, the address, a second browser, keys, themes, a server that goes away. */
import type { Locator, Page } from "@playwright/test";
import { expect, loadCommand, panel, startTool, test } from "./harness/browser";
import { admit, startServer } from "./harness/server";

const opens = ": </etc/hostname; : </no/such/file";
/** Only what `opens` does: other programs of the host would push its rows out of sight. */
const onlyLoad = `?opensnoop=command:${loadCommand}`;

/** A row of the table, not the hint of an empty panel, which names the same file. */
const failedRow = (opensnoop: Locator) => opensnoop.getByRole("gridcell", { name: "/no/such/file" }).first();

/** Opens a board whose one panel is not running yet, and starts it. */
async function startOnlyLoad(page: Page) {
  const opensnoop = panel(page, "opensnoop");
  await opensnoop.getByRole("button", { name: "Start opensnoop" }).click();
  await expect(failedRow(opensnoop)).toBeVisible();
  return opensnoop;
}

test("a first board offers three starting points, one press from rows", async ({ board, load }) => {
  const page = await board();
  await expect(page.getByRole("heading", { name: "Nothing is on the board yet" })).toBeVisible();
  load("/bin/echo hello 'ring side'");
  await page.getByRole("button", { name: /What is running here/ }).click();
  await expect(panel(page, "execsnoop").getByText(`/bin/echo hello 'ring side'`).first()).toBeVisible();
});

test("start, pause, resume, stop, start again, close", async ({ board, load }) => {
  const page = await board(onlyLoad);
  load(opens);
  const opensnoop = await startOnlyLoad(page);
  await expect(opensnoop.getByText("0 lost")).toBeVisible();

  await opensnoop.getByRole("button", { name: "Pause this view; recording goes on" }).click();
  await expect(opensnoop.getByText(/^Paused/)).toBeVisible();
  const kept = async () =>
    (await opensnoop.getByText(/rows kept/).textContent())?.replace(/(?: of|, at most) .*/, "");
  const whilePaused = await kept();
  await page.waitForTimeout(1000);
  expect(await kept()).toBe(whilePaused);
  await opensnoop.getByRole("button", { name: "Resume: catch up" }).click();
  await expect(opensnoop.getByText(/^Following/)).toBeVisible();
  expect(await kept()).not.toBe(whilePaused);

  await opensnoop.getByRole("button", { name: "Stop the tracer, for everyone" }).click();
  await expect(opensnoop.getByText("This is what was recorded.")).toBeVisible();
  await expect(failedRow(opensnoop)).toBeVisible();
  await opensnoop.getByRole("button", { name: "Start again" }).first().click();
  await expect(opensnoop.getByText("This is what was recorded.")).toHaveCount(0);
  await expect(opensnoop.getByText(/^Following/)).toBeVisible();

  // Closed before the start is answered, it stays closed.
  await opensnoop.getByRole("button", { name: "Stop the tracer, for everyone" }).click();
  await expect(opensnoop.getByText("This is what was recorded.")).toBeVisible();
  await opensnoop.evaluate((panel) => {
    const press = (label: RegExp) =>
      [...panel.querySelectorAll("button")]
        .find((button) => label.test(button.textContent || button.ariaLabel || ""))
        ?.click();
    press(/^Start again/);
    press(/^Close;/);
  });
  await expect(page.getByRole("navigation", { name: "Tools" }).getByLabel("running")).toBeVisible();
  await page.waitForTimeout(300);
  await expect(opensnoop).toHaveCount(0);
});

test("the address holds the board: reload and a second browser show the same run", async ({
  board,
  load,
  browser,
  server,
}) => {
  const page = await board(onlyLoad);
  load(opens);
  await startOnlyLoad(page);
  await startTool(page, "syscount");
  await expect(page).toHaveURL(/opensnoop=command:e2e-load&syscount/);
  await page.reload();
  for (const tool of ["opensnoop", "syscount"])
    await expect(panel(page, tool).getByRole("row").nth(1)).toBeVisible();

  const context = await browser.newContext();
  await admit(context, server);
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(failedRow(panel(other, "opensnoop"))).toBeVisible();
  await panel(other, "opensnoop").getByRole("button", { name: "Stop the tracer, for everyone" }).click();
  await expect(panel(page, "opensnoop").getByText("This is what was recorded.")).toBeVisible();
});

test("a link starts nothing by itself", async ({ board }) => {
  const page = await board("?opensnoop=failed:true&funccount=@c:malloc");
  await expect(
    panel(page, "opensnoop").getByText("opensnoop is not running with these settings."),
  ).toBeVisible();
  await expect(panel(page, "funccount").getByText("c:malloc")).toBeVisible();
  await panel(page, "opensnoop").getByRole("button", { name: "Start opensnoop" }).click();
  await expect(
    panel(page, "opensnoop").getByRole("button", { name: "Stop the tracer, for everyone" }),
  ).toBeVisible();
});

test("everything by keyboard: find, choose, start, enlarge, leave", async ({ board }) => {
  const page = await board();
  await page.keyboard.press("/");
  await page.keyboard.type("opens");
  await page.keyboard.press("Enter");
  const form = page.getByRole("form", { name: "opensnoop" });
  await expect(form).toBeVisible();
  const start = form.getByRole("button", { name: "Start opensnoop" });
  for (let i = 0; i < 20 && !(await start.evaluate((button) => button === document.activeElement)); i++)
    await page.keyboard.press("Tab");
  await expect(start).toBeFocused();
  await page.keyboard.press("Enter");
  const opensnoop = panel(page, "opensnoop");
  await expect(opensnoop).toBeVisible();
  await page.getByLabel("Find a tool").fill("");
  await startTool(page, "syscount");
  await opensnoop.getByRole("button", { name: "Enlarge" }).focus();
  await page.keyboard.press("Enter");
  await expect(panel(page, "syscount")).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(panel(page, "syscount")).toBeVisible();
});

test("the theme is chosen, kept over a reload and not part of the address", async ({ board }) => {
  const page = await board();
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  await page
    .getByRole("radio", { name: "Light" })
    .or(page.getByText("Light", { exact: true }))
    .first()
    .click();
  await expect.poll(ground).not.toBe(dark);
  const light = await ground();
  await page.reload();
  expect(await ground()).toBe(light);
  expect(page.url()).not.toContain("light");
});

test("a server that goes away is said, and what was recorded stays on screen", async ({ page, load }) => {
  const server = await startServer();
  await admit(page.context(), server);
  load(opens);
  await page.goto(`${server.url}/${onlyLoad}`);
  const opensnoop = await startOnlyLoad(page);
  server.process.kill("SIGKILL");
  await expect(page.getByText("No connection, trying again")).toBeVisible();
  await expect(failedRow(opensnoop)).toBeVisible();
});

test("the fonts that a page asks for first are those of its style sheets", async ({ board }) => {
  const page = await board("");
  const { asked, styles } = await page.evaluate(async () => {
    const links = document.querySelectorAll<HTMLLinkElement>('link[rel="preload"][as="font"]');
    const sheets = [...document.styleSheets].flatMap(({ href }) => href ?? []);
    return {
      asked: [...links].map(({ href }) => href.split("/").at(-1) ?? ""),
      styles: (await Promise.all(sheets.map(async (href) => (await fetch(href)).text()))).join(""),
    };
  });
  expect(asked).toHaveLength(2);
  for (const font of asked) expect(styles).toContain(font);
});
