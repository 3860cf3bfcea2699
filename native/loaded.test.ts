import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  type BpfErrorCode,
  type BpfObject,
  countMap,
  enableStatistics,
  listHolders,
  listMaps,
  listPrograms,
  nameCalls,
  readMap,
  readProgram,
} from "./index";
import { bpftool, compareLinks, compareMaps, comparePrograms } from "./testdata/bpftool";
import { GETPPID, open } from "./testdata/harness";

const code = (code: BpfErrorCode) => expect.objectContaining({ code });

/** Two programs and their maps, attached; they see this process's `process.ppid`. */
async function running(): Promise<BpfObject> {
  const object = open("calls");
  object.configure("pid", process.pid);
  object.configure("call", GETPPID);
  await object.load(["calls_record", "calls_count"]);
  await object.attach("calls_record");
  await object.attach("calls_count");
  return object;
}

describe("what is listed is what bpftool shows", () => {
  test.each([
    ["programs", comparePrograms],
    ["maps", compareMaps],
    ["links", compareLinks],
  ])("%s", async (_, compare) => {
    await running();
    const { compared, wrong } = await compare();
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(1);
  });

  test("when a program was loaded", async () => {
    await running();
    const uptime = Number(fs.readFileSync("/proc/uptime", "utf8").split(" ")[0]);
    const theirs = new Map(bpftool("prog", "show").map((one) => [one.id, one]));
    const { loaded } = await listPrograms();
    const both = loaded.filter(({ id }) => theirs.has(id));
    expect(both.length).toBeGreaterThan(1);
    for (const { id, loadedAt } of both) {
      const ours = Date.now() / 1000 - uptime + loadedAt / 1e9;
      // bpftool rounds to a second, and reads the clocks itself.
      expect(Math.abs(ours - Number(theirs.get(id)?.loaded_at))).toBeLessThan(5);
    }
  });

  test("holders", async () => {
    await running();
    const holders = await listHolders();
    const own = holders.filter(({ pid, kind }) => pid === process.pid && kind === "program");
    expect(own.length).toBeGreaterThanOrEqual(2);
    for (const { id, pids } of bpftool("prog", "show"))
      for (const { pid } of (pids as { pid: number }[] | undefined) ?? []) {
        if (pid !== process.pid) continue;
        expect(own.map((holder) => holder.id)).toContain(id);
      }
  });
});

test("statistics count while they are held", async () => {
  await running();
  const runs = async () => {
    const { loaded } = await listPrograms();
    return loaded.findLast(({ name }) => name === "calls_count")?.runs ?? 0;
  };
  const busy = () => {
    for (let i = 0; i < 100; i++) process.ppid;
  };
  const stop = enableStatistics();
  const before = await runs();
  busy();
  expect(await runs()).toBeGreaterThanOrEqual(before + 100);
  stop();
});

describe("code", () => {
  async function recordId(): Promise<number> {
    const { loaded } = await listPrograms();
    return loaded.findLast(({ name }) => name === "calls_record")?.id ?? 0;
  }

  test("bytes are those that bpftool writes, lines those of the source", async () => {
    await running();
    const id = await recordId();
    const { translated, compiled, lines, functions } = await readProgram(id);
    const path = `/tmp/ringside-${process.pid}-translated`;
    onTestFinished(() => fs.rmSync(path, { force: true }));
    execFileSync("bpftool", ["prog", "dump", "xlated", "id", String(id), "file", path]);
    expect(translated).toEqual(fs.readFileSync(path));
    expect(functions.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(compiled.length);
    expect(lines.length).toBeGreaterThan(3);
    const source = fs.readFileSync("native/testdata/calls.bpf.c", "utf8").split("\n");
    // Line 0 is what the compiler added.
    const own = lines.filter(({ file, number }) => file.endsWith("calls.bpf.c") && number > 0);
    expect(own.length).toBeGreaterThan(3);
    for (const { number, text } of own) expect(source[number - 1]).toBe(text);
  });

  test("names of helpers and functions are the kernel's", async () => {
    const symbols = fs.readFileSync("/proc/kallsyms", "utf8");
    const address = (name: string) =>
      BigInt(`0x${new RegExp(`^([0-9a-f]+) \\w ${name}$`, "m").exec(symbols)?.[1] ?? 0}`);
    const base = address("__bpf_call_base");
    const helper = address("bpf_get_current_pid_tgid");
    const { calls, addresses } = await nameCalls(
      Int32Array.of(Number(helper - base), 0),
      BigUint64Array.of(helper, 1n),
    );
    expect(calls).toEqual(["bpf_get_current_pid_tgid", ""]);
    expect(addresses).toEqual(["bpf_get_current_pid_tgid", ""]);
  });

  test("a program that is not there is NOT_FOUND, and a wrong id an ARGUMENT", async () => {
    await expect(readProgram(2 ** 31)).rejects.toThrow(code("NOT_FOUND"));
    for (const id of [0, -1, 1.5, Number.NaN, "1" as unknown as number])
      expect(() => readProgram(id)).toThrow(code("ARGUMENT"));
  });
});

describe("rows of a map", () => {
  async function mapOf(name: string) {
    const { loaded } = await listMaps();
    const found = loaded.findLast((map) => map.name === name);
    if (!found) throw new Error(`no map ${name}`);
    return found;
  }

  test("are those that bpftool dumps, also a page at a time", async () => {
    await running();
    for (let i = 0; i < 10; i++) process.ppid;
    const map = await mapOf("plain_array");
    const theirs = JSON.parse(
      execFileSync("bpftool", ["-j", "map", "dump", "id", String(map.id)], { encoding: "utf8" }),
    ) as { key: string[] }[];
    const keys: string[] = [];
    let after: Buffer | undefined;
    for (;;) {
      const page = await readMap(map.id, after, 3);
      keys.push(...page.rows.map(({ key }) => key.toString("hex")));
      for (const { keyText } of page.rows) expect(keyText).not.toBe("");
      after = page.rows.at(-1)?.key;
      if (!page.more) break;
    }
    expect(keys).toEqual(theirs.map(({ key }) => key.map((byte) => byte.slice(2)).join("")));
    expect(await countMap(map.id)).toBe(keys.length);
  });

  test("a ring has none, a wrong key and a map that is gone are told", async () => {
    await running();
    const ring = await mapOf("events");
    await expect(readMap(ring.id, undefined, 1)).rejects.toThrow(code("UNSUPPORTED"));
    await expect(countMap(ring.id)).rejects.toThrow(code("UNSUPPORTED"));
    const map = await mapOf("plain_array");
    await expect(readMap(map.id, Buffer.alloc(3), 1)).rejects.toThrow(code("ARGUMENT"));
    await expect(readMap(2 ** 31, undefined, 1)).rejects.toThrow(code("NOT_FOUND"));
    expect(() => readMap(map.id, undefined, 0)).toThrow(code("ARGUMENT"));
    expect(() => readMap(map.id, "00" as unknown as Buffer, 1)).toThrow(code("ARGUMENT"));
  });
});
