/** No page has a serious fault of accessibility, in either theme, empty or busy, whatever is open over it. */
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { pages } from "../components/pages";
import { expect, panel, test } from "./harness/browser";

const themes = ["dark", "light"] as const;

/** One line for each element with a serious or critical fault. Colours are all that a theme changes. */
async function faults(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const theme of themes) {
    await page.evaluate((choice) => {
      localStorage.setItem("theme", choice);
      applyTheme();
    }, theme);
    const axe = new AxeBuilder({ page });
    if (theme !== themes[0]) axe.withRules("color-contrast");
    const { violations } = await axe.analyze();
    for (const { id, impact, nodes } of violations)
      if (impact === "serious" || impact === "critical")
        found.push(
          ...nodes.map(({ target, failureSummary }) => `${theme}: ${id} ${target}: ${failureSummary}`),
        );
  }
  return found;
}

const busy = ["biolatency", "profile", "execsnoop", "syscount", "processes"];

test("no serious fault on any page", async ({ page, server, load }) => {
  test.slow();
  const open = async (path: string) => {
    await page.goto(server.url + path);
    await page.getByText("Live", { exact: true }).waitFor();
  };
  const look = async (what: string) => expect.soft(await faults(page), what).toEqual([]);

  await open("/");
  await look("an empty board");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("start");
  await look("the palette");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await look("the keys");
  await page.keyboard.press("Escape");
  await page.locator('[data-tool="funclatency"]').click();
  await page.getByRole("combobox", { name: "What to trace" }).fill("/no/such/program:main");
  await page.getByRole("button", { name: "Start funclatency" }).last().click();
  await page.getByRole("alert").first().waitFor();
  await look("a form with a refusal");

  await open(`/?${busy.join("&")}&nosuchtool`);
  await look("a board whose tools do not run");
  load("dd if=/dev/zero of=/var/tmp/ringside-axe bs=64k count=20 oflag=direct; : </no/such/file");
  for (const tool of busy)
    await panel(page, tool)
      .getByRole("button", { name: `Start ${tool}` })
      .click();
  await panel(page, "biolatency").getByText(/^p99/).first().waitFor();
  await panel(page, "execsnoop").getByRole("row").nth(3).click();
  await panel(page, "syscount").getByRole("button", { name: "Stop the tracer, for everyone" }).click();
  await panel(page, "syscount").getByText("This is what was recorded.").waitFor();
  await look("a busy board");

  for (const { path, title } of pages.filter(({ path }) => path !== "/")) {
    await open(path);
    await page.waitForTimeout(1500);
    await look(title);
  }
});
