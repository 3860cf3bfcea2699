/** What Ringside needs from the distribution: how to see that it is there, and Debian's package for it. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { release } from "node:os";
import { delimiter, join } from "node:path";
import { systemChromium } from "./chromium.mjs";
import { Failure, step } from "./step.mjs";

/**
 * @typedef {object} Need
 * @property {string} name as it is called where there is no apt
 * @property {string} package
 * @property {() => boolean} found
 * @property {boolean} [optional] a test that needs it says so and is skipped
 */

/** @param {string} name */
const onPath = (name) =>
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"].some((folder) =>
    fs.existsSync(join(folder, name)),
  );

/**
 * @param {string} name
 * @param {string} [from]
 * @returns {Need}
 */
const command = (name, from = name) => ({ name, package: from, found: () => onPath(name) });

/** @param {string} path below an include folder */
const header = (path) =>
  ["/usr/include", "/usr/local/include"]
    .map((folder) => join(folder, path))
    .find((file) => fs.existsSync(file));

function libbpfVersion() {
  const file = header("bpf/libbpf_version.h");
  const text = file ? fs.readFileSync(file, "utf8") : "";
  /** @param {string} part */
  const number = (part) => Number(new RegExp(`LIBBPF_${part}_VERSION (\\d+)`).exec(text)?.[1] ?? 0);
  return { major: number("MAJOR"), minor: number("MINOR") };
}

/** @type {Need[]} */
const BUILD = [
  command("clang"),
  command("llvm-strip", "llvm"),
  command("make"),
  command("g++"),
  {
    name: "libbpf 1.1 or newer with its headers",
    package: "libbpf-dev",
    found: () => {
      const { major, minor } = libbpfVersion();
      return major > 1 || (major === 1 && minor >= 1);
    },
  },
  { name: "libelf's headers", package: "libelf-dev", found: () => header("gelf.h") !== undefined },
];

const distribution = fs.existsSync("/etc/os-release") ? fs.readFileSync("/etc/os-release", "utf8") : "";
/** Its chromium package only installs a snap, which a test cannot drive, so Playwright brings its own there. */
const isUbuntu = /^ID=ubuntu$/m.test(distribution);

/** @type {Need[]} */
const TESTS = [
  command("clang-format"),
  command("qemu-system-x86_64", "qemu-system-x86"),
  command("busybox", "busybox-static"),
  command("cpio"),
  command("pidstat", "sysstat"),
  // Ubuntu's bpftool is a wrapper around the one that belongs to the running kernel.
  command("bpftool", isUbuntu ? `linux-tools-${release()}` : "bpftool"),
  ...(!isUbuntu
    ? [{ name: "Chromium", package: "chromium", found: () => systemChromium() !== undefined }]
    : []),
  { ...command("opensnoop", "libbpf-tools"), optional: true },
];

/** @param {Need} need */
const isMissing = ({ found }) => !found();
/** @param {Need[]} needs */
const named = (needs) => needs.map(({ name }) => name).join(", ");

/** @param {string} name */
const aptHas = (name) =>
  /Candidate: (?!\(none\))/.test(spawnSync("apt-cache", ["policy", name], { encoding: "utf8" }).stdout);

/** A fresh image has no lists of packages; old ones name versions that are gone. */
function listsAreFresh() {
  const folder = "/var/lib/apt/lists";
  const day = 24 * 60 * 60 * 1000;
  return (
    fs.readdirSync(folder).some((file) => file.endsWith("_Packages") || file.endsWith("_Packages.lz4")) &&
    Date.now() - fs.statSync(folder).mtimeMs < day
  );
}

/**
 * Sees to it that everything is there: installs it as root, else throws a Failure with the command to run.
 * @param {{ tests: boolean }} options
 */
export async function ensurePackages({ tests }) {
  const missing = (tests ? [...BUILD, ...TESTS] : BUILD).filter(isMissing);
  const required = missing.filter(({ optional }) => !optional);
  const isRoot = process.getuid?.() === 0;
  if (missing.length === 0 || (required.length === 0 && !(isRoot && onPath("apt-get")))) return;
  if (!onPath("apt-get"))
    throw new Failure(`Ringside needs ${named(required)}: install with this distribution's package manager.`);
  const packages = missing
    .filter((need) => !need.optional || aptHas(need.package))
    .map((need) => need.package);
  if (packages.length === 0) return;
  if (!isRoot)
    throw new Failure(
      `Ringside needs ${named(required)}. Run this once, then try again:\n` +
        `  sudo apt-get update && sudo apt-get install --no-install-recommends ${packages.join(" ")}`,
    );
  await install(packages);
  const still = required.filter(isMissing);
  if (still.length > 0)
    throw new Failure(`This distribution's packages do not bring ${named(still)}: install that by hand.`);
}

/** @param {string[]} packages */
async function install(packages) {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const failed = "apt-get failed: mend what it says above, then try again.";
  if (!listsAreFresh())
    await step("Reading the lists of packages", ["apt-get", "update", "-qq"], { failed, env });
  await step(
    `Installing ${packages.join(", ")}`,
    ["apt-get", "install", "-qq", "--no-install-recommends", ...packages],
    { failed, env },
  );
}
