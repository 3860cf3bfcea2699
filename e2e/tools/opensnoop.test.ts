import { constants } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Row } from "../harness/client";
import { asNobody, CAP_BPF, CAP_PERFMON, withServer } from "../harness/fixture";
import { build, hold, run, scratchFolder } from "../harness/load";

const COUNT = 20_000;
const { ENOENT, ENOTDIR, ENAMETOOLONG, EFAULT } = constants.errno;
/** From include/uapi/asm-generic/fcntl.h, the same on x86 and arm64; node's constants lack O_CLOEXEC. */
const O_CREAT_EXCL_WRONLY = 0o301;
const O_CLOEXEC = 0o2000000;

const opens = build("opens.c");
const openPath = build("open-path.c");

/** What opens.c says it does for number `i`; a descriptor's number is not known, only that there is one. */
function expected(folder: string, i: number): Row {
  const number = String(i).padStart(6, "0");
  if (i % 2 === 0)
    return { path: join(folder, number), flags: O_CREAT_EXCL_WRONLY, mode: 0o600 | (i & 6), ret: 0 };
  return i % 4 === 3
    ? { path: join(folder, "file", number), flags: O_CLOEXEC, mode: 0, ret: -ENOTDIR }
    : { path: join(folder, number), flags: O_CLOEXEC, mode: 0, ret: -ENOENT };
}

describe.each([
  { attached: "tp", user: "root", command: [] },
  { attached: "tp_btf", user: "a user with two capabilities", command: asNobody(CAP_PERFMON, CAP_BPF) },
])("as $user, by $attached", ({ attached, command }) => {
  const at = withServer([], command);

  test(`${COUNT} opens are ${COUNT} rows, each with its path, flags, mode and result`, async () => {
    const folder = scratchFolder();
    const load = await hold(opens, [folder, String(COUNT)]);
    const seen = await at.client.start("opensnoop", { pid: load.pid });
    await run(load);
    const info = await at.client.stop(seen);
    expect(info.attached).toBe(attached);
    expect(info.count + info.loss.ring).toBe(COUNT);
    expect(seen.rows.length + seen.notSent).toBe(info.count);
    expect(seen.rows.length).toBeGreaterThan(COUNT / 2);

    const number = ({ path }: Row) => Number(/\d+$/.exec(String(path))?.[0]);
    const said = seen.rows.map(({ path, flags, mode, ret }) => ({
      path,
      flags,
      mode,
      ret: Math.min(0, Number(ret)),
    }));
    expect(said).toEqual(seen.rows.map((row) => expected(folder, number(row))));
    expect(new Set(seen.rows.map(number)).size).toBe(seen.rows.length);
    const who = new Set(seen.rows.map(({ pid, tid, comm, uid }) => [pid, tid, comm, uid].join()));
    expect([...who]).toEqual([[load.pid, load.pid, "opens", 0].join()]);
  });

  test("a path arrives whole, however long; what is no path arrives as none", async () => {
    const longest = `${"./".repeat(2043)}no-file.x`;
    const tooLong = `${longest}yyy`;
    expect(longest).toHaveLength(4095);
    const paths = ["/etc/hostname", "/tmp/a b\tä☃\"'", longest, tooLong, "", "NULL"];
    const load = await hold(openPath, paths);
    const seen = await at.client.start("opensnoop", { pid: load.pid });
    await run(load);
    await at.client.stop(seen);
    expect(seen.rows.map(({ path }) => path)).toEqual([...paths.slice(0, 3), longest, "", ""]);
    expect(seen.rows.slice(1).map(({ ret }) => ret)).toEqual([
      -ENOENT,
      -ENOENT,
      -ENAMETOOLONG,
      -ENOENT,
      -EFAULT,
    ]);
  });

  test("failed only", async () => {
    const load = await hold(opens, [scratchFolder(), "1000"]);
    const seen = await at.client.start("opensnoop", { pid: load.pid, failed: true });
    await run(load);
    await at.client.stop(seen);
    expect(seen.rows).toHaveLength(500);
    expect(seen.rows.every(({ ret }) => Number(ret) < 0)).toBe(true);
  });
});
