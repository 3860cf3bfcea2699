import { defineConfig } from "@playwright/test";
import { systemChromium } from "./scripts/chromium.mjs";
import { leftOut } from "./scripts/needs-root.mjs";

const executablePath = systemChromium();

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  testIgnore: leftOut.map((file) => `**/${file}`),
  // Each test starts tracers on the one kernel there is.
  workers: 1,
  // What passes only at the second try is told at the end of `npm test`.
  retries: 1,
  timeout: 60_000,
  // A busy machine of two cores is slow, not wrong.
  expect: { timeout: 15_000 },
  reporter: [["list"], ["./scripts/report.mjs"]],
  outputDir: "test-results",
  use: {
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
    screenshot: "only-on-failure",
    trace: "on-first-retry",
    launchOptions: { ...(executablePath && { executablePath }), args: ["--no-sandbox"] },
  },
});
