/** Runs a TypeScript program of the project, bundled into dist/run/: `node scripts/run-ts.mjs FILE [ARG...]`. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { root } from "./step.mjs";

/**
 * Bundles `file` and returns the path of the bundle. `packages: "bundle"` makes it a single file, quick to start where
 * reading node_modules is slow.
 * @param {string} file
 * @param {"external" | "bundle"} [packages]
 */
export async function bundle(file, packages = "external") {
  // The folder in the name: two programs called main.ts must not overwrite each other.
  const outfile = join(root, "dist/run", `${basename(dirname(file))}-${basename(file, ".ts")}.mjs`);
  await build({
    entryPoints: [join(root, file)],
    outfile,
    packages,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    // Bundled CommonJS packages call require().
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: "warning",
  });
  return outfile;
}

if (fs.realpathSync(process.argv[1] ?? "") === fileURLToPath(import.meta.url)) {
  const [file = "", ...args] = process.argv.slice(2);
  const program = await bundle(file);
  process.exitCode =
    spawnSync(process.execPath, [program, ...args], { cwd: root, stdio: "inherit" }).status ?? 1;
}
