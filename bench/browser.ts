/** The browser that stands for a user's: headless, without a graphics card. */
import { type Browser, chromium, type Page } from "@playwright/test";
import { admit, type TestServer } from "../e2e/harness/server";
import { headlessChromium } from "../scripts/chromium.mjs";
import { observeRows } from "./observe";

export function openBrowser(): Promise<Browser> {
  const executablePath = headlessChromium();
  return chromium.launch({
    ...(executablePath && { executablePath }),
    args: ["--no-sandbox", "--disable-gpu"],
  });
}

interface Place {
  browser(): Promise<Browser>;
  server: TestServer;
}

/**
 * Playwright has the browser tell it of every WebSocket frame, content and all, in base64: at 200,000 rows a second that is
 * half of the page's main thread, and rows reach the page half as fast as they do in a browser nobody inspects. It has no
 * option against it, so this goes through its insides, and fails loudly where they change.
 */
async function stopInspecting(page: Page): Promise<void> {
  type Inside = {
    _connection: {
      toImpl(page: Page): {
        delegate: { _mainFrameSession: { _client: { send(method: string): Promise<void> } } };
      };
    };
  };
  const { delegate } = (page as unknown as Inside)._connection.toImpl(page);
  await delegate._mainFrameSession._client.send("Network.disable");
}

/** An empty page that the server lets in. Playwright's routes work on it. */
export async function openRoutedPage(place: Place): Promise<Page> {
  const browser = await place.browser();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await admit(page.context(), place.server);
  return page;
}

/** The same that nobody inspects: its routes are silently without effect. */
export async function openPage(place: Place): Promise<Page> {
  const page = await openRoutedPage(place);
  await stopInspecting(page);
  return page;
}

/** A page on a board given as a query ("?opensnoop"), observed by observe.ts. */
export async function openBoard(place: Place, query = ""): Promise<Page> {
  const page = await openPage(place);
  await observeRows(page);
  await page.goto(`${place.server.url}/${query}`);
  return page;
}

/** Resolves when the page shows a row of an events table. */
export async function firstRow(page: Page): Promise<void> {
  await page.waitForSelector("[role=grid] [role=row][aria-rowindex]");
}
