#!/usr/bin/env node
/**
 * The program `ringside`, and `npm start`: the server, or a command beside it, with the privileges that it needs and no
 * more. What serves is set up first.
 */
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { canTrace, keptEnvironment, setpriv, sudo } from "./privileges.mjs";
import { serverFlags } from "./server-flags.mjs";
import { setup } from "./setup.mjs";
import { Failure, root, run } from "./step.mjs";

const server = join(root, "dist/server.js");
/** `ringside start` is what no command at all is. */
const args = process.argv[2] === "start" ? process.argv.slice(3) : process.argv.slice(2);
/** They write to a pipe, or are called often: what is there already is taken as it is. */
const QUICK = ["record", "tools", "list", "open", "export"];
/** They look at files only, or (install-service) do as root, or tell, what the caller may. */
const UNPRIVILEGED = ["list", "open", "export", "install-service"];
const isDemo = args.includes("--demo") || process.env.RINGSIDE_DEMO === "1";

/** The command that starts the server: as it is, or through sudo, or without privileges and saying so. */
function serve() {
  const command = [process.execPath, ...serverFlags, server, ...args];
  if (
    isDemo ||
    UNPRIVILEGED.includes(args[0] ?? "") ||
    canTrace() ||
    process.getuid?.() === 0 ||
    process.env.RINGSIDE_NO_SUDO
  )
    return command;
  const asRoot = sudo();
  if (asRoot) return [...asRoot, ...setpriv(), ...keptEnvironment(), ...command];
  process.stderr.write(
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

/** Set-up in another process, whose words go to standard error: ours may be a pipe to a program. */
function setupAside() {
  const { status } = spawnSync(process.execPath, [join(root, "scripts/setup.mjs")], {
    stdio: ["inherit", process.stderr, process.stderr],
  });
  if (status !== 0) throw new Failure("Ringside could not be built; the lines above say why.");
}

await run(async () => {
  const wantsHelp = args.some((word) => word === "--help" || word === "-h");
  if (!wantsHelp && !QUICK.includes(args[0] ?? "")) await setup({ demo: isDemo });
  else if (!fs.existsSync(server)) setupAside();
  if (wantsHelp) {
    process.exitCode = spawnSync(process.execPath, [server, ...args], { stdio: "inherit" }).status ?? 1;
    return;
  }
  const [program = "", ...words] = serve();
  const child = spawn(program, words, { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, passOn);
  process.exitCode = await new Promise((resolve, reject) => {
    child.on("close", (code) => resolve(code ?? 1));
    child.on("error", (error) => reject(new Failure(`${program} cannot be started: ${error.message}.`)));
  });
});
