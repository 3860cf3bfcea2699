/** The tools beside ours: Debian's libbpf-tools opensnoop and bpftrace with its own opensnoop.bt. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { sleep } from "./measure";

export interface Peer {
  name: string;
  command: readonly string[];
}

const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];

function find(program: string): string | undefined {
  return folders
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** The version of the Debian package that a file belongs to, without epoch and revision; "" elsewhere. */
function packageVersion(path: string): string {
  const dpkg = (...args: string[]) =>
    execFileSync("dpkg", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  try {
    const owner = dpkg("-S", path).split(":")[0] ?? "";
    return /^Version: (?:\d+:)?([^-+\n]+)/m.exec(dpkg("-s", owner))?.[1] ?? "";
  } catch {
    return "";
  }
}

/** Those that are installed, and the names of those that are not. */
export function findPeers(): { peers: Peer[]; absent: string[] } {
  const peers: Peer[] = [];
  const absent: string[] = [];
  const add = (name: string, programs: readonly string[], command: (paths: string[]) => string[]) => {
    const paths = programs.map(find);
    if (paths.every((path) => path !== undefined))
      peers.push({ name: `${name} ${packageVersion(paths[0] ?? "")}`.trim(), command: command(paths) });
    else absent.push(name);
  };
  add("libbpf-tools", ["opensnoop"], (paths) => paths);
  add("bpftrace", ["bpftrace", "opensnoop.bt"], (paths) => paths);
  return { peers, absent };
}

export class RunningPeer {
  /** Rows it says it lost. */
  lost = 0;
  private constructor(
    readonly process: ChildProcess,
    readonly pid: number,
    /** Milliseconds from its start to the first row that names the path. */
    readonly firstRowMs: number,
  ) {}

  /**
   * Starts it and waits for the first row that names `path`; something must be opening that meanwhile. To a pipe, C's
   * stdout hands on 4 KiB at a time: `byLine` is what one sees in a shell, and dearer.
   */
  static async start({ name, command }: Peer, path: string, byLine: boolean): Promise<RunningPeer> {
    const [file = "", ...args] = byLine ? ["stdbuf", "-oL", ...command] : command;
    const started = performance.now();
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
    let peer: RunningPeer | undefined;
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(0, 1000);
    });
    const first = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", () => reject(new Error(`${name} ended before its first row: ${errors}`)));
      child.stdout.on("data", (chunk: Buffer) => {
        if (!peer && chunk.includes(path)) resolve(performance.now() - started);
      });
    });
    peer = new RunningPeer(child, child.pid ?? 0, first);
    for (const stream of [child.stdout, child.stderr]) stream.on("data", peer.countLost);
    return peer;
  }

  /** "Lost 423 events", as both print it. */
  private readonly countLost = (chunk: Buffer): void => {
    if (!chunk.includes("ost ")) return;
    for (const [, rows] of chunk.toString("latin1").matchAll(/\bLost (\d+) events/gi))
      this.lost += Number(rows);
  };

  async stop(): Promise<void> {
    await sleep(0.5); // what it says of its losses comes late
    this.process.kill("SIGINT");
    await once(this.process, "close");
  }
}
