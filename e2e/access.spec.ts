/** An operator shares a board; a viewer in another browser sees it, can start nothing, and is sent away when the link is revoked. */
import type { Page } from "@playwright/test";
import { expect, loadCommand, panel, test } from "./harness/browser";

async function linkFrom(page: Page, button = "Make the link"): Promise<string> {
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await page.getByLabel("Name").fill("for Ann");
  await page.getByRole("button", { name: button }).click();
  const link = await page.getByText(/^http:.*token=v/).textContent();
  await page.keyboard.press("Escape");
  return link ?? "";
}

test("without a link the page says in a sentence what to do", async ({ browser, server }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const answer = await page.goto(server.url);
  expect(answer?.status()).toBe(401);
  await expect(page.getByText("Open the address that Ringside printed when it started")).toBeVisible();
  await page.goto(`${server.url}/?token=${server.token}&syscount`);
  await page.getByText("Live", { exact: true }).waitFor();
  await expect(page).toHaveURL(`${server.url}/?syscount`);
  await context.close();
});

test("a shared board: seen, not touched, and gone when the link is revoked", async ({
  board,
  browser,
  load,
  server,
}) => {
  const page = await board(`?opensnoop=command:${loadCommand};~sort=-path&biolatency`);
  load(": </etc/hostname; : </no/such/file");
  await panel(page, "opensnoop").getByRole("button", { name: "Start opensnoop" }).click();
  await expect(panel(page, "opensnoop").getByRole("row").nth(2)).toBeVisible();
  const link = await linkFrom(page);

  const context = await browser.newContext();
  const viewer = await context.newPage();
  const broken: string[] = [];
  viewer.on("pageerror", (error) => broken.push(error.message));
  await viewer.goto(link);
  await viewer.getByText("Live", { exact: true }).waitFor();
  expect(new URL(viewer.url()).search).toBe(new URL(page.url()).search);
  await expect(viewer.getByText("Viewer", { exact: true })).toBeVisible();
  await expect(panel(viewer, "opensnoop").getByRole("row").nth(2)).toBeVisible();
  await expect(panel(viewer, "biolatency").getByText(/an operator can start it/)).toBeVisible();
  for (const name of [/^Start/, /^Stop/, "Share"])
    await expect(viewer.getByRole("button", { name })).toHaveCount(0);
  await expect(viewer.getByRole("link", { name: "Kernel" })).toHaveCount(0);
  await viewer.keyboard.press("Control+k");
  await viewer.keyboard.type("start");
  await expect(viewer.getByRole("option", { name: /^Start/ })).toHaveCount(0);
  await viewer.keyboard.press("Escape");
  await expect(page.getByText("1 other looks")).toBeVisible();

  const access = await page.context().newPage();
  await access.goto(`${server.url}/access`);
  const row = access.getByRole("listitem").filter({ hasText: "for Ann" });
  await expect(row).toContainText("1 open now");
  await expect(access.getByRole("row", { name: /start .*opensnoop.* ok/ })).toBeVisible();
  await row.getByRole("button", { name: "Revoke" }).click();
  await row.getByRole("button", { name: "Sure?" }).click();
  await expect(viewer.getByText("Your link was revoked.")).toBeVisible();
  await viewer.reload();
  await expect(viewer.getByText("This link was revoked.")).toBeVisible();
  await expect(row).toHaveCount(0);
  expect(broken).toEqual([]);
  await context.close();
});

test("one press keeps the board and links to that: still there when the tracer and its run are gone", async ({
  board,
  browser,
  load,
}) => {
  const page = await board(`?opensnoop=command:${loadCommand};~sort=-path`);
  load(": </etc/hostname; : </no/such/file");
  await panel(page, "opensnoop").getByRole("button", { name: "Start opensnoop" }).click();
  await expect(panel(page, "opensnoop").getByRole("row").nth(2)).toBeVisible();
  const link = await linkFrom(page, "Keep, and link to that");
  expect(new URL(link).pathname).toMatch(/^\/snapshots\/\d{4}-/);
  await panel(page, "opensnoop").getByRole("button", { name: "Stop the tracer" }).click();

  const context = await browser.newContext();
  const viewer = await context.newPage();
  await viewer.goto(link);
  await expect(viewer.getByRole("heading", { name: "for Ann" })).toBeVisible();
  await expect(panel(viewer, "opensnoop").getByText("/no/such/file").first()).toBeVisible();
  expect(new URL(viewer.url()).search).toBe(new URL(page.url()).search);
  await expect(viewer.getByText("Viewer", { exact: true })).toBeVisible();
  for (const name of [/^Start/, /^Stop/, /^Keep/, "Share"])
    await expect(viewer.getByRole("button", { name })).toHaveCount(0);
  await viewer.getByRole("link", { name: "Snapshots" }).click();
  await expect(viewer.getByRole("link", { name: "for Ann" })).toBeVisible();
  await expect(viewer.getByRole("button", { name: "Download" })).toBeVisible();
  for (const name of ["Pin", "Delete", "Import…"])
    await expect(viewer.getByRole("button", { name })).toHaveCount(0);
  await context.close();
});
