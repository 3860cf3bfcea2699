import type { Locator } from "@playwright/test";
import { startTool, test } from "../harness/browser";
import { drag, shots } from "./shots";

const heatmapOf = (panel: Locator) => panel.getByRole("application", { name: /^Heatmap/ });

/** A load whose latencies vary, with a storm now and then. */
const disk =
  "dd if=/dev/zero of=/var/tmp/ringside-screens bs=$((4 << RANDOM % 8))k count=$((RANDOM % 60)) oflag=direct; sleep 0.$((RANDOM % 5))";

test("heatmaps", async ({ board, load }) => {
  const page = await board();
  load(disk);
  const biolatency = await startTool(page, "biolatency");
  await shots(page, "heatmap-empty");
  const runqlat = await startTool(page, "runqlat");
  const syslat = await startTool(page, "syslat");
  await page.waitForTimeout(45_000);
  await syslat.getByLabel("Tell apart").selectOption({ index: 1 });
  await shots(page, "heatmap-live");

  await drag(page, heatmapOf(biolatency), [0.4, 0.1], [0.6, 0.6]);
  await drag(page, heatmapOf(syslat), [0.4, 0.05], [0.6, 0.2]);
  await shots(page, "heatmap-box");

  // Nearer than what is kept, or there is nowhere to move to.
  for (let i = 0; i < 4; i++) await heatmapOf(runqlat).press("+");
  await drag(page, heatmapOf(runqlat), [0.4, 0.98], [0.55, 0.98]);
  for (const line of ["p90", "max"]) await runqlat.getByText(line, { exact: true }).first().click();
  await runqlat.getByRole("button", { name: /^Colours/ }).click();
  const choices = page.getByRole("dialog", { name: "Colours and columns" });
  await choices.getByText("Inferno").click();
  await choices.getByText("100 ms", { exact: true }).click();
  await page.waitForTimeout(5000);
  await page.keyboard.press("Escape");
  await biolatency.getByRole("button", { name: /^Pause/ }).click();
  await heatmapOf(runqlat).hover();
  await shots(page, "heatmap-moved");

  await biolatency.getByRole("button", { name: /^Stop/ }).click();
  await syslat.getByRole("button", { name: "Enlarge" }).click();
  await shots(page, "heatmap-enlarged");
});
