/** Ctrl K: what can be done, found by typing, on live tools; and the list of keys. */
import type { Page } from "@playwright/test";
import { expect, panel, test } from "./harness/browser";

async function command(page: Page, words: string, title: string | RegExp) {
  await page.keyboard.press("Control+k");
  const field = page.getByRole("dialog", { name: "Commands" }).getByRole("combobox");
  await expect(field).toBeFocused();
  await page.keyboard.type(words);
  await expect(page.getByRole("option", { selected: true })).toContainText(title);
  await page.keyboard.press("Enter");
}

test("starts tools, also on a process, goes to panels, presses their buttons, changes the theme", async ({
  board,
  load,
}) => {
  const page = await board();
  load("cat /etc/hostname; true ring-side-palette");
  await command(page, "start syscount", "Start syscount");
  await expect(panel(page, "syscount").getByRole("row").nth(1)).toBeVisible();

  await command(page, "opensnoop process", "Start opensnoop on a process…");
  await expect(page.getByRole("combobox", { name: /opensnoop on which process/ })).toBeFocused();
  await page.keyboard.type("ring-side-palette");
  await expect(page.getByRole("option").first()).toContainText("ring-side-palette");
  await page.keyboard.press("Enter");
  await expect(panel(page, "opensnoop")).toBeFocused();
  await expect(page).toHaveURL(/\?syscount&opensnoop=pid:\d+$/);

  await command(page, "go syscount", "Go to syscount");
  await expect(panel(page, "syscount")).toBeFocused();
  await command(page, "syscount enlarge", "syscount: Enlarge");
  await expect(page).toHaveURL(/syscount=max/);
  await command(page, "syscount pause", "syscount: Pause");
  await expect(panel(page, "syscount").getByText(/^Paused/)).toBeVisible();
  await command(page, "light", "Light theme");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await command(page, "funccount", "Start funccount…");
  await expect(page.getByRole("form", { name: "funccount" })).toBeVisible();
});

test("what cannot be started is said there; Escape closes the palette and nothing else", async ({
  board,
}) => {
  const page = await board("?syscount=max&biolatency");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("opensnoop process");
  await page.keyboard.press("Enter");
  await page.keyboard.type("no-such-program-anywhere");
  await expect(page.getByText("No process is called that.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Commands" })).toBeHidden();
  await expect(page).toHaveURL(/syscount=max/);
  // At once after the other has closed.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("zzzz");
  await expect(page.getByText("Nothing here is called that.")).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Commands" })).toBeHidden();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeHidden();
});
