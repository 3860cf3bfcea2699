/** `npm run screens`: pictures of the page in its states, in both themes and two sizes, to be looked at. Nothing is tested. */
import base from "../../playwright.config";

export default {
  ...base,
  testDir: ".",
  testMatch: "**/*.screens.ts",
  testIgnore: [],
  retries: 0,
  timeout: 180_000,
  reporter: [["list"]],
  outputDir: "../../test-results/screens-run",
};
