/** The page of processes, on the processes of this host. */
import { spawn } from "node:child_process";
import type { Locator, Page } from "@playwright/test";
import { expect, inked, panel, test } from "./harness/browser";

const grid = (page: Page) => page.getByRole("grid", { name: "Processes, and what each uses" });
const rowOf = (page: Page, text: string) => grid(page).getByRole("row").filter({ hasText: text }).first();

/** The cell of a row under the head with this title. */
async function cell(page: Page, row: Locator, title: string): Promise<string> {
  const heads = await grid(page).getByRole("columnheader").allTextContents();
  const texts = await row.getByRole("gridcell").allTextContents();
  return texts[heads.findIndex((head) => head.replace(/ [↑↓]$/, "") === title)] ?? "";
}

/** A process of our own, which ends with the test at the latest. */
function sleeper(name: string, seconds = 60) {
  const child = spawn("bash", ["-c", 'exec -a "$0" sleep "$1"', name, String(seconds)], { stdio: "ignore" });
  return { pid: child.pid ?? 0, end: () => child.kill("SIGKILL") };
}

test("found, sorted, as a tree; the address holds it all", async ({ board, load }) => {
  load("timeout 2 sha256sum /dev/zero");
  const page = await board("processes");
  await expect(grid(page).getByRole("row").nth(5)).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("sha256sum /dev/zero");
  await expect(page).toHaveURL(/find=sha256sum\+%2Fdev%2Fzero/);
  const busy = rowOf(page, "sha256sum /dev/zero");
  await expect.poll(async () => Number.parseFloat(await cell(page, busy, "CPU %"))).toBeGreaterThan(1);
  await expect.poll(() => inked(busy.locator("canvas"))).toBeGreaterThan(0.002);
  // What the filter does not find is not there.
  await expect(grid(page).getByRole("row").filter({ hasText: "[kthreadd]" })).toHaveCount(0);

  await grid(page).getByRole("columnheader").filter({ hasText: "Age" }).getByRole("button").click();
  await expect(page).toHaveURL(/sort=started/);
  await page.keyboard.press("t");
  await expect(page).toHaveURL(/tree/);
  // Above what is found stand its ancestors.
  await expect(rowOf(page, "e2e-load")).toBeVisible();
  const address = page.url();
  await page.reload();
  await expect(rowOf(page, "e2e-load")).toBeVisible();
  await expect(page.getByLabel("Find processes")).toHaveValue("sha256sum /dev/zero");
  expect(page.url()).toBe(address);

  await page.getByLabel("Find processes").fill("no such words anywhere");
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(page.getByLabel("Find processes")).toHaveValue("");
  await expect(grid(page).getByRole("row").nth(5)).toBeVisible();
});

test("a branch is folded by its button and by keys", async ({ board }) => {
  const page = await board("processes?tree&find=kthreadd&sort=pid");
  const kthreadd = rowOf(page, "[kthreadd]");
  await expect(kthreadd).toBeVisible();
  await page.getByLabel("Find processes").fill("");
  await kthreadd.getByRole("button", { name: /^Show \d+ children/ }).click();
  await expect(page).toHaveURL(/fold/);
  await expect(kthreadd.getByRole("button", { name: /^Fold/ })).toBeVisible();
  await kthreadd.click();
  await grid(page).focus();
  await page.keyboard.press("ArrowLeft");
  await expect(kthreadd.getByRole("button", { name: /^Show/ })).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(kthreadd.getByRole("button", { name: /^Fold/ })).toBeVisible();
});

/** Busy in user code and in calls, with a socket that listens; its name is hostile. */
function busyOne() {
  const name = `<img src=x onerror=alert(1)>\u001b[31m-${process.pid}`;
  const code = `require("node:net").createServer().listen(0, "127.0.0.1");
    setInterval(() => {
      for (const end = Date.now() + 60; Date.now() < end; ) require("node:fs").statSync("/");
    }, 100);`;
  const child = spawn("bash", ["-c", 'exec -a "$0" "$1" -e "$2"', name, process.execPath, code], {
    stdio: "ignore",
  });
  return { pid: child.pid ?? 0, find: `onerror+${process.pid}`, end: () => child.kill("SIGKILL") };
}

test("one process: what it is, its threads, files, sockets and limits; names are text", async ({ board }) => {
  const { pid, find, end } = busyOne();
  try {
    const page = await board(`processes?find=${find}`);
    await rowOf(page, "<img src=x onerror=alert(1)>\\e[31m").click();
    const drawer = page.getByRole("complementary", { name: `Process ${pid}` });
    await expect(drawer.getByText(/resident/)).toBeVisible();
    await expect(drawer.getByText("<img src=x").first()).toBeVisible();
    expect(await page.locator("img[src=x]").count()).toBe(0);
    await drawer.getByRole("tab", { name: /^Threads/ }).click();
    await expect(drawer.getByRole("cell", { name: String(pid), exact: true })).toBeVisible();
    await expect(drawer.getByRole("row").nth(3)).toBeVisible();
    await drawer.getByRole("tab", { name: /^Files/ }).click();
    await expect(drawer.getByText("/dev/null").first()).toBeVisible();
    await drawer.getByRole("tab", { name: /^Sockets/ }).click();
    await expect(drawer.getByText("LISTEN")).toBeVisible();
    await drawer.getByRole("tab", { name: "Limits" }).click();
    await expect(drawer.getByRole("cell", { name: "open files" })).toBeVisible();
    await expect(page).toHaveURL(/show=limits/);
  } finally {
    end();
  }
});

test("one process, live: its flame graph, its calls, and its end while one looks", async ({ board }) => {
  const { pid, find, end } = busyOne();
  try {
    const page = await board(`processes?find=${find}`);
    await rowOf(page, "<img src=x").click();
    const drawer = page.getByRole("complementary", { name: `Process ${pid}` });
    await drawer.getByRole("tab", { name: "CPU, live" }).click();
    await expect(drawer.getByRole("application", { name: /^Flame graph/ })).toBeVisible();
    await drawer.getByRole("tab", { name: "Calls, live" }).click();
    await expect(drawer.getByRole("application", { name: /^Heatmap/ })).toBeVisible();
    await drawer.getByRole("tab", { name: "About" }).click();
    end();
    await expect(drawer.getByRole("status").first()).toContainText("has ended");
    // What was known of it stays, longer than its row would.
    await page.waitForTimeout(5000);
    await expect(drawer.getByRole("tabpanel")).toContainText(/Command line.*CPU/s);
    await page.reload();
    await expect(drawer.getByRole("status").first()).toContainText("has ended");
    await page.keyboard.press("Escape");
    await expect(drawer).toHaveCount(0);
  } finally {
    end();
  }
});

test("one press starts a tool on a process, and the board shows it", async ({ board }) => {
  const name = `e2e-sleeper-${process.pid}`;
  const { pid, end } = sleeper(name);
  try {
    const page = await board(`processes?find=${name}`);
    await rowOf(page, name).click();
    await page.getByRole("button", { name: "opensnoop", exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`/\\?opensnoop=pid:${pid}$`));
    await expect(panel(page, "opensnoop").getByText(/Running; nothing has happened yet/)).toBeVisible();
  } finally {
    end();
  }
});

test("system calls are counted when one asks for it, and the price is said", async ({ board, load }) => {
  load("timeout 1 dd if=/dev/zero of=/dev/null bs=1 count=300000");
  const page = await board("processes?find=dd+if%3D/dev/zero&sort=calls");
  const dd = rowOf(page, "dd if=/dev/zero");
  await expect.poll(() => cell(page, dd, "Calls")).toBe("–");
  await expect(page.getByText("about 100 ns each")).toBeVisible();
  await page.getByLabel(/^Count system calls/).check();
  await expect(page).toHaveURL(/calls/);
  // Thousands a second: 9,120 or 601k.
  await expect.poll(() => cell(page, dd, "Calls")).toMatch(/\d(,\d{3}| ?[kM])/);
});

test("half and hostile addresses, a run that somebody stops", async ({ board }) => {
  const page = await board("processes?sort=nonsense&fold=%00.x&pid=%3Cscript%3E&show=__proto__&find=%25");
  await expect(page.getByLabel("Find processes")).toHaveValue("%");
  await page.getByLabel("Find processes").fill("");
  await expect(grid(page).getByRole("row").nth(5)).toBeVisible();
  await page.goto(`${page.url().split("?")[0]}?pid=1-99999`);
  await expect(
    page.getByRole("status").filter({ hasText: "Process 1 has ended. Choose another." }),
  ).toBeVisible();
});
