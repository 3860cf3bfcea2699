/** `npm run check`: types, lint (imports between folders included) and format, for TypeScript, C and C++. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { writeReport } from "./report.mjs";
import { root } from "./step.mjs";

const bin = join(root, "node_modules/.bin");

const cFiles = () =>
  ["native", "bpf", "bpf/server"].flatMap((folder) =>
    fs
      .readdirSync(join(root, folder))
      .filter((file) => /\.(c|cc|h)$/.test(file))
      .map((file) => join(folder, file)),
  );

/** @type {[name: string, command: string[]][]} */
const checks = [
  ["types", [join(bin, "tsc"), "--noEmit"]],
  ["lint and format of TypeScript", [join(bin, "biome"), "check", "--error-on-warnings"]],
  ["format of C and C++", ["clang-format", "--dry-run", "-Werror", ...cFiles()]],
];

let failed = 0;
for (const [name, [program = "", ...args]] of checks) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) {
    failed++;
    process.stdout.write(
      `${stdout ?? ""}${stderr ?? ""}${error ? `${program} cannot be run (${error.message}): npm run setup -- --tests brings it.\n` : ""}`,
    );
  }
  process.stdout.write(`${status === 0 ? "ok    " : "FAILED"} ${name}\n`);
}
writeReport({ passed: checks.length - failed, failed, skipped: [] });
process.exitCode = failed > 0 ? 1 : 0;
