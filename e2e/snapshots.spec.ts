/** A board is kept, found in the list, opened, taken away as a file and brought back by another person's hands. */
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { fromRoot } from "../server/project";
import { expect, inked, loadCommand, panel, startTool, test } from "./harness/browser";

/** Drags files over the page, as from a folder's window; drops them when the result is called. */
async function drag(page: Page, files: Record<string, Buffer>): Promise<() => Promise<void>> {
  const named = Object.entries(files).map(([name, bytes]) => [name, bytes.toString("base64")] as const);
  const dataTransfer = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const [name, base64] of files)
      transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
    return transfer;
  }, named);
  const list = page.getByRole("main", { name: "Snapshots" });
  await list.dispatchEvent("dragover", { dataTransfer });
  return () => list.dispatchEvent("drop", { dataTransfer });
}

test("keep, list, open, export, import, compare", async ({ board, load, server }) => {
  const page = await board(`?opensnoop=command:${loadCommand}`);
  load("{ : </etc/hostname; : </no/such/file; } 2>/dev/null");
  await page.getByRole("button", { name: "Start opensnoop", exact: true }).last().click();
  await startTool(page, "syslat");
  await expect(panel(page, "opensnoop").getByText("/no/such/file").first()).toBeVisible();
  await expect.poll(() => inked(panel(page, "syslat").locator("canvas").first())).toBeGreaterThan(0.005);

  await page.locator("body").press("s");
  const box = page.getByRole("dialog", { name: "Keep the board" });
  await expect(box.getByLabel("Title")).toHaveValue("opensnoop, syslat");
  await box.getByLabel("Title").fill("Files that are <b>missing</b>");
  await box.getByLabel("Notes").fill("seen at the door");
  await box.getByLabel("Notes").press("Tab");
  await box.getByRole("button", { name: "Keep" }).click();
  await expect(box.getByText(/^Kept: /)).toBeVisible();

  await page.goto(`${server.url}/snapshots`);
  await page.getByRole("searchbox").fill("door");
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByLabel("Notes").fill("seen at the door, by its hinge");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("by its hinge")).toBeVisible();
  await expect(page.getByLabel("Notes")).toHaveCount(0);
  await page.getByRole("link", { name: "Files that are <b>missing</b>" }).click();
  await expect(page.getByText("Recorded", { exact: false }).first()).toBeVisible();
  const opens = panel(page, "opensnoop");
  await expect(opens.getByText("/no/such/file").first()).toBeVisible();
  await expect(opens.getByRole("button", { name: /Stop the tracer|Start again/ })).toHaveCount(0);
  await opens.getByPlaceholder(/Filter/).fill("path:hostname");
  await opens.getByPlaceholder(/Filter/).press("Enter");
  await expect(opens.getByText("/no/such/file")).toHaveCount(0);
  await expect.poll(() => inked(panel(page, "syslat").locator("canvas").first())).toBeGreaterThan(0.005);

  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  await page.getByRole("link", { name: "JSON", exact: true }).click();
  const file = await (await coming).path();
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
    format: "ringside-snapshot",
    version: 1,
    notes: "seen at the door, by its hinge",
  });

  await page.goto(`${server.url}/snapshots`);
  await page.getByRole("button", { name: "Import…" }).click();
  await page.getByLabel("A snapshot's file").setInputFiles({
    name: "broken.json",
    mimeType: "application/json",
    buffer: readFileSync(file).subarray(0, 1000),
  });
  await expect(page.getByText("The file is not whole JSON")).toBeVisible();
  await page.getByLabel("A snapshot's file").setInputFiles(file);
  await page.waitForURL(/\/snapshots\/\d{4}-/);
  await expect(panel(page, "opensnoop").getByText("/etc/hostname").first()).toBeVisible();

  const id = new URL(page.url()).pathname.split("/").at(-1);
  await page.goto(`${server.url}/snapshots/compare?a=${id}&b=live&tool=syslat`);
  await expect
    .poll(() => inked(page.getByRole("img", { name: "Difference heatmap" })))
    .toBeGreaterThan(0.005);
  await expect
    .poll(() => inked(page.getByRole("img", { name: "Overlaid distributions" })))
    .toBeGreaterThan(0.005);
  await page.getByText("opensnoop", { exact: true }).click();
  await expect(page.getByRole("region", { name: "Joined table" }).getByText(loadCommand)).toBeVisible();
});

test("files are dropped on the list; what is offered of a panel is what it has", async ({ page, server }) => {
  const shipped = readFileSync(fromRoot("demo", "checkout.json.gz"));
  await page.goto(`${server.url}/snapshots`);
  await expect(page.getByText("Nothing was kept yet.")).toBeVisible();

  const dropBad = await drag(page, { "half.json.gz": shipped.subarray(0, 5000) });
  await expect(page.getByText("Drop a snapshot’s file here")).toBeVisible();
  await dropBad();
  await expect(page.getByText("The file is a gzip that was cut short or damaged.")).toBeVisible();
  await expect(page.getByText("Drop a snapshot’s file here")).toHaveCount(0);
  await expect(page.getByText("Nothing was kept yet.")).toBeVisible();

  await (
    await drag(page, { "one.json.gz": shipped, "two.json.gz": shipped, "half.json": Buffer.from("{") })
  )();
  await expect(page.getByText("half.json: The file is not whole JSON")).toBeVisible();
  await expect(page.getByText("2 snapshots")).toBeVisible();

  await (await drag(page, { "checkout.json.gz": shipped }))();
  await page.waitForURL(/\/snapshots\/\d{4}-/);
  await expect(panel(page, "profile")).toBeVisible();
  await page.getByRole("button", { name: "Download" }).click();
  const offered = (tool: string) => page.getByRole("row").filter({ hasText: tool }).getByRole("link");
  await expect(offered("opensnoop")).toHaveText(["NDJSON", "CSV"]);
  await expect(offered("profile")).toHaveText([
    "NDJSON",
    "CSV",
    "folded",
    "pprof",
    "speedscope",
    "Firefox Profiler",
  ]);
  const coming = page.waitForEvent("download");
  await offered("profile").filter({ hasText: "folded" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/^ringside-.*-profile\.folded$/);
  expect(readFileSync(await download.path(), "utf8")).toMatch(/^checkout;.* \d+\n/);
});
