import { execFileSync } from "node:child_process";
import type { Locator } from "@playwright/test";
import { fromRoot } from "../../server/project";
import { startTool, test } from "../harness/browser";
import { drag, shots } from "./shots";

const flameOf = (panel: Locator) => panel.getByRole("application", { name: /^(Flame graph|Callers)/ });
const stripOf = (panel: Locator) => panel.getByRole("application", { name: /^Samples by second/ });

test("flame graphs", async ({ board, load }, testInfo) => {
  test.slow();
  const phases = testInfo.outputPath("phases");
  execFileSync("gcc", ["-O0", "-pthread", fromRoot("e2e", "loads", "phases.c"), "-o", phases]);
  const page = await board();
  const profile = await startTool(page, "profile");
  await shots(page, "flame-empty");
  // One after the other, so that seconds differ and a CPU is left for the page. Node writes its logs where it is.
  load(
    [
      `cd ${testInfo.outputDir}`,
      `timeout 2.3 ${phases}`,
      "find /usr/share/doc -type f -print0 | head -z -n 400 | xargs -0 cat | sort | gzip -9 | sha256sum",
      `echo | timeout 1.5 node --perf-basic-prof ${fromRoot("e2e", "loads", "spin.mjs")}`,
      "sleep 0.4",
    ].join("; "),
  );
  const offcputime = await startTool(page, "offcputime");
  await page.waitForTimeout(45_000);
  await shots(page, "flame-live");

  await offcputime.getByRole("button", { name: /^Stop/ }).click();
  await profile.getByRole("button", { name: "Enlarge" }).click();
  await profile.getByLabel("Search frames").fill("sort|_work");
  await page.waitForTimeout(500);
  await flameOf(profile).focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowUp");
  await shots(page, "flame-search");
  // Each time the pictures' themes have taken the focus.
  await flameOf(profile).press("Enter");
  await shots(page, "flame-zoom");
  await flameOf(profile).press("c");
  await shots(page, "flame-callers");
  await profile.getByRole("button", { name: "Back to the whole" }).click();
  await profile.getByLabel("Search frames").fill("(a+)+$");
  await page.waitForTimeout(1500);
  await shots(page, "flame-problem");
  await profile.getByLabel("Search frames").fill("");

  await drag(page, stripOf(profile), [0.9, 0.1], [0.92, 0.9]);
  await shots(page, "flame-range");
  await profile.getByRole("button", { name: "Set baseline" }).click();
  await drag(page, stripOf(profile), [0.95, 0.1], [0.97, 0.9]);
  await shots(page, "flame-difference");
  await profile.getByRole("button", { name: "Clear the baseline" }).click();
  await profile.getByRole("button", { name: "Back to live" }).click();
  await profile.getByRole("button", { name: "Icicle" }).filter({ visible: true }).click();
  await profile.getByLabel("Tell apart").selectOption("by thread");
  await shots(page, "flame-icicle-by-thread");
});
