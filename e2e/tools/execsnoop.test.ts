import { chmodSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Collected } from "../harness/client";
import { asNobody, CAP_BPF, CAP_PERFMON, withServer } from "../harness/fixture";
import { build, hold, type Load, run, scratchFolder } from "../harness/load";

const BURST = 500;
const { ENOENT, EACCES, ENOEXEC } = constants.errno;
const execs = build("execs.c");

describe.each([
  { user: "root", command: [] },
  { user: "a user with two capabilities", command: asNobody(CAP_PERFMON, CAP_BPF) },
])("as $user", ({ command }) => {
  const at = withServer([], command);

  /** Rows of the load's children; filters cannot know their ids before. */
  async function trace(
    args: string[],
  ): Promise<{ load: Load; seen: Collected; children: [number, number][] }> {
    const load = await hold(execs, args);
    const seen = await at.client.start("execsnoop");
    const printed = await run(load);
    const info = await at.client.stop(seen);
    expect(info.loss.ring).toBe(0);
    seen.rows = seen.rows.filter(({ parent }) => parent === load.pid);
    const children = printed
      .trim()
      .split("\n")
      .map((line) => line.split(" ").map(Number) as [number, number]);
    return { load, seen, children };
  }
  const argumentsOf = (seen: Collected): string[][] => seen.rows.map(({ args }) => String(args).split("\0"));

  test(`a burst of ${BURST} processes: none is missing, and each has its arguments`, async () => {
    const args = ["with spaces", "", "qu'o\"tes", "new\nline", "*ä☃", "-x=$HOME", ""];
    const { seen, children } = await trace([String(BURST), "/bin/true", ...args]);
    expect(seen.rows.map(({ pid }) => pid)).toEqual(children.map(([pid]) => pid));
    expect(argumentsOf(seen)).toEqual(children.map((_, i) => ["/bin/true", String(i), ...args]));
    for (const { ret, comm, parent_comm, uid, truncated } of seen.rows)
      expect([ret, comm, parent_comm, uid, truncated]).toEqual([0, "true", "execs", 0, 0]);
  });

  test("a long argument vector is whole, a longer one is cut and says so", async () => {
    const many = Array.from({ length: 1200 }, (_, i) => `argument ${i}`);
    const { seen } = await trace(["2", "/bin/true", ...many]);
    expect(argumentsOf(seen)).toEqual([0, 1].map((i) => ["/bin/true", String(i), ...many]));

    const { seen: cut } = await trace(["1", "/bin/true", ...many, ...many]);
    expect(cut.rows.map(({ truncated }) => truncated)).toEqual([1]);
    const whole = ["/bin/true", "0", ...many, ...many].join("\0");
    expect(whole.startsWith(String(cut.rows[0]?.args))).toBe(true);
    expect(String(cut.rows[0]?.args).length).toBeGreaterThan(16_000);
  });

  test.each([
    ["is not there", ENOENT, (path: string) => path],
    ["may not be executed", EACCES, (path: string) => writeFileSync(path, "", { mode: 0o644 })],
    [
      "is no program",
      ENOEXEC,
      (path: string) => {
        writeFileSync(path, "\0");
        chmodSync(path, 0o755);
      },
    ],
  ])("a file that %s", async (_, errno, prepare) => {
    const path = join(scratchFolder(), "file");
    prepare(path);
    const { seen, children } = await trace(["20", path, "two words", "", "last"]);
    expect(children.every(([, result]) => result === -errno)).toBe(true);
    expect(seen.rows.map(({ pid, ret }) => [pid, ret])).toEqual(children);
    expect(argumentsOf(seen)).toEqual(children.map((_, i) => [path, String(i), "two words", "", "last"]));
  });
});
