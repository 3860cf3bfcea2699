/** Runs a TypeScript program of the project, bundled into dist/run/: `node scripts/run-ts.mjs FILE [ARG...]`. */
import { spawnSync } from "node:child_process";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";
import { root } from "./step.mjs";

const [file = "", ...args] = process.argv.slice(2);
// The folder in the name: bench/main.ts and e2e/kernels/main.ts must not overwrite each other.
const outfile = join(root, "dist/run", `${basename(dirname(file))}-${basename(file, ".ts")}.mjs`);

await build({
  entryPoints: [join(root, file)],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  logLevel: "warning",
});
const { status } = spawnSync(process.execPath, [outfile, ...args], { cwd: root, stdio: "inherit" });
process.exitCode = status ?? 1;
