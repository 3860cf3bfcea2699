/** The command that starts the built server, the same for users, tests and the bench. */
import { join } from "node:path";
import { root } from "./step.mjs";

export const server = join(root, "dist/server.js");

/**
 * A young generation of 1 MiB: batches are external to V8's heap, and a larger one only holds 4 MiB of memory.
 * @param {readonly string[]} args
 */
export const serverCommand = (args) => [process.execPath, "--max-semi-space-size=1", server, ...args];
