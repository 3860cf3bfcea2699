/** `npm test`: set-up, then every check and test there is; the last line is the sum of them all. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { leftOut } from "./needs-root.mjs";
import { setup } from "./setup.mjs";
import { Failure, root } from "./step.mjs";

/** One of the kernels of `npm run test:kernels`: what a native kernel without kprobes cannot show. */
const KERNEL = "6.12";

/** @typedef {import("./report.mjs").Report} Report */

const folder = fs.mkdtempSync(join(tmpdir(), "ringside-test-"));
const bin = "node_modules/.bin";

/** @param {string} path */
const isOpenToAll = (path) => (fs.statSync(path).mode & 0o005) === 0o005;

/**
 * What to put before a command whose tests start servers as nobody: below a folder that only root may enter, such as
 * /root, the command sees the tree mounted where everyone may, in a mount namespace of its own.
 * @returns {string[]}
 */
function whereNobodyMay() {
  let above = root;
  while (isOpenToAll(above) && above !== dirname(above)) above = dirname(above);
  const isPossible = () => spawnSync("unshare", ["--mount", "true"], { stdio: "ignore" }).status === 0;
  if (isOpenToAll(above) || process.getuid?.() !== 0 || !isPossible()) return [];
  const place = join(folder, "tree");
  fs.mkdirSync(place);
  fs.chmodSync(folder, 0o755);
  return ["unshare", "--mount", "sh", "-c", 'mount --bind . "$0" && cd "$0" && exec "$@"', place];
}

/**
 * Runs a test runner, which leaves its Report where RINGSIDE_REPORT says; one that leaves none has crashed.
 * @param {string} name
 * @param {string[]} command
 * @returns {Report}
 */
function runner(name, [program = "", ...args]) {
  process.stdout.write(`\n── ${name}\n`);
  const file = join(folder, "report.json");
  fs.rmSync(file, { force: true });
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, RINGSIDE_REPORT: file },
  });
  if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, "utf8"));
  process.stdout.write(`${name} ended without a report: ${error?.message ?? `exit status ${status}`}\n`);
  return { passed: 0, failed: 1, skipped: [] };
}

/** @returns {Promise<Report[]>} */
async function all() {
  try {
    await setup({ tests: true });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stdout.write(`${error.message}\n`);
    return [{ passed: 0, failed: 1, skipped: [] }];
  }
  const reason = "needs root: run sudo npm test";
  return [
    { passed: 0, failed: 0, skipped: leftOut.map((name) => ({ name, reason })) },
    runner("Types, lint, format", [process.execPath, "scripts/check.mjs"]),
    runner("Unit, addon, tools, server (vitest)", [...whereNobodyMay(), join(bin, "vitest"), "run"]),
    runner("The page in Chromium (Playwright)", [join(bin, "playwright"), "test", "--pass-with-no-tests"]),
    runner(`Every tool on a stock kernel ${KERNEL}`, [process.execPath, "scripts/test-kernels.mjs", KERNEL]),
  ];
}

const reports = await all();
fs.rmSync(folder, { recursive: true });
const retried = reports.flatMap((report) => report.retried ?? []);
if (retried.length > 0) process.stdout.write("\nPassed only at the second try:\n");
for (const name of retried) process.stdout.write(`  ${name}\n`);
const skipped = reports.flatMap((report) => report.skipped);
if (skipped.length > 0) process.stdout.write("\nSkipped:\n");
for (const { name, reason } of skipped) process.stdout.write(`  ${name}: ${reason}\n`);
/** @param {"passed" | "failed"} what */
const sum = (what) => reports.reduce((total, report) => total + report[what], 0);
process.stdout.write(`\n${sum("passed")} passed, ${sum("failed")} failed, ${skipped.length} skipped\n`);
process.exitCode = sum("failed") > 0 ? 1 : 0;
