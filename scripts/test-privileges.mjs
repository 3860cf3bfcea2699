/**
 * `npm run test:privileges [KERNEL]`: the server as nobody with few capabilities and then one more at a time, and every tool on
 * each, on a stock Debian kernel; docs/privileges.md is written from what happened on the usual one. KERNEL: one of
 * scripts/run-in-vm, or `here` for this machine's.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { compile, inGuest } from "./guest.mjs";
import { writeReport } from "./report.mjs";
import { bundle } from "./run-ts.mjs";
import { root } from "./step.mjs";

/** @typedef {import("../e2e/kernels/privileges.ts").Attempt} Attempt */
/** @typedef {import("../e2e/kernels/privileges.ts").Meaning} Meaning */

const KERNEL = "6.12";
/** Emulated, it takes 7 minutes. */
const TIMEOUT_S = 1800;
const BASE = ["CAP_BPF", "CAP_PERFMON"];

/** @type {import("./report.mjs").Report} */
const report = { passed: 0, failed: 0, skipped: [] };
const command = [
  process.execPath,
  await bundle("e2e/kernels/privileges.ts", "bundle"),
  compile("e2e/kernels/calls.c"),
  compile("e2e/loads/sleeps.c"),
];
const [kernel = KERNEL] = process.argv.slice(2);
const ended = kernel === "here" ? here() : inGuest({ kernel, timeout: TIMEOUT_S }, command, report);
if (ended) {
  /** @type {(Attempt | Meaning)[]} */
  const lines = ended.lines.map((line) => JSON.parse(line));
  const attempts = lines.flatMap((line) => ("held" in line ? [line] : []));
  const meanings = lines.flatMap((line) => ("means" in line ? [line] : []));
  for (const attempt of attempts) judge(attempt, attempts);
  if (ended.status !== 0 || attempts.length === 0) {
    report.failed++;
    process.stdout.write(`FAILED it ended with status ${ended.status}\n${ended.stderr}`);
  }
  const text = page(ended.release, attempts, meanings);
  if (kernel !== KERNEL) process.stdout.write(`\n${text}`);
  else if (report.failed === 0) fs.writeFileSync(join(root, "docs/privileges.md"), text);
}
writeReport(report);
process.stdout.write(
  `\n${report.passed} passed, ${report.failed} failed, ${report.skipped.length} kernels not tried\n`,
);
process.exitCode = report.failed > 0 ? 1 : 0;

function here() {
  const [program = "", ...args] = command;
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  return { status, release: release(), stderr, lines: stdout.trim().split("\n") };
}

/**
 * A refusal has to name what is missing and nothing that is held; where nothing helps, no capability at all.
 * @param {Attempt} attempt
 * @param {Attempt[]} attempts
 */
function judge({ held, what, got, problem, isExtra }, attempts) {
  const named = new Set(`${problem?.reason} ${problem?.fix}`.match(/CAP_\w+/g) ?? []);
  const withMore = attempts.filter((other) => other.what === what && other.got && includes(other.held, held));
  // The fewest more that do it.
  const [enough] = withMore
    .map((other) => other.held.filter((one) => !held.includes(one)))
    .sort((a, b) => a.length - b.length);
  let wrong = "";
  if (got || (isExtra && !problem)) wrong = "";
  else if (!problem?.fix) wrong = "nothing mends it";
  else if ([...named].some((one) => held.includes(one))) wrong = "it names what is held";
  else if (enough?.length === 1 && !named.has(enough[0] ?? "")) wrong = `it does not name ${enough[0]}`;
  else if (enough && named.size === 0) wrong = "it names nothing that is missing";
  else if (!enough && named.size > 0) wrong = "what it names does not help";
  if (wrong) report.failed++;
  else report.passed++;
  const said = got ?? (problem ? `${problem.reason} ${problem.fix}` : "no");
  process.stdout.write(
    `${wrong ? "FAILED" : "ok    "} ${held.join(" ")}: ${what}: ${said}${wrong && `: ${wrong}`}\n`,
  );
}

/**
 * @param {string[]} all
 * @param {string[]} some
 */
function includes(all, some) {
  return all.length > some.length && some.every((one) => all.includes(one));
}

/**
 * @param {string} version of the kernel
 * @param {Attempt[]} attempts
 * @param {Meaning[]} meanings
 */
function page(version, attempts, meanings) {
  const sets = [...new Set(attempts.map(({ held }) => held.join(" ")))].map((set) => set.split(" "));
  const columns = sets.filter((held) => BASE.every((one) => held.includes(one)));
  /** @param {string} what @param {string[]} held */
  const at = (what, held) =>
    attempts.find((one) => one.what === what && one.held.join(" ") === held.join(" "));
  /** @type {string[]} */
  const notes = [];
  /** @param {Attempt | undefined} attempt @param {Attempt | undefined} base */
  const cell = (attempt, base) => {
    if (attempt?.got === base?.got && attempt?.problem?.reason === base?.problem?.reason && attempt !== base)
      return attempt?.got ? "yes" : "–";
    if (attempt?.got) {
      const how = attempt.got === "yes" ? "yes" : `yes (${attempt.got})`;
      return attempt === base ? how : `**${how}**`;
    }
    if (!attempt?.problem) return "–";
    const { reason, fix } = attempt.problem;
    const note = `${reason.replace(/^\w+: |\.$/g, "").replace(`${root}/`, "")}. ${fix}`;
    if (!notes.includes(note)) notes.push(note);
    return `– (${notes.indexOf(note) + 1})`;
  };
  /** @param {string[]} cells */
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const [base = BASE] = columns;
  /** @param {string[]} held */
  const short = (held) => held.map((name) => name.replace("CAP_", "")).join(", ");
  const header = columns.map((held, i) =>
    i === 0 ? short(held) : held.length === base.length + 1 ? `+ ${short(held.slice(-1))}` : "all",
  );
  /** @param {boolean} isExtra */
  const rows = (isExtra) =>
    [...new Set(attempts.filter((one) => (one.isExtra ?? false) === isExtra).map(({ what }) => what))].map(
      (what) => line([what, ...columns.map((held) => cell(at(what, held), at(what, base)))]),
    );
  /** @param {Attempt} attempt */
  const changed = ({ what, got }) => (at(what, base)?.got ? `${what} by ${got}` : what);
  const added = meanings.map(({ capability, means }) => {
    const alone = attempts.filter(
      ({ held, what, got }) =>
        got && held.length === base.length + 1 && held.at(-1) === capability && got !== at(what, base)?.got,
    );
    return `- **${capability}**: ${means}${alone.length > 0 ? ` By itself: ${alone.map(changed).join("; ")}.` : ""}`;
  });
  const together = attempts.filter(
    ({ held, what, got }) =>
      got &&
      held.length > base.length + 1 &&
      columns.every((other) => other.length > base.length + 1 || at(what, other)?.got !== got),
  );
  const without = sets
    .filter((held) => !columns.includes(held))
    .map((held) => {
      const tried = attempts.filter((one) => one.held.join(" ") === held.join(" "));
      const { reason = "" } = tried.find(({ problem }) => problem)?.problem ?? {};
      return `- **${held.join(", ")} alone**: ${tried.filter(({ got }) => got).length} of ${tried.length} run. ${reason.replace(/^\w+: /, "")}`;
    });
  return `# Privileges

What the server can do as an ordinary user, by the capabilities that it is given: every tool, tried on a stock kernel
(${version}) by \`npm run test:privileges\`, which wrote this page. **Bold**: what a capability changes. What is refused is told in
these sentences, each of which was checked to name what was missing.

${[line(["", ...header]), line(["---", ...columns.map(() => "---")]), ...rows(false), ...rows(true)].join("\n")}
${notes.map((note, i) => `\n${i + 1}. ${note}`).join("")}

## What each is for

${[...without, ...added].join("\n")}
- **Only together**: ${together.map(changed).join("; ")}.
`;
}
