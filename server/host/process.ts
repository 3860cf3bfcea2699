/** One process, read when somebody looks at it: its threads, files, sockets, limits. */
import { readdirSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { refuse } from "../problem";
import type { ProcessDetails, ProcessSocket, ProcessThread } from "../protocol/processes";
import { read, userName } from "./processes";

/** More are counted, not listed: a reply stays below a megabyte, and reading it a few tens of milliseconds. */
const MAX_THREADS = 500;
const MAX_FILES = 1000;
/** The kernel gives process times to user space in hundredths of a second on every architecture that we support. */
const TICK_MS = 10;

/** undefined: it ended meanwhile, or is not ours to read. */
const list = (path: string): string[] | undefined => {
  try {
    return readdirSync(path);
  } catch {
    return undefined;
  }
};

const link = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
};

/** Fields of proc(5)'s stat from the third on; the command before them stands in brackets and may hold anything. */
function stat(path: string): { name: string; fields: string[] } | undefined {
  const text = read(path);
  const end = text.lastIndexOf(")");
  return end < 0
    ? undefined
    : { name: text.slice(text.indexOf("(") + 1, end), fields: text.slice(end + 2).split(" ") };
}

function thread(folder: string, tid: string): ProcessThread[] {
  const about = stat(`${folder}/${tid}/stat`);
  if (!about) return [];
  const [cpu = 0, wait = 0] = read(`${folder}/${tid}/schedstat`).split(" ").map(Number);
  return [{ tid: Number(tid), name: about.name, state: about.fields[0] ?? "", cpu, wait }];
}

/** Lines of /proc/PID/limits: a name, two values and a unit, in columns at least two spaces apart. */
const limits = (pid: number): ProcessDetails["limits"] =>
  read(`/proc/${pid}/limits`)
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [name, soft, hard, unit = ""] = line.trim().split(/\s{2,}/);
      return name && soft && hard ? [{ name: name.replace(/^Max /, ""), soft, hard, unit }] : [];
    });

/** include/net/tcp_states.h */
const STATES = [
  "",
  "ESTABLISHED",
  "SYN_SENT",
  "SYN_RECV",
  "FIN_WAIT1",
  "FIN_WAIT2",
  "TIME_WAIT",
  "CLOSE",
  "CLOSE_WAIT",
  "LAST_ACK",
  "LISTEN",
  "CLOSING",
];

/** `0100007F:1F90`: words in the machine's byte order, then the port. */
export function endpoint(text: string): string {
  const [address = "", port = ""] = text.split(":");
  const bytes = Buffer.from(address, "hex");
  for (let word = 0; word + 4 <= bytes.length; word += 4) bytes.subarray(word, word + 4).reverse();
  const isMapped = bytes.toString("hex").startsWith(`${"0".repeat(20)}ffff`);
  if (bytes.length === 4 || isMapped)
    return `${[...bytes.subarray(-4)].join(".")}:${Number.parseInt(port, 16)}`;
  // The URL parser writes it as RFC 5952 wants.
  const groups = bytes.toString("hex").match(/.{4}/g)?.join(":");
  return `${new URL(`http://[${groups}]`).hostname}:${Number.parseInt(port, 16)}`;
}

/** Those of `wanted` (inode to descriptor) that a table of /proc/PID/net holds. */
async function socketsOf(pid: number, protocol: string, wanted: ReadonlyMap<string, number>) {
  const text = await readFile(`/proc/${pid}/net/${protocol}`, "utf8").catch(() => "");
  const found: ProcessSocket[] = [];
  for (const line of text.split("\n").slice(1)) {
    const words = line.trim().split(/\s+/);
    const isUnix = protocol === "unix";
    const fd = wanted.get(words[isUnix ? 6 : 9] ?? "");
    if (fd === undefined) continue;
    if (isUnix) found.push({ fd, protocol, local: words[7] ?? "", remote: "", state: "" });
    else {
      const [, local = "", remote = "", state = ""] = words;
      const isTcp = protocol.startsWith("tcp");
      found.push({
        fd,
        protocol,
        local: endpoint(local),
        remote: /^0+:0+$/.test(remote) ? "" : endpoint(remote),
        state: isTcp ? (STATES[Number.parseInt(state, 16)] ?? state) : "",
      });
    }
  }
  return found;
}

const gone = (pid: number): never =>
  refuse(`Process ${pid} has ended.`, "Close it and choose another: what it did is in the runs that saw it.");

/**
 * `startedMs`: when it was started, milliseconds of CLOCK_BOOTTIME; its number may belong to another by now. Throws a
 * UserError when it has ended.
 */
export async function processDetails(pid: number, startedMs: number): Promise<ProcessDetails> {
  const folder = `/proc/${pid}`;
  const about = stat(`${folder}/stat`);
  const startedTick = Number(about?.fields[19]);
  if (!about || Math.abs(startedTick - Math.floor(startedMs / TICK_MS)) > 1) return gone(pid);
  const status = read(`${folder}/status`);
  const field = (name: string): string => new RegExp(`^${name}:\\s*(.+)$`, "m").exec(status)?.[1] ?? "";
  const uid = field("Uid").split("\t")[1] ?? "";
  const tids = list(`${folder}/task`) ?? [];
  const fds = list(`${folder}/fd`)?.sort((a, b) => Number(a) - Number(b));
  const files = (fds ?? [])
    .slice(0, MAX_FILES)
    .map((fd) => ({ fd: Number(fd), path: link(`${folder}/fd/${fd}`) }));
  const inodes = new Map(
    files.flatMap(({ fd, path }) => {
      const inode = /^socket:\[(\d+)\]$/.exec(path)?.[1];
      return inode ? [[inode, fd] as const] : [];
    }),
  );
  const tables = inodes.size > 0 ? ["tcp", "tcp6", "udp", "udp6", "unix"] : [];
  const sockets = (await Promise.all(tables.map((table) => socketsOf(pid, table, inodes)))).flat();
  const bytes = (name: string): number => Number.parseInt(field(name), 10) * 1024 || 0;
  return {
    command: about.name,
    commandLine: read(`${folder}/cmdline`).replace(/\0$/, ""),
    executable: link(`${folder}/exe`),
    directory: link(`${folder}/cwd`),
    user: userName(Number(uid)) || uid,
    memory: { resident: bytes("VmRSS"), swapped: bytes("VmSwap"), virtual: bytes("VmSize") },
    threads: {
      all: tids.length,
      list: tids.slice(0, MAX_THREADS).flatMap((tid) => thread(`${folder}/task`, tid)),
    },
    files: { all: fds?.length ?? 0, list: files, ...(!fds && { hidden: true }) },
    sockets: sockets.sort((a, b) => a.fd - b.fd),
    limits: limits(pid),
  };
}
