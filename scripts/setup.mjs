/**
 * Makes this tree ready to run: packages of the distribution, npm packages, built files. `--tests`: also what the
 * tests need. Runs before node_modules exists, so it imports nothing but Node; changes nothing when all is there.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasPlaywrightChromium, systemChromium } from "./chromium.mjs";
import { ensurePackages } from "./packages.mjs";
import { Failure, root, run, step } from "./step.mjs";

const OLDEST_NODE = 20;

/** Under `sudo npm start` in a user's tree, the user's own identity, so that nothing there becomes root's. */
function owner() {
  const { uid, gid } = fs.statSync(root);
  if (process.getuid?.() !== 0 || uid === 0 || String(uid) !== process.env.SUDO_UID) return {};
  const account = fs
    .readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((line) => line.split(":")[2] === String(uid));
  return { uid, gid, env: { HOME: account?.split(":")[5] ?? root } };
}

/** @param {string} path */
const readJson = (path) => JSON.parse(fs.readFileSync(join(root, path), "utf8"));

/** Whether node_modules holds what package-lock.json says; npm leaves its own lock there when it has finished. */
function packagesAreFresh() {
  if (!fs.existsSync(join(root, "node_modules/.package-lock.json"))) return false;
  const { "": _, ...wanted } = readJson("package-lock.json").packages;
  const installed = readJson("node_modules/.package-lock.json").packages;
  return (
    Object.keys(installed).every((path) => path in wanted) &&
    Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
      const there = installed[path];
      return there ? there.version === version && there.integrity === integrity : optional;
    })
  );
}

/** What shows recordings: no tool, no addon, and no compiler for them. */
const DEMO_PARTS = ["dist/server.js", "dist/snapshot-worker.js", "out/index.html"];

/** @param {{ tests?: boolean, demo?: boolean }} options */
export async function setup({ tests = false, demo = false } = {}) {
  if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE)
    throw new Failure(
      `Ringside needs Node ${OLDEST_NODE} or newer; this is ${process.version}: see https://nodejs.org.`,
    );
  if (!demo) await ensurePackages({ tests });
  const identity = owner();
  if (!packagesAreFresh())
    await step("Installing npm packages", ["npm", "ci", "--loglevel=error"], {
      failed: "npm ci failed: mend what npm says above, then try again.",
      ...identity,
    });
  if (tests && !systemChromium() && !(await hasPlaywrightChromium()))
    await step(
      "Installing Playwright's Chromium",
      ["npx", "playwright", "install", "--with-deps", "chromium"],
      {
        failed:
          "No Chromium could be installed: run `npx playwright install --with-deps chromium`, then try again.",
      },
    );
  const parts = demo ? DEMO_PARTS : [];
  if (spawnSync("make", ["-q", ...parts], { cwd: root, stdio: "ignore" }).status !== 0)
    await step("Building", ["make", "-sj2", ...parts], {
      failed: "The build failed: mend what the lines above name, then try again.",
      ...identity,
    });
}

if (fs.realpathSync(process.argv[1] ?? "") === fileURLToPath(import.meta.url))
  await run(() => setup({ tests: process.argv.includes("--tests") }));
