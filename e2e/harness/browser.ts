/** What every browser test has: a real server on the real kernel, a page on its board, shell loads that end with the test. */
import { type ChildProcess, spawn } from "node:child_process";
import { test as base, type Locator, type Page } from "@playwright/test";
import { admit, startServer, type TestServer } from "./server";

interface Fixtures {
  server: TestServer;
  /** Opens the board, `query` as in the address bar, and waits until it is live. */
  board(query?: string): Promise<Page>;
  /** Runs a shell line again and again until the test ends; what the shell itself does bears the command `loadCommand`. */
  load(line: string): void;
}

export const test = base.extend<Fixtures>({
  server: async ({ context }, use) => {
    const server = await startServer();
    await admit(context, server);
    await use(server);
    await server.stop();
  },
  board: async ({ page, server }, use) => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    // Chromium's words for what the page's policy refused.
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) errors.push(message.text());
    });
    await use(async (query = "") => {
      await page.goto(`${server.url}/${query}`);
      await page.getByText("Live", { exact: true }).waitFor();
      return page;
    });
    // A page that threw is broken even where the test did not look.
    if (errors.length > 0) throw new Error(`the page threw: ${errors.join("; ")}`);
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
  load: async ({}, use) => {
    const loads: ChildProcess[] = [];
    await use((line) => {
      const script = `echo -n ${loadCommand} >/proc/self/comm; while :; do ${line}; sleep 0.1; done`;
      loads.push(spawn("bash", ["-c", script], { stdio: "ignore", detached: true }));
    });
    for (const { pid } of loads) if (pid) process.kill(-pid, "SIGKILL");
  },
});

export { expect } from "@playwright/test";

/** Tracing only this command keeps the rest of the host out of a panel. */
export const loadCommand = "e2e-load";

/** The panel of a tool. */
export const panel = (page: Page, tool: string): Locator =>
  page.getByRole("region", { name: tool, exact: true });

/** Starts a tool with its defaults from its row in the catalogue. */
export async function startTool(page: Page, tool: string): Promise<Locator> {
  await page.locator(`[data-tool="${tool}"]`).hover();
  await page
    .getByRole("button", { name: `Start ${tool}`, exact: true })
    .first()
    .click();
  const started = panel(page, tool);
  await started.waitFor();
  return started;
}

/** Share of a canvas' pixels that differ from its most frequent colour. */
export function inked(canvas: Locator): Promise<number> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const context = (element as HTMLCanvasElement).getContext("2d");
    const pixels = new Uint32Array(
      context?.getImageData(0, 0, width, height).data.buffer ?? new ArrayBuffer(0),
    );
    const counts = new Map<number, number>();
    for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    return 1 - Math.max(...counts.values()) / pixels.length;
  });
}
