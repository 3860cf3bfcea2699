/** A ring fills in a fifth of a second: who drains it, at a few percent of a core, must not wait behind what it watches. */
import { readFileSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";

const NICE = -10;

/** Goes before other programs where that is allowed (CAP_SYS_NICE); where it is not, all else works as well. */
export function goFirst(): void {
  try {
    setPriority(NICE);
    // Sessions share the CPU among each other first. Ours is raised only when it is no one else's.
    const stat = readFileSync("/proc/self/stat", "utf8");
    const session = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]);
    if (session === process.pid) writeFileSync("/proc/self/autogroup", String(NICE));
  } catch {
    // Not allowed, or a kernel without sessions' groups.
  }
}
