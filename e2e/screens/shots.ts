import type { Locator, Page } from "@playwright/test";
import { fromRoot } from "../../server/project";

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
];

/** The page as it is now, in both themes and both sizes: test-results/screens/NAME-THEME-WIDTH.png. */
export async function shots(page: Page, name: string): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const theme of ["Light", "Dark"]) {
      await page.getByRole("group", { name: "Theme" }).getByText(theme, { exact: true }).click();
      // Canvases are drawn anew in the next frames.
      await page.waitForTimeout(400);
      const file = `${name}-${theme.toLowerCase()}-${size.width}.png`;
      await page.screenshot({ path: fromRoot("test-results", "screens", file) });
    }
  }
  await page.setViewportSize(SIZES[0] ?? { width: 1440, height: 900 });
}

/** From one point to another, by shares of the width and height of what is dragged over. */
export async function drag(page: Page, over: Locator, from: [number, number], to: [number, number]) {
  const box = await over.boundingBox();
  if (!box) throw new Error("it has no place on the page");
  const at = ([x, y]: [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 5 });
  await page.mouse.up();
}
