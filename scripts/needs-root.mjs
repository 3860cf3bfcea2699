/** Tests that trace: without root both runners leave them out, and `npm test` tells them as skipped, file by file. */
import fs from "node:fs";
import { join } from "node:path";
import { root } from "./step.mjs";

const FOLDERS = ["e2e", "native"];

/** Paths in the project; empty for root. */
export const leftOut =
  process.getuid?.() === 0
    ? []
    : FOLDERS.flatMap((folder) =>
        fs
          .readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
          .filter((file) => /\.(test|spec)\.ts$/.test(file))
          .map((file) => join(folder, file)),
      );
