import type { Page } from "@playwright/test";
import { pages } from "../../components/pages";
import { panel, test } from "../harness/browser";
import { shots } from "./shots";

const four = ["biolatency", "profile", "opensnoop", "syscount"];
const ask = (question: RegExp) => (page: Page) => page.getByRole("button", { name: question }).click();
const press = (page: Page, tool: string, button: string) =>
  panel(page, tool).getByRole("button", { name: button }).first().click();

/** Where each state is, and what brings it about. */
const states: { name: string; query?: string; seconds?: number; act?(page: Page): Promise<unknown> }[] = [
  { name: "empty" },
  { name: "running", seconds: 10, act: ask(/^What is running here/) },
  { name: "disk", seconds: 10, act: ask(/^Disk feels slow/) },
  { name: "cpu", seconds: 10, act: ask(/^CPU is busy/) },
  { name: "busy", query: `?${four.join("&")}`, seconds: 20 },
  { name: "own-layout", query: "?profile=5x12&biolatency=7x5&syscount=7x7;~with:lines", seconds: 20 },
  { name: "focus", query: `?${four.join("&")}`, act: (page) => page.keyboard.press("2") },
  { name: "palette", query: `?${four.join("&")}`, act: (page) => page.keyboard.press("Control+k") },
  { name: "keys", query: `?${four.join("&")}`, act: (page) => page.keyboard.press("?") },
  { name: "form", act: (page) => page.locator('[data-tool="opensnoop"]').click() },
  {
    name: "ended",
    query: "?execsnoop",
    act: (page) => press(page, "execsnoop", "Stop the tracer, for everyone"),
  },
  { name: "not-running", query: "?opensnoop=failed:true&nosuchtool&tcplife" },
];

for (const { name, query = "", seconds = 1, act } of states)
  test(`board ${name}`, async ({ board, load }) => {
    load(
      "dd if=/dev/zero of=/var/tmp/ringside-screens bs=64k count=30 oflag=direct; cat /no/such/file; timeout 0.3 sha256sum /dev/zero",
    );
    const page = await board(query);
    if (name !== "not-running")
      for (const start of await page
        .getByRole("main")
        .getByRole("button", { name: /^Start \w+$/ })
        .all())
        await start.click();
    await act?.(page);
    await page.waitForTimeout(seconds * 1000);
    await shots(page, `board-${name}`);
  });

test("the other pages", async ({ board, server }) => {
  const page = await board();
  for (const { path } of pages.filter((each) => each.path !== "/")) {
    await page.goto(server.url + path);
    await page.waitForTimeout(5000);
    await shots(page, path.slice(1));
  }
});
