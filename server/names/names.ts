/** Numbers that only the host can name: users, disks, control groups, processes. */
import { readlinkSync } from "node:fs";
import { basename } from "node:path";
import { cgroupPath } from "../host/cgroups";
import { command, commandLine, userName } from "../host/processes";
import type { NameKind } from "../protocol";

/** The kernel's own dev_t: 12 bits of major, 20 of minor (include/linux/kdev_t.h). */
function diskName(dev: number): string {
  try {
    return basename(readlinkSync(`/sys/dev/block/${dev >>> 20}:${dev & 0xfffff}`));
  } catch {
    return "";
  }
}

const NAME_OF: Record<NameKind, (id: string) => string> = {
  uid: (id) => userName(Number(id)),
  dev: (id) => diskName(Number(id)),
  cgroup: (id) => cgroupPath(BigInt(id)),
  pid: (id) => command(Number(id)),
  argv: (id) => commandLine(Number(id)),
};

/** Names by id, "" where the host knows none; ids that are no numbers are left out. */
export function namesOf(kind: NameKind, ids: readonly string[]): Record<string, string> {
  return Object.fromEntries(ids.filter((id) => /^\d{1,20}$/.test(id)).map((id) => [id, NAME_OF[kind](id)]));
}
