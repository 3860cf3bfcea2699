/** Where the project lies, both for the bundle in dist/ and for the sources under test. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isThere } from "./is-there";

function findRoot(folder: string): string {
  if (isThere(join(folder, "package.json"))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error("No package.json above this file: Ringside was moved in parts.");
  return findRoot(above);
}

export const projectRoot = findRoot(dirname(fileURLToPath(import.meta.url)));
/** `fromRoot("dist", "bpf")`: an absolute path in the project. */
export const fromRoot = (...parts: string[]): string => join(projectRoot, ...parts);
