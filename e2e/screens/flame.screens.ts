import { mkdirSync } from "node:fs";
import type { Locator } from "@playwright/test";
import { fromRoot } from "../../server/project";
import { panel, test } from "../harness/browser";
import { drag, shots } from "./shots";

const flameOf = (panel: Locator) => panel.getByRole("application", { name: /^(Flame graph|Callers)/ });
const stripOf = (panel: Locator) => panel.getByRole("application", { name: /^Samples by second/ });

test("flame graphs", async ({ board, load }, testInfo) => {
  test.slow();
  mkdirSync(testInfo.outputDir, { recursive: true });
  const page = await board("?profile=command:node&offcputime=command:node");
  const [profile, offcputime] = [panel(page, "profile"), panel(page, "offcputime")];
  await profile.getByRole("button", { name: "Start profile" }).click();
  await shots(page, "flame-empty");
  // One after the other, so that seconds differ and a CPU is left for the page. Node writes its logs where it is.
  load(
    [
      `cd ${testInfo.outputDir}`,
      `echo | timeout 2.3 node --perf-basic-prof ${fromRoot("e2e", "loads", "spin.mjs")}`,
      `timeout 5 node --perf-basic-prof ${fromRoot("node_modules", "typescript", "bin", "tsc")} --noEmit -p ${fromRoot()}`,
      "sleep 0.4",
    ].join("; "),
  );
  await offcputime.getByRole("button", { name: "Start offcputime" }).click();
  await page.waitForTimeout(45_000);
  await shots(page, "flame-live");

  await offcputime.getByRole("button", { name: /^Stop/ }).click();
  await profile.getByRole("button", { name: "Enlarge" }).click();
  await profile.getByLabel("Search frames").fill("parse|scan");
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

  await drag(page, stripOf(profile), [0.7, 0.1], [0.75, 0.9]);
  await shots(page, "flame-range");
  await profile.getByRole("button", { name: "Set baseline" }).click();
  await drag(page, stripOf(profile), [0.8, 0.1], [0.85, 0.9]);
  await shots(page, "flame-difference");
  await profile.getByRole("button", { name: "Clear the baseline" }).click();
  await profile.getByRole("button", { name: "Back to live" }).click();
  await profile.getByRole("button", { name: "Icicle" }).filter({ visible: true }).click();
  await profile.getByLabel("Tell apart").selectOption("by thread");
  await shots(page, "flame-icicle-by-thread");
});
