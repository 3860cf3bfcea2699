/** Where the server keeps what outlives it: the secret of its links, the audit log, snapshots. */
import { chmodSync, mkdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { refuse } from "./problem";

/**
 * `named` (--state), else systemd's StateDirectory=, else `ringside` in XDG's folder for state
 * (https://specifications.freedesktop.org/basedir-spec/latest/).
 */
export function statePath(named: string | undefined, environment: NodeJS.ProcessEnv = process.env): string {
  const { STATE_DIRECTORY, XDG_STATE_HOME } = environment;
  if (named) return resolve(named);
  // systemd joins several with colons.
  if (STATE_DIRECTORY) return STATE_DIRECTORY.split(":")[0] ?? STATE_DIRECTORY;
  // XDG: a relative path is to be ignored.
  const home = XDG_STATE_HOME?.startsWith("/") ? XDG_STATE_HOME : join(homedir(), ".local", "state");
  return join(home, "ringside");
}

/** With those above it. Node's own `recursive` never returns where the kernel makes no folder, as in /proc. */
function makeFolder(folder: string): void {
  const isThere = () => statSync(folder, { throwIfNoEntry: false })?.isDirectory();
  if (isThere()) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another server may have made it just now.
    if (!isThere()) throw error;
  }
}

/** The folder, made if it is not there, for this user's eyes only. Throws a UserError where that cannot be. */
export function stateFolder(named?: string): string {
  const folder = statePath(named);
  try {
    makeFolder(folder);
    chmodSync(folder, 0o700);
  } catch (error) {
    refuse(
      `${folder} cannot hold what the server keeps: ${error instanceof Error ? error.message : error}.`,
      "Name a folder that this user may write: --state FOLDER.",
    );
  }
  return folder;
}
