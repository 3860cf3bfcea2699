/**
 * `npm run test:kernels [KERNEL...] [faults]`: every tool on stock Debian kernels, one boot each; `faults`: one kernel
 * booted in ways that take something away, and what is said to that. Without arguments all of them, and docs/kernels.md
 * is written from what happened.
 */
import fs from "node:fs";
import { join } from "node:path";
import { compile, inGuest } from "./guest.mjs";
import { writeReport } from "./report.mjs";
import { bundle } from "./run-ts.mjs";
import { root } from "./step.mjs";

/** @typedef {import("../e2e/kernels/driver.ts").Outcome} Outcome */
/** @typedef {{ kernel: string, release: string, outcomes: Outcome[] }} Boot */
/** @typedef {import("../e2e/kernels/faults.ts").Fault} Fault */

const KERNELS = ["5.10", "6.1", "6.12", "sid"];
/** Older than what is asked for: what its features do not carry may be refused, in the product's own words. */
const BEST_EFFORT = "5.10";
/** Node is some 25 times slower in the guest; a boot with eleven tools takes 3 to 5 minutes. */
const TIMEOUT_S = 1200;

/** How each comes about: on the kernel's command line, or by a command in the guest before anything else. */
/** @type {{ fault: Fault, append?: string, before?: string }[]} */
const FAULTS = [
  { fault: "lockdown=integrity", append: "lockdown=integrity" },
  { fault: "lockdown=confidentiality", append: "lockdown=confidentiality" },
  { fault: "no BTF", before: "mount -t tmpfs nothing /sys/kernel/btf" },
];
const FAULTS_KERNEL = "6.12";

const chosen = process.argv.slice(2);
const kernels = chosen.length > 0 ? chosen.filter((name) => name !== "faults") : KERNELS;
const withFaults = chosen.length === 0 || chosen.includes("faults");

/** @type {import("./report.mjs").Report} */
const report = { passed: 0, failed: 0, skipped: [] };
/** @type {Boot[]} */
const boots = [];
/** @type {Boot[]} */
const faultBoots = [];

const driver = await bundle("e2e/kernels/driver.ts", "bundle");
const faults = await bundle("e2e/kernels/faults.ts", "bundle");
const calls = compile("e2e/kernels/calls.c");

for (const kernel of kernels) {
  const booted = boot(kernel, [process.execPath, driver, calls]);
  if (booted) boots.push(booted);
}
for (const { fault, append, before } of withFaults ? FAULTS : []) {
  const command = ["sh", "-c", `${before ?? "true"} && exec "$@"`, "sh", process.execPath, faults, fault];
  const booted = boot(FAULTS_KERNEL, command, { fault, append });
  if (booted) faultBoots.push(booted);
}
if (chosen.length === 0 && boots.length === KERNELS.length) writeTable();
writeReport(report);
process.stdout.write(
  `\n${report.passed} passed, ${report.failed} failed, ${report.skipped.length} kernels not tried\n`,
);
process.exitCode = report.failed > 0 ? 1 : 0;

/**
 * @param {string} kernel
 * @param {string[]} command
 * @param {{ fault?: Fault, append?: string | undefined }} [how]
 * @returns {Boot | undefined}
 */
function boot(kernel, command, { fault, append = "" } = {}) {
  const title = fault ? `${kernel}, ${fault}` : kernel;
  const ended = inGuest({ kernel, title, append, timeout: TIMEOUT_S }, command, report);
  if (!ended) return undefined;
  const { status, release, stderr, lines } = ended;
  /** @type {Outcome[]} */
  const outcomes = lines.map((line) => JSON.parse(line));
  process.stdout.write(`\nKernel ${title} (${release})\n`);
  for (const outcome of outcomes) tell(kernel, outcome);
  if (status !== 0 || outcomes.length === 0) {
    report.failed++;
    process.stdout.write(`FAILED the guest ended with status ${status}\n${stderr}`);
  }
  return { kernel: title, release, outcomes };
}

/**
 * @param {string} kernel
 * @param {Outcome} outcome
 */
function tell(kernel, { what, attached, count, wrong, reason }) {
  const passed = !wrong && (!reason || kernel === BEST_EFFORT);
  if (passed) report.passed++;
  else report.failed++;
  process.stdout.write(
    `${passed ? "ok    " : "FAILED"} ${what}: ${wrong ?? reason ?? attached}${count === undefined ? "" : `, ${count} counted`}\n`,
  );
}

function writeTable() {
  const rows = [...new Set(boots.flatMap(({ outcomes }) => outcomes.map(({ what }) => what)))];
  /** @type {string[]} */
  const reasons = [];
  /** @param {Outcome | undefined} outcome */
  const cell = (outcome) => {
    if (!outcome) return "not reached";
    if (outcome.attached && !outcome.wrong) return outcome.attached;
    const reason = outcome.wrong ?? outcome.reason ?? "";
    if (!reasons.includes(reason)) reasons.push(reason);
    return `no (${reasons.indexOf(reason) + 1})`;
  };
  /** @param {string[]} cells */
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const table = [
    line(["Tool", ...boots.map(({ release }) => release)]),
    line(["---", ...boots.map(() => "---")]),
    ...rows.map((what) =>
      line([what, ...boots.map(({ outcomes }) => cell(outcomes.find((outcome) => outcome.what === what)))]),
    ),
  ];
  const text = `# Kernels

Every tool, started on stock Debian kernels by \`npm run test:kernels\`, which wrote this page. A cell says how the tool
is attached there; it was given something to see and saw it, and calls of known number were counted exactly.

${table.join("\n")}
${reasons.map((reason, index) => `\n${index + 1}. ${reason}`).join("")}

## Kernels that take something away

${faultBoots[0]?.release ?? "Not tried"}, booted so that something is missing, and what is said to it.

${faultBoots.map(({ kernel, outcomes }) => [`- **${kernel}**`, ...outcomes.map(({ what, attached, wrong }) => `  - ${what}: ${wrong ?? attached}`)].join("\n")).join("\n")}
`;
  fs.writeFileSync(join(root, "docs/kernels.md"), text.trimEnd().concat("\n"));
}
