/** Every shape of table, drawn from live data of this kernel. */
import { expect, inked, loadCommand, panel, startTool, test } from "./harness/browser";

test("events: errors are marked, scrolling up stands still, a row can be read whole", async ({
  board,
  load,
}) => {
  const page = await board(`?opensnoop=command:${loadCommand}`);
  load("for i in 1 2 3 4 5 6 7 8 9 10; do : </no/such/file; done");
  const opensnoop = panel(page, "opensnoop");
  await opensnoop.getByRole("button", { name: "Start opensnoop" }).click();
  const failed = opensnoop.getByRole("gridcell", { name: "ENOENT" }).first();
  await expect(failed).toHaveClass(/text-bad/);
  await expect(opensnoop.getByRole("row").nth(12)).toBeVisible();
  await page.waitForTimeout(1500);
  await opensnoop.getByRole("grid").hover();
  await page.mouse.wheel(0, -400);
  await expect(opensnoop.getByText(/^Standing still/)).toBeVisible();
  await expect(opensnoop.getByRole("button", { name: /new rows/ })).toBeVisible();
  await opensnoop.getByText("/no/such/file").first().click();
  await expect(opensnoop.getByLabel("The chosen row")).toContainText("/no/such/file");
  await opensnoop.getByRole("button", { name: /new rows/ }).click();
  await expect(opensnoop.getByText(/^Following/)).toBeVisible();
});

test("histogram: a heatmap that moves, bars beside it, a cell to read, a box to select", async ({
  board,
  load,
}) => {
  const page = await board();
  load("dd if=/dev/zero of=/var/tmp/ringside-e2e bs=64k count=50 oflag=direct");
  const biolatency = await startTool(page, "biolatency");
  const heatmap = biolatency.getByRole("application", { name: /^Heatmap/ });
  await expect(heatmap).toBeVisible();
  const canvas = biolatency.locator("canvas").first();
  await expect.poll(() => inked(canvas)).toBeGreaterThan(0.005);
  const first = await canvas.screenshot();
  await expect.poll(async () => (await canvas.screenshot()).equals(first)).toBe(false);
  await expect(biolatency.getByText(/^p99/).last()).toBeVisible();
  await page.waitForTimeout(3000);

  await heatmap.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(biolatency.getByRole("status")).toBeVisible();
  const box = await heatmap.boundingBox();
  if (!box) throw new Error("the heatmap has no place");
  await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.1);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.85, { steps: 5 });
  await page.mouse.up();
  await expect(
    biolatency
      .locator("footer")
      .getByText(/^selection/)
      .first(),
  ).toBeVisible();
  const address = page.url();
  await page.reload();
  await expect(
    biolatency
      .locator("footer")
      .getByText(/^selection/)
      .first(),
  ).toBeVisible();
  expect(page.url()).toBe(address);
});

test("top: who calls most, with a bar, a sparkline and a sort that stays in the address", async ({
  board,
  load,
}) => {
  const page = await board();
  load("timeout 1 dd if=/dev/zero of=/dev/null bs=1 count=200000");
  const syscount = await startTool(page, "syscount");
  await expect(syscount.getByRole("gridcell", { name: "dd", exact: true }).first()).toBeVisible();
  await expect(syscount.getByRole("img", { name: /last minute/ }).first()).toBeVisible();
  await syscount.getByRole("columnheader").filter({ hasText: "Command" }).getByRole("button").click();
  await expect(page).toHaveURL(/syscount=~/);
  await syscount.getByRole("button", { name: "Lines" }).click();
  await expect(page).toHaveURL(/syscount=~comm,with:lines$/);
  await page.reload();
  await expect(syscount.locator(".recharts-line-curve").first()).toBeVisible();
});

for (const tool of ["execsnoop", "tcplife", "tcpconnect", "runqlat", "syslat"])
  test(`${tool} shows what its own tryIt does`, async ({ board, load }) => {
    const page = await board();
    const started = await startTool(page, tool);
    const hint = started.locator("code");
    // The hint stands there until the first row; a busy host may be quicker than the eye.
    const line = await hint.textContent({ timeout: 3000 }).catch(() => undefined);
    load(line ?? (tool.startsWith("tcp") ? "bash -c 'exec 3<>/dev/tcp/127.0.0.1/9'" : "/bin/true"));
    await expect(started.getByRole("row").nth(1).or(started.getByText(/^p99/).first())).toBeVisible();
  });

test("names with markup and control characters are text", async ({ board, load }) => {
  const page = await board(`?opensnoop=command:${loadCommand}`);
  load(`: <$'/tmp/<img src=x onerror=alert(1)>\\n\\e[31m'`);
  const opensnoop = panel(page, "opensnoop");
  await opensnoop.getByRole("button", { name: "Start opensnoop" }).click();
  await expect(opensnoop.getByText(/<img src=x onerror=alert\(1\)>/).first()).toBeVisible();
  expect(await page.locator("img[src=x]").count()).toBe(0);
  await expect(panel(page, "opensnoop").getByText("\n\u001b[31m")).toHaveCount(0);
});
