/** eBPF programs of this host, and who holds them: by the kernel's own list and by /proc. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { build } from "./load";

let lister: string | undefined;

/** Ids of all programs that are loaded, whoever holds them. */
export function loadedPrograms(): Set<number> {
  lister ??= build("programs.c");
  return new Set(execFileSync(lister, { encoding: "utf8" }).split("\n").filter(Boolean).map(Number));
}

/** Ids of the programs that a process holds open, by itself or by a link. */
export function programsOf(pid: number): number[] {
  const folder = `/proc/${pid}/fdinfo`;
  const ids = readdirSync(folder).flatMap((fd) => {
    try {
      return [...readFileSync(`${folder}/${fd}`, "utf8").matchAll(/^prog_id:\s*(\d+)/gm)].map(([, id]) =>
        Number(id),
      );
    } catch {
      return []; // Closed meanwhile.
    }
  });
  return [...new Set(ids)];
}
