/** Runs one step of set-up quietly: one line with its time; what it printed only when it fails. */
import { spawn } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** Packages, their cache and the built files take 0.9 GiB. */
const NEEDED_MIB = 1024;
/** The end of a failed step's output; compilers and npm put the cause there. */
const SHOWN_LINES = 80;

/** Something the user can mend: told as its sentence, without a stack. */
export class Failure extends Error {}

/** The sentence for a full disk: the fullest of the folders that a step writes to. */
function diskFull() {
  const folders = [root, tmpdir(), process.env.HOME ?? root].map((folder) => {
    const { bavail, bsize } = fs.statfsSync(folder);
    return { folder, free: Math.round((bavail * bsize) / 1024 / 1024) };
  });
  const [fullest] = folders.sort((a, b) => a.free - b.free);
  return `The disk that holds ${fullest?.folder} is too full: ${fullest?.free} MiB are free, set-up needs about ${NEEDED_MIB} MiB.`;
}

/**
 * Throws a Failure with `failed` as its sentence when the command does not end with 0.
 * @param {string} title
 * @param {string[]} command
 * @param {{ failed: string, env?: Record<string, string> | undefined, uid?: number | undefined, gid?: number | undefined }} options
 * @returns {Promise<void>}
 */
export async function step(title, [program = "", ...args], { failed, env, ...identity }) {
  const began = performance.now();
  process.stdout.write(`${title} … `);
  /** @type {Buffer[]} */
  const output = [];
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...identity,
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(chunk));
  const status = await new Promise((resolve) => {
    child.on("close", (code, signal) => resolve(code ?? signal));
    child.on("error", (error) => {
      output.push(Buffer.from(error.message));
      resolve(error);
    });
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`${status === 0 ? "" : "failed after "}${seconds} s\n`);
  if (status === 0) return;
  const text = Buffer.concat(output).toString().trimEnd();
  process.stderr.write(`${text.split("\n").slice(-SHOWN_LINES).join("\n")}\n`);
  throw new Failure(/ENOSPC|No space left on device/.test(text) ? diskFull() : failed);
}

/**
 * Runs a script's main function; a Failure becomes its sentence and exit status 1.
 * @param {() => Promise<void>} main
 */
export async function run(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
