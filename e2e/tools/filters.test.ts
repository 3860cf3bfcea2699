/** Process, command and cgroup: each leaves exactly its own. */
import { copyFileSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { withServer } from "../harness/fixture";
import { build, hold, type Load, run, scratchFolder } from "../harness/load";

const COUNT = 1000;
const at = withServer();
const opens = build("opens.c");
/** The same program by a name as long as the kernel keeps, 15 characters. */
const named = join(scratchFolder(), "fifteen-letters");
copyFileSync(opens, named);

/** A new group of cgroup v2, removed when the test ends. */
function makeCgroup(path: string): (load: Load) => void {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const mount = mounts.map((line) => line.split(" ")).find(([, , type]) => type === "cgroup2")?.[1];
  if (!mount) throw new Error("cgroup v2 is not mounted");
  const folder = join(mount, path);
  mkdirSync(folder);
  onTestFinished(() => rmdirSync(folder));
  return (load) => writeFileSync(join(folder, "cgroup.procs"), String(load.pid));
}

/** Runs all loads at once under a filter; gives the processes of the rows and how many each has. */
async function opened(
  parameters: Record<string, string | number>,
  loads: Load[],
): Promise<[number, number][]> {
  const seen = await at.client.start("opensnoop", parameters);
  await Promise.all(loads.map(run));
  await at.client.stop(seen);
  const byPid = new Map<number, number>();
  for (const { pid } of seen.rows) byPid.set(Number(pid), (byPid.get(Number(pid)) ?? 0) + 1);
  return [...byPid];
}

const load = (program = opens) => hold(program, [scratchFolder(), String(COUNT)]);

test("a process", async () => {
  const [one, other] = [await load(), await load()];
  expect(await opened({ pid: one.pid }, [one, other])).toEqual([[one.pid, COUNT]]);
});

test("a command, of which another is the beginning", async () => {
  const [one, other] = [await load(named), await load()];
  expect(await opened({ command: "fifteen-letters" }, [one, other])).toEqual([[one.pid, COUNT]]);
  expect(await opened({ command: "opens" }, [await load(named)])).toEqual([]);
  expect(await opened({ command: "fifteen" }, [await load(named)])).toEqual([]);
});

test("a cgroup and what is below it", async () => {
  const group = `/ringside-test-${process.pid}`;
  const join = makeCgroup(group);
  const joinBelow = makeCgroup(`${group}/below`);
  const joinBeside = makeCgroup(`${group}-beside`);
  const [inside, below, beside, outside] = [await load(), await load(), await load(), await load()];
  join(inside);
  joinBelow(below);
  joinBeside(beside);
  const found = await opened({ cgroup: group }, [inside, below, beside, outside]);
  expect(new Map(found)).toEqual(
    new Map([
      [inside.pid, COUNT],
      [below.pid, COUNT],
    ]),
  );
});

test("all three at once: only what passes each", async () => {
  const group = `/ringside-test-${process.pid}`;
  const join = makeCgroup(group);
  const [wanted, otherProcess, otherCommand] = [await load(named), await load(named), await load()];
  for (const one of [wanted, otherProcess, otherCommand]) join(one);
  expect(
    await opened({ cgroup: group, command: "fifteen-letters", pid: wanted.pid }, [
      wanted,
      otherProcess,
      otherCommand,
    ]),
  ).toEqual([[wanted.pid, COUNT]]);
});
