/** The browser that stands for a user's: headless, without a graphics card. */
import { type Browser, chromium, type Page } from "@playwright/test";
import { admit, type TestServer } from "../e2e/harness/server";
import { systemChromium } from "../scripts/chromium.mjs";
import { observeRows } from "./observe";

export function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? systemChromium();
  return chromium.launch({
    ...(executablePath && { executablePath }),
    args: ["--no-sandbox", "--disable-gpu"],
  });
}

interface Place {
  browser: Browser;
  server: TestServer;
}

/** A page on a board given as a query ("?opensnoop"), observed by observe.ts. */
export async function openBoard({ browser, server }: Place, query = ""): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await admit(page.context(), server);
  await observeRows(page);
  await page.goto(`${server.url}/${query}`);
  return page;
}

/** Resolves when the page shows a row of an events table. */
export async function firstRow(page: Page): Promise<void> {
  await page.waitForSelector("[role=grid] [role=row][aria-rowindex]");
}
