import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Collected } from "../harness/client";
import { withServer } from "../harness/fixture";
import { scratchFolder } from "../harness/load";

/** Direct requests of the load; each is small enough to be one request to any disk. */
const REQUESTS = 500;
const at = withServer();

/** Operations by number (enum req_op of the kernel) and the field of /sys/block/DISK/stat that counts them. */
const OPERATIONS = [
  { op: 0, field: 0, name: "reads" },
  { op: 1, field: 4, name: "writes" },
  { op: 3, field: 11, name: "discards" },
  { op: 2, field: 15, name: "flushes" },
] as const;

/** The disk below the folder of temporary files: `vda` of 254:0, its sysfs folder. */
function diskOf(folder: string): { number: number; stat(): number[] } {
  const { dev } = statSync(folder);
  // As glibc's gnu_dev_major and gnu_dev_minor, for the numbers that disks have.
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >>> 12) & 0xfff00)];
  const sysfs = execFileSync("readlink", ["-f", `/sys/dev/block/${major}:${minor}`], {
    encoding: "utf8",
  }).trim();
  // A partition lies in its disk's folder, and only the disk has a queue.
  const disk = execFileSync("sh", ["-c", `[ -d ${sysfs}/queue ] && echo ${sysfs} || dirname ${sysfs}`], {
    encoding: "utf8",
  }).trim();
  const [diskMajor = 0, diskMinor = 0] = readFileSync(join(disk, "dev"), "utf8")
    .trim()
    .split(":")
    .map(Number);
  return {
    number: diskMajor * 2 ** 20 + diskMinor,
    stat: () => readFileSync(join(disk, "stat"), "utf8").trim().split(/\s+/).map(Number),
  };
}

const settled = () => execFileSync("sync");

/** Requests by operation, of one disk. */
const counted = (seen: Collected, disk: number): number[] =>
  OPERATIONS.map(({ op }) => seen.sum("count", (row) => row.disk === disk && row.op === op));

test.each([{ queued: false }, { queued: true }])(
  "requests of a disk are those of /sys/block/DISK/stat, by operation ($queued)",
  async (parameters) => {
    const folder = scratchFolder();
    const file = join(folder, "blocks");
    const disk = diskOf(folder);
    // Requests of others at the very start and end fall to one side or the other: a few rounds, one must be exact.
    for (let round = 1; ; round++) {
      settled();
      const seen = await at.client.start("biolatency", parameters);
      const before = disk.stat();
      const dd = (...args: string[]) =>
        execFileSync("dd", [...args, "bs=4k", `count=${REQUESTS}`], { stdio: "ignore" });
      dd("if=/dev/zero", `of=${file}`, "oflag=direct");
      execFileSync("sync", [file]);
      dd(`if=${file}`, "of=/dev/null", "iflag=direct");
      settled();
      const after = disk.stat();
      await at.client.stop(seen);
      const done = OPERATIONS.map(({ field }) => (after[field] ?? 0) - (before[field] ?? 0));
      expect(done[0]).toBeGreaterThanOrEqual(REQUESTS);
      expect(done[1]).toBeGreaterThanOrEqual(REQUESTS);
      if (round < 5 && counted(seen, disk.number).join() !== done.join()) continue;
      expect(counted(seen, disk.number)).toEqual(done);
      return;
    }
  },
);
