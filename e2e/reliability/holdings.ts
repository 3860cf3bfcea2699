/** What a process holds of memory, files and eBPF, by /proc. */
import { readdirSync, readFileSync } from "node:fs";

export interface Holdings {
  /** Resident memory, MiB. */
  rss: number;
  fds: number;
  /** Memory mappings. */
  mappings: number;
  /** eBPF maps and programs, by file descriptors. */
  maps: number;
  programs: number;
}

export function holdingsOf(pid: number): Holdings {
  const folder = `/proc/${pid}`;
  const fds = readdirSync(`${folder}/fdinfo`);
  const kinds = { map_id: new Set<string>(), prog_id: new Set<string>() };
  for (const fd of fds) {
    let text = "";
    try {
      text = readFileSync(`${folder}/fdinfo/${fd}`, "utf8");
    } catch {
      // Closed meanwhile.
    }
    for (const [, kind, id] of text.matchAll(/^(map_id|prog_id):\s*(\d+)/gm))
      if (id) kinds[kind as "map_id" | "prog_id"].add(id);
  }
  const status = readFileSync(`${folder}/status`, "utf8");
  return {
    rss: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024,
    fds: fds.length,
    mappings: readFileSync(`${folder}/maps`, "utf8").split("\n").length - 1,
    maps: kinds.map_id.size,
    programs: kinds.prog_id.size,
  };
}
