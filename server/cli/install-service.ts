/** `ringside install-service [OPTION...]`: a systemd service with those options; without root, what it would be. */
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { SERVICE, STATE_PATH, UNIT_PATH, unitText } from "../host/unit";
import { parseOptions } from "../options";
import { refuse } from "../problem";

const HELP = `Usage: ringside install-service [OPTION...]

Writes ${UNIT_PATH}, with the server's options given (ringside --help), makes the user
${SERVICE}, and starts the service. Without root it prints the unit and the command.
`;

function must(program: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (status === 0) return;
  const words = error?.message ?? (stderr.trim() || `it ended with status ${status}`);
  refuse(
    `${[program, ...args].join(" ")} did not work: ${words}`,
    "Mend that, and run it again: it goes on.",
  );
}

/** For a shell. */
const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const UNDO = `systemctl disable --now ${SERVICE}; rm ${UNIT_PATH}; systemctl daemon-reload; userdel ${SERVICE}; rm -r ${STATE_PATH}`;

export async function installService(argv: readonly string[]): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    process.stdout.write(HELP);
    return 0;
  }
  const options = parseOptions(argv);
  if (options.state !== undefined || options.user !== undefined)
    refuse(
      `The service is the user ${SERVICE}, and keeps what it keeps in ${STATE_PATH}.`,
      "Leave --state and --user out.",
    );
  const unit = unitText(argv);
  if (process.geteuid?.() !== 0) {
    process.stdout.write(unit);
    process.stderr.write(
      `\nNothing was changed. This writes it to ${UNIT_PATH}, makes the user ${SERVICE} and starts it:\n` +
        `  sudo ${[process.execPath, process.argv[1] ?? "", "install-service", ...argv].map(quoted).join(" ")}\n`,
    );
    return 0;
  }
  if (!existsSync("/etc/systemd/system"))
    refuse(
      "This host has no systemd.",
      "As an ordinary user the command prints the unit; take from it what your init needs.",
    );
  if (spawnSync("id", [SERVICE]).status !== 0) {
    const home = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"];
    must("useradd", "--system", "--user-group", ...home, SERVICE);
    say(`Made the user ${SERVICE}, who cannot log in and owns ${STATE_PATH} only.`);
  }
  writeFileSync(UNIT_PATH, unit);
  say(`Wrote ${UNIT_PATH}: the user ${SERVICE}, a few capabilities, files to be read only.`);
  if (existsSync("/run/systemd/system")) {
    must("systemctl", "daemon-reload");
    must("systemctl", "enable", SERVICE);
    must("systemctl", "restart", SERVICE);
    say(
      `It runs, and will after each start of the host. Its address, with a token: journalctl -u ${SERVICE}`,
    );
  } else say(`systemd is not running here: systemctl enable --now ${SERVICE} starts it where it is.`);
  say(`To undo all of it: ${UNDO}`);
  return 0;
}
