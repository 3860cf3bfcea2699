/** Control groups of version 2: ids (the directory's inode number) to paths and back. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where cgroup v2 is mounted; "" when it is not. */
function mountPoint(): string {
  const line = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .find((mount) => mount.split(" ")[2] === "cgroup2");
  return line?.split(" ")[1] ?? "";
}

function* walk(folder: string, path: string): Generator<string> {
  yield path;
  let names: string[] = [];
  try {
    names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return; // The group was removed meanwhile.
  }
  for (const name of names) yield* walk(join(folder, name), join(path, name));
}

/** Paths, relative to the mount, that hold `search`; at most 100. */
export function findCgroups(search: string): string[] {
  const root = mountPoint();
  const found: string[] = [];
  if (root) for (const path of walk(root, "/")) if (path.includes(search) && found.push(path) === 100) break;
  return found;
}

/** The id of a path; undefined when there is no such group. */
export function cgroupId(path: string): bigint | undefined {
  const root = mountPoint();
  if (!root) return undefined;
  return statSync(join(root, path), { bigint: true, throwIfNoEntry: false })?.ino;
}

const paths = new Map<bigint, string>();
let walkedAt = Number.NEGATIVE_INFINITY;
/** An id that is not known is looked for again after so long: walking thousands of groups takes a while. */
const WALK_AGAIN_MS = 1000;

/** The path of an id, "" when no group has it. Ids are not used twice, so a group that is gone keeps its path. */
export function cgroupPath(id: bigint): string {
  if (!paths.has(id) && performance.now() - walkedAt > WALK_AGAIN_MS) {
    const root = mountPoint();
    for (const path of root ? walk(root, "/") : []) paths.set(cgroupId(path) ?? 0n, path);
    walkedAt = performance.now();
  }
  return paths.get(id) ?? "";
}
