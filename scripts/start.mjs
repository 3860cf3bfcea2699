/** `npm start`: set-up, then the server, with the privileges that tracing needs and no more. */
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { canTrace, keptEnvironment, setpriv, sudo } from "./privileges.mjs";
import { serverFlags } from "./server-flags.mjs";
import { setup } from "./setup.mjs";
import { Failure, root, run } from "./step.mjs";

const server = join(root, "dist/server.js");

/** The command that starts the server: as it is, or through sudo, or without privileges and saying so. */
function serve() {
  const command = [process.execPath, ...serverFlags, server, ...process.argv.slice(2)];
  if (canTrace() || process.getuid?.() === 0 || process.env.RINGSIDE_NO_SUDO) return command;
  const asRoot = sudo();
  if (asRoot) return [...asRoot, ...setpriv(), ...keptEnvironment(), ...command];
  process.stdout.write(
    `sudo is not available, so Ringside starts without privileges and cannot trace; as root, this starts it with them:\n` +
      `  ${[...setpriv(), ...command].join(" ")}\n`,
  );
  return command;
}

/**
 * Every process below `pid`; sudo and its monitor lie between us and the server.
 * @param {number} pid
 * @returns {number[]}
 */
function descendants(pid) {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!fs.existsSync(file)) return [];
  const children = fs.readFileSync(file, "utf8").split(" ").filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** @param {NodeJS.Signals} signal */
function passOn(signal) {
  for (const pid of descendants(process.pid))
    try {
      process.kill(pid, signal);
    } catch {
      // sudo is root's, or it has ended meanwhile: the server itself is ours.
    }
}

await run(async () => {
  const wantsHelp = process.argv.slice(2).some((word) => word === "--help" || word === "-h");
  if (!wantsHelp || !fs.existsSync(server)) await setup();
  if (wantsHelp) {
    process.exitCode = spawnSync(process.execPath, [server, "--help"], { stdio: "inherit" }).status ?? 1;
    return;
  }
  const [program = "", ...args] = serve();
  const child = spawn(program, args, { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, passOn);
  process.exitCode = await new Promise((resolve, reject) => {
    child.on("close", (code) => resolve(code ?? 1));
    child.on("error", (error) => reject(new Failure(`${program} cannot be started: ${error.message}.`)));
  });
});
