/** Which Chromium the tests and the benchmark drive: the distribution's, else Playwright's own. */
import fs from "node:fs";

/** The distribution's Chromium; undefined where there is none. Ubuntu's chromium-browser is a snap's stub. */
export const systemChromium = () => ["/usr/bin/chromium"].find((path) => fs.existsSync(path));

/**
 * For measurements: the headless shell where there is one (Debian: chromium-headless-shell). The whole browser also starts
 * and draws windows that nobody sees, at a second of CPU each.
 */
export const headlessChromium = () =>
  ["/usr/bin/chromium-headless-shell"].find((path) => fs.existsSync(path)) ?? systemChromium();

/** Whether Playwright's own is there; only after `npm ci`. */
export async function hasPlaywrightChromium() {
  const { chromium } = await import("@playwright/test");
  return fs.existsSync(chromium.executablePath());
}
