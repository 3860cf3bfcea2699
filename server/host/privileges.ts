/** As root: gives up what the server does not need, before it listens or opens anything. */
import { chownSync, lchownSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { BpfError, giveNoneOn, restartWith } from "../../native";
import type { Options } from "../options";
import { refuse } from "../problem";
import { stateFolder } from "../state";
import { capabilities, has, numberOf } from "./capabilities";

/** To listen on a port below 1024. */
const CAP_NET_BIND_SERVICE = 10;

interface User {
  uid: number;
  gid: number;
}

/** What install-service makes, or else the user who owns nothing. */
const USUAL_USERS = ["ringside", "nobody"];

/** undefined: there is no such user. From the file alone: asking a directory service might take long. */
function userOf(name: string): User | undefined {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((one) => one.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  return line ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

/** The state folder goes to the user who writes to it from now on; once it is not root's, nothing in it is touched. */
function handOver(folder: string, { uid, gid }: User): void {
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" }))
    lchownSync(join(folder, entry), uid, gid);
  chownSync(folder, uid, gid);
}

const ROOT: User = { uid: 0, gid: 0 };

function wanted(name: string | undefined, owner: User): User {
  if (name !== undefined)
    return userOf(name) ?? refuse(`There is no user ${name} here.`, "Give --user another, or leave it out.");
  // Without this one another user could not read what root can: tracefs, this program below /root.
  if (!has("CAP_DAC_READ_SEARCH")) return ROOT;
  if (owner.uid !== 0) return owner;
  return USUAL_USERS.map(userOf).find((one) => one) ?? ROOT;
}

/** Whether it runs with no more than it needs: not as root, or as a root that can gain nothing. */
const isShed = (): boolean =>
  process.geteuid?.() !== 0 || /^NoNewPrivs:\s*1/m.test(readFileSync("/proc/self/status", "utf8"));

/**
 * Starts this program again, in the same process, as a user who is not root, with the capabilities that tracing needs
 * and none besides; the second time, and for anyone but root, it only sees to it that programs the server starts get
 * none of them. `name`: the user; "root" keeps root's identity, and so its files, without its other rights.
 */
export function shedPrivileges({ user: name, port, state }: Options): void {
  if (isShed()) {
    giveNoneOn();
    return;
  }
  const folder = stateFolder(state);
  const { uid, gid } = statSync(folder);
  const user = wanted(name, { uid, gid });
  if (uid === 0 && user.uid !== 0) handOver(folder, user);
  const kept = capabilities.map(numberOf);
  if (port > 0 && port < 1024) kept.push(CAP_NET_BIND_SERVICE);
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const become = ({ uid, gid }: User) => restartWith({ capabilities: kept, user: uid, group: gid }, command);
  try {
    become(user);
  } catch (error) {
    // A container may have no other user at all.
    if (name !== undefined || !(error instanceof BpfError)) throw error;
    become(ROOT);
  }
}
