/** A tab that nobody sees: the page does nothing, the server only counts, and what came meanwhile is there afterwards. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "@playwright/test";
import { systemChromium } from "../scripts/chromium.mjs";
import { expect, loadCommand, panel, test } from "./harness/browser";
import { admit } from "./harness/server";

// Recording what a page looks like keeps it in sight.
test.use({ trace: "off", screenshot: "off" });

/** A browser as a user has it: Playwright's own tells every tab that it is seen. */
async function withPlainBrowser(act: (context: BrowserContext) => Promise<void>) {
  const profile = mkdtempSync(join(tmpdir(), "ringside-browser-"));
  const flags = ["--no-sandbox", "--headless=new", "--remote-debugging-port=0", `--user-data-dir=${profile}`];
  const child = spawn(systemChromium() ?? chromium.executablePath(), [...flags, "about:blank"], {
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    const address = await new Promise<string>((resolve, reject) => {
      let output = "";
      child.once("exit", () => reject(new Error(`the browser ended: ${output}`)));
      child.stderr.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const found = /DevTools listening on (ws:\S+)/.exec(output)?.[1];
        if (found) resolve(found);
      });
    });
    const browser = await chromium.connectOverCDP(address, { noDefaults: true });
    const [context] = browser.contexts();
    if (!context) throw new Error("the browser has no context");
    await act(context);
    await browser.close();
  } finally {
    // All its processes: one that outlives the first still writes into the folder.
    try {
      if (child.pid) process.kill(-child.pid, "SIGKILL");
    } catch {} // None is left.
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** Tells the seconds that the page's main thread has worked since. */
async function watchWork(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
  };
}

const visibility = (page: Page) => page.evaluate(() => document.visibilityState);

test("while hidden the page rests; shown again it has every row", async ({ server, load }) => {
  // A browser of its own, and twelve seconds of watching.
  test.slow();
  load("for i in 1 2 3 4 5 6 7 8 9; do : </etc/hostname; done; : </no/such/file");
  await withPlainBrowser(async (context) => {
    await admit(context, server);
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(`${server.url}/?opensnoop=command:${loadCommand}&syscount`);
    for (const tool of ["opensnoop", "syscount"])
      await panel(page, tool)
        .getByRole("button", { name: `Start ${tool}` })
        .click();
    const opensnoop = panel(page, "opensnoop");
    await expect(opensnoop.getByRole("row").nth(3)).toBeVisible();

    const seconds = 6;
    const worked = await watchWork(page);
    const work = async () => {
      const before = await worked();
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      return ((await worked()) - before) / seconds;
    };
    const seen = await work();
    const other = await context.newPage();
    await expect.poll(() => visibility(page)).toBe("hidden");
    const hidden = await work();
    test.info().annotations.push({
      type: "main thread",
      description: `seen ${(100 * seen).toFixed(1)} %, hidden ${(100 * hidden).toFixed(2)} %`,
    });
    expect(hidden).toBeLessThan(0.005);
    expect(hidden).toBeLessThan(seen / 5);

    await page.bringToFront();
    await expect.poll(() => visibility(page)).toBe("visible");
    await other.close();
    // "n rows kept" without "of m": the page has them all, and none is said to be missing.
    await expect(opensnoop.getByText(/^Following · [\d,.k]+ rows kept, at most/)).toBeVisible();
    await expect(opensnoop.getByText("0 lost", { exact: true })).toBeVisible();
    const kept = async () =>
      Number(
        /([\d,]+) rows kept/
          .exec((await opensnoop.getByText(/rows kept/).textContent()) ?? "")?.[1]
          ?.replace(",", ""),
      );
    // A load of ten opens and a tenth of a second for each turn: what came while hidden is among them.
    expect(await kept()).toBeGreaterThan(10 * seconds * 10);
  });
});
