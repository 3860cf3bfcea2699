/** The table of events as one works with it, on rows of this kernel: filter, group, sort, columns, copy, time. */
import type { Locator, Page } from "@playwright/test";
import { expect, loadCommand, panel, test } from "./harness/browser";

/** What the load opens: a file that is there, one that is not, and one with markup and control characters for a name. */
const opens = `: </etc/hostname; : </no/such/file; : <$'/tmp/<img src=x onerror=alert(1)>\\n\\e[31m'; : <$'/tmp/caf\\xe9'`;

async function started(page: Page): Promise<Locator> {
  const opensnoop = panel(page, "opensnoop");
  await opensnoop.getByRole("button", { name: "Start opensnoop" }).click();
  await expect(opensnoop.getByRole("row").nth(8)).toBeVisible();
  return opensnoop;
}

const cells = (shown: Locator, text: string) => shown.getByRole("gridcell", { name: text, exact: true });

async function filter(shown: Locator, text: string) {
  await shown.getByLabel("Filter rows").fill(text);
  await shown.getByLabel("Filter rows").press("Enter");
}

/** The texts of a column as they are on screen. */
const column = (shown: Locator, title: string) =>
  shown.evaluate((element, wanted) => {
    const rows = [...element.querySelectorAll("[role=row]")].map((row) =>
      [...row.children].map((cell) => cell.textContent ?? ""),
    );
    const place = rows[0]?.findIndex((head) => head.replace(/ [↑↓]$/, "") === wanted) ?? -1;
    return rows.slice(1).map((row) => row[place] ?? "");
  }, title);

test("a filter keeps what it says, is completed as it is typed, and survives a reload", async ({
  board,
  load,
}) => {
  const page = await board(`?opensnoop=command:${loadCommand}`);
  load(opens);
  const opensnoop = await started(page);
  await filter(opensnoop, "ret<0 path~^/no/.*file$");
  await expect(opensnoop.getByText(/ of [\d,]+ rows kept/)).toBeVisible();
  await expect.poll(() => column(opensnoop, "Path")).toContain("/no/such/file");
  expect(new Set(await column(opensnoop, "Path"))).toEqual(new Set(["/no/such/file"]));
  expect(new Set(await column(opensnoop, "Result"))).toEqual(new Set(["ENOENT"]));
  await page.reload();
  await expect(opensnoop.getByLabel("Filter rows")).toHaveValue("ret<0 path~^/no/.*file$");
  await expect.poll(async () => new Set(await column(opensnoop, "Path"))).toEqual(new Set(["/no/such/file"]));

  // A fault is said at its character, and the last good result stays.
  await opensnoop.getByLabel("Filter rows").fill("ret<0 pth:x");
  await expect(opensnoop.getByRole("alert")).toHaveText(/“pth”: did you mean path\? \(at character 7\)/);
  expect(new Set(await column(opensnoop, "Path"))).toEqual(new Set(["/no/such/file"]));

  // Columns, then a value that was seen.
  const field = opensnoop.getByLabel("Filter rows");
  await field.fill("");
  await field.pressSequentially("pa");
  await opensnoop.getByRole("option", { name: /^path:/ }).click();
  await expect(field).toHaveValue("path:");
  await field.pressSequentially("hostn");
  await expect(opensnoop.getByRole("option", { name: /hostname/ })).toBeVisible();
  await field.press("Tab");
  await expect(field).toHaveValue("path:/etc/hostname ");
  await expect.poll(async () => new Set(await column(opensnoop, "Path"))).toEqual(new Set(["/etc/hostname"]));
  await field.press("Escape");
  await field.press("Escape");
  await expect(field).toHaveValue("");

  await filter(opensnoop, "path:nothing-has-this-name");
  await expect(opensnoop.getByText(/None of [\d,]+ rows passes/)).toBeVisible();
  await opensnoop.getByRole("button", { name: "Show all" }).click();
  await expect(cells(opensnoop, "/etc/hostname").first()).toBeVisible();
});

test("groups: counts and failures of one or two columns, and a press goes down to the rows", async ({
  board,
  load,
}) => {
  const page = await board(`?opensnoop=command:${loadCommand}`);
  load(opens);
  const opensnoop = await started(page);
  await opensnoop.getByRole("button", { name: "Group" }).click();
  await opensnoop.getByLabel("Group by").selectOption("path");
  await expect(opensnoop.getByText(/^\d+ groups of [\d,]+ rows/)).toBeVisible();
  const rows = async () => (await column(opensnoop, "Rows")).map((text) => Number(text.replaceAll(",", "")));
  const before = (await rows())[0] ?? 0;
  await expect.poll(async () => (await rows())[0]).toBeGreaterThan(before);
  const counts = await rows();
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  await opensnoop.getByLabel("and by").selectOption("ret");
  await page.keyboard.press("Escape");
  await expect(opensnoop.getByRole("button", { name: "by path, result" })).toBeVisible();
  await expect(page).toHaveURL(/~group:path\+ret/);
  // Markup and control characters are text, and bytes that are no UTF-8 lead back to their rows.
  await expect(cells(opensnoop, "/tmp/<img src=x onerror=alert(1)>\\n\\e[31m")).toBeVisible();
  expect(await page.locator("img[src=x]").count()).toBe(0);
  await cells(opensnoop, "/tmp/caf\ufffd").click();
  await expect(opensnoop.getByLabel("Filter rows")).toHaveValue('path="/tmp/caf\\xe9" ret=ENOENT');
  await expect
    .poll(async () => new Set(await column(opensnoop, "Path")))
    .toEqual(new Set(["/tmp/caf\ufffd"]));
});

test("sorted rows stand still until one catches up; columns are chosen, moved and widened", async ({
  board,
  load,
}) => {
  const page = await board(`?opensnoop=command:${loadCommand}`);
  load(opens);
  const opensnoop = await started(page);
  const head = (title: string) => opensnoop.getByRole("columnheader").filter({ hasText: title });
  await head("Path").getByRole("button").click();
  await expect(opensnoop.getByText(/^Sorted by Path/)).toBeVisible();
  const paths = await column(opensnoop, "Path");
  expect(paths).toEqual([...paths].sort());
  await expect(opensnoop.getByRole("button", { name: /new rows/ })).toBeVisible();
  expect(await column(opensnoop, "Path")).toEqual(paths);
  await opensnoop.getByRole("button", { name: /new rows/ }).click();
  await expect(opensnoop.getByText(/^Following/)).toBeVisible();

  await opensnoop.getByRole("button", { name: "Columns" }).click();
  for (const title of ["Path", "TID", "User", "Mode", "Flags"])
    await opensnoop.getByLabel(title, { exact: true }).uncheck();
  await expect(head("Path")).toHaveCount(0);
  await opensnoop.getByLabel("Flags", { exact: true }).check();
  await opensnoop.getByRole("button", { name: "Command further left" }).click();
  await opensnoop.getByLabel("Relative time").check();
  await page.keyboard.press("Escape");
  await expect(head("Since start")).toBeVisible();
  await expect.poll(async () => (await column(opensnoop, "Since start"))[0]).toMatch(/^\+\d+\.\d{6}$/);
  await head("Result").dragTo(head("Command"));
  const titles = () => opensnoop.getByRole("columnheader").allTextContents();
  await expect.poll(titles).toEqual(["Since start", "Result", "Command", "PID", "Flags"]);
  const wide = async () => (await head("Command").boundingBox())?.width ?? 0;
  const before = await wide();
  await opensnoop.locator('[data-width-of="Command"]').hover();
  await page.mouse.down();
  await page.mouse.move(900, 140, { steps: 4 });
  await page.mouse.up();
  await expect.poll(wide).not.toBe(before);
  const [order, width] = [await titles(), await wide()];
  await page.reload();
  await expect.poll(titles).toEqual(order);
  expect(await wide()).toBe(width);
});

test("a row is read whole, copied, and narrows the filter; its time begins at the chosen row", async ({
  board,
  load,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await board(`?opensnoop=command:${loadCommand};~time:relative`);
  load(opens);
  const opensnoop = await started(page);
  await cells(opensnoop, "/no/such/file").first().click();
  const drawer = opensnoop.getByLabel("The chosen row");
  await expect(drawer).toContainText("O_RDONLY");
  await expect.poll(() => column(opensnoop, "From chosen")).toContain("+0.000000");
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await drawer.getByRole("button", { name: "JSON" }).click();
  await expect(drawer.getByRole("status")).toHaveText("Copied 1 row as JSON");
  const [row] = JSON.parse(await clipboard());
  expect(row).toMatchObject({ comm: loadCommand, ret: -2, path: "/no/such/file" });
  expect(Math.abs(Date.parse(row.time) - Date.now())).toBeLessThan(60_000);
  await drawer.getByRole("button", { name: "Only rows with this Path" }).click();
  await expect(opensnoop.getByLabel("Filter rows")).toHaveValue("path=/no/such/file");
  await expect.poll(async () => new Set(await column(opensnoop, "Path"))).toEqual(new Set(["/no/such/file"]));
  await page.keyboard.press("Escape");
  await drawer.getByRole("button", { name: "Close (Esc)" }).click();
  await opensnoop.getByRole("button", { name: "CSV" }).click();
  await expect(opensnoop.getByText(/^Copied [\d,]+ rows as CSV/)).toBeVisible();
  const lines = (await clipboard()).trimEnd().split("\r\n");
  expect(lines[0]).toMatch(/^time,pid,.*path$/);
  expect(lines.slice(1).every((line) => line.endsWith(",/no/such/file"))).toBe(true);
});

test("hostile views and huge filters leave the table as usual, with a word on what is wrong", async ({
  board,
  load,
}) => {
  load(opens);
  const views = [
    "group:nothing+path,columns:none+none,widths:path+9e9+comm,sort:zzz,by:constructor,time:x",
    "group:__proto__,of:toString,filter:((((((",
    `filter:${"x".repeat(5000)}`,
    "filter:path~(a%2B)%2B$",
    ",,,:::,columns:,filter:%00",
  ];
  const page = await board(`?opensnoop=command:${loadCommand}`);
  await started(page);
  for (const view of views) {
    await page.goto(page.url().replace(/\?.*/, `?opensnoop=command:${loadCommand};~${view}`));
    const opensnoop = panel(page, "opensnoop");
    await expect(opensnoop.getByText(/rows kept|groups? of/).first()).toBeVisible();
    await expect(opensnoop.getByRole("columnheader").first()).toBeVisible();
  }
});

test("top: the same filter, and amounts in sum instead of a second", async ({ board, load }) => {
  load("dd if=/dev/zero of=/dev/null bs=1 count=20000 2>/dev/null");
  const page = await board("?syscount");
  const syscount = panel(page, "syscount");
  await syscount.getByRole("button", { name: "Start syscount" }).click();
  await expect(cells(syscount, "dd").first()).toBeVisible();
  await filter(syscount, "comm=dd count>100");
  await expect.poll(async () => new Set(await column(syscount, "Command"))).toEqual(new Set(["dd"]));
  await syscount.getByRole("button", { name: "Total" }).click();
  await expect(page).toHaveURL(/~show:total,filter:comm/);
  await page.reload();
  await expect(syscount.getByRole("button", { name: "Total" })).toHaveAttribute("aria-pressed", "true");
  await expect.poll(async () => new Set(await column(syscount, "Command"))).toEqual(new Set(["dd"]));
});
