/**
 * What `npm test` adds up, written to the file that RINGSIDE_REPORT names; the default export is the reporter for both
 * runners, vitest and Playwright.
 * A skipped test is told with its reason: the note of `ctx.skip(note)`, the description of `test.skip(true, why)`.
 */
import fs from "node:fs";

/** @typedef {{ name: string, reason: string }} Skip */
/** `retried`: passed at the second try. @typedef {{ passed: number, failed: number, skipped: Skip[], retried?: string[] }} Report */

/** @param {Report} report */
export function writeReport(report) {
  if (process.env.RINGSIDE_REPORT) fs.writeFileSync(process.env.RINGSIDE_REPORT, JSON.stringify(report));
}

const NO_REASON = "no reason given";

export default class {
  /** @type {import("@playwright/test/reporter").TestCase[]} */
  #playwright = [];
  #errors = 0;

  /**
   * Vitest.
   * @param {readonly import("vitest/node").TestModule[]} modules
   * @param {readonly unknown[]} errors that no test caught
   */
  onTestRunEnd(modules, errors) {
    /** @type {Report} */
    const report = { passed: 0, failed: errors.length, skipped: [], retried: [] };
    for (const module of modules) {
      // A file that cannot be read, or whose hooks fail, has no failed test of its own.
      const failedBefore = report.failed;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (test.diagnostic()?.flaky) report.retried?.push(test.fullName);
        if (result.state === "passed") report.passed++;
        else if (result.state === "skipped") {
          const hookFailed = test.parent.type === "suite" && test.parent.errors().length > 0;
          const { tags } = test;
          const needs = tags.length > 0 ? `needs ${tags.join(", ")}` : NO_REASON;
          const reason = result.note ?? (hookFailed ? "the set-up of its suite failed" : needs);
          report.skipped.push({ name: test.fullName, reason });
        } else report.failed++;
      }
      if (module.state() === "failed" && report.failed === failedBefore) report.failed++;
    }
    writeReport(report);
  }

  /**
   * Playwright.
   * @param {import("@playwright/test/reporter").FullConfig} _config
   * @param {import("@playwright/test/reporter").Suite} suite
   */
  onBegin(_config, suite) {
    this.#playwright = suite.allTests();
  }

  onError() {
    this.#errors++;
  }

  onEnd() {
    /** @type {Report} */
    const report = { passed: 0, failed: this.#errors, skipped: [], retried: [] };
    for (const test of this.#playwright) {
      const outcome = test.outcome();
      if (outcome === "flaky") report.retried?.push(test.titlePath().slice(3).join(" > "));
      if (outcome === "expected" || outcome === "flaky") report.passed++;
      else if (outcome === "skipped") {
        const why = test.annotations.find(({ type }) => type === "skip");
        report.skipped.push({
          name: test.titlePath().slice(3).join(" > "),
          reason: why?.description ?? NO_REASON,
        });
      } else report.failed++;
    }
    writeReport(report);
  }

  printsToStdio() {
    return false;
  }
}
