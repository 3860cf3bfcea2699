/** Processes and users of the host, read when somebody asks. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import type { ProcessInfo } from "../protocol/processes";

/** "" where it is gone, or not ours to read. */
export const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

let users = new Map<number, string>();
let usersReadAt = -1;

/** Name of a user id, "" when /etc/passwd has none. */
export function userName(uid: number): string {
  const changed = statSync("/etc/passwd").mtimeMs;
  if (changed !== usersReadAt) {
    usersReadAt = changed;
    users = new Map();
    for (const line of read("/etc/passwd").split("\n")) {
      const [name, , id] = line.split(":");
      if (name && id && !users.has(Number(id))) users.set(Number(id), name);
    }
  }
  return users.get(uid) ?? "";
}

export const command = (pid: number): string => read(`/proc/${pid}/comm`).trimEnd();

/** So much of a command line is told where there are many; the whole is in the details of one process. */
const COMMAND_LINE_BYTES = 1000;

/** NUL behind each argument but the last; "" for kernel threads and what has ended. */
export const commandLine = (pid: number): string =>
  read(`/proc/${pid}/cmdline`).replace(/\0$/, "").slice(0, COMMAND_LINE_BYTES);

function describe(pid: number): ProcessInfo {
  const uid = /^Uid:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1];
  return {
    pid,
    command: command(pid),
    commandLine: read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trimEnd(),
    user: uid === undefined ? "" : userName(Number(uid)) || uid,
  };
}

/** Processes whose number, command or command line holds `search`, newest first, at most 100. */
export function findProcesses(search: string): ProcessInfo[] {
  const text = search.toLowerCase();
  const found: ProcessInfo[] = [];
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);
  for (const pid of pids) {
    const process = describe(pid);
    const words = `${pid} ${process.command} ${process.commandLine} ${process.user}`.toLowerCase();
    if (process.command && words.includes(text) && found.push(process) === 100) break;
  }
  return found;
}
