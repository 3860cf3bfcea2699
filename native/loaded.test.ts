import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  type BpfErrorCode,
  type BpfObject,
  countMap,
  enableStatistics,
  type LoadedLink,
  listHolders,
  listLinks,
  listMaps,
  listPrograms,
  nameCalls,
  readMap,
  readProgram,
} from "./index";
import { GETPPID, open } from "./testdata/harness";

const code = (code: BpfErrorCode) => expect.objectContaining({ code });

type Json = Record<string, unknown> & { id: number };
const bpftool = (...args: string[]): Json[] =>
  JSON.parse(execFileSync("bpftool", ["-j", ...args], { encoding: "utf8", maxBuffer: 1 << 28 }));

/** Two programs and their maps, attached; they see this process's `process.ppid`. */
function running(): BpfObject {
  const object = open("calls");
  object.configure("pid", process.pid);
  object.configure("call", GETPPID);
  object.load(["calls_record", "calls_count"]);
  object.attach("calls_record");
  object.attach("calls_count");
  return object;
}

/** The lists of ours and of bpftool, as far as both saw the same thing: others load and unload meanwhile. */
async function compared<T extends { id: number }>(
  list: () => Promise<{ loaded: T[] }>,
  what: string,
): Promise<[T, Json][]> {
  const { loaded } = await list();
  const theirs = new Map(bpftool(what, "show").map((one) => [one.id, one]));
  const both = loaded.flatMap((one): [T, Json][] => {
    const other = theirs.get(one.id);
    return other ? [[one, other]] : [];
  });
  expect(both.length).toBeGreaterThan(1);
  return both;
}

describe("what is listed is what bpftool shows", () => {
  test("programs", async () => {
    running();
    for (const [ours, theirs] of await compared(listPrograms, "prog"))
      expect({
        type: ours.type,
        name: ours.name || undefined,
        tag: ours.tag,
        gpl_compatible: ours.gpl !== 0,
        uid: ours.uid,
        bytes_xlated: ours.translatedBytes,
        jited: ours.compiledBytes > 0,
        bytes_jited: ours.compiledBytes || undefined,
        bytes_memlock: ours.memory,
        map_ids: ours.maps.length > 0 ? ours.maps : undefined,
        btf_id: ours.btf || undefined,
      }).toEqual({
        type: theirs.type,
        name: theirs.name,
        tag: theirs.tag,
        gpl_compatible: theirs.gpl_compatible,
        uid: theirs.uid,
        bytes_xlated: theirs.bytes_xlated,
        jited: theirs.jited,
        bytes_jited: theirs.bytes_jited,
        bytes_memlock: theirs.bytes_memlock,
        map_ids: theirs.map_ids,
        btf_id: theirs.btf_id,
      });
  });

  test("when a program was loaded", async () => {
    running();
    const uptime = Number(fs.readFileSync("/proc/uptime", "utf8").split(" ")[0]);
    for (const [ours, theirs] of await compared(listPrograms, "prog")) {
      const loadedAt = Date.now() / 1000 - uptime + ours.loadedAt / 1e9;
      // bpftool rounds to a second, and reads the clocks itself.
      expect(Math.abs(loadedAt - Number(theirs.loaded_at))).toBeLessThan(3);
    }
  });

  test("maps", async () => {
    running();
    for (const [ours, { id }] of await compared(listMaps, "map")) {
      // One at a time: in a list bpftool 7.1 gives a map without types the types of the one before it.
      const theirs: Partial<Json> = [bpftool("map", "show", "id", String(id))].flat()[0] ?? {};
      expect({
        type: ours.type,
        name: ours.name || undefined,
        flags: ours.flags,
        bytes_key: ours.keySize,
        bytes_value: ours.valueSize,
        max_entries: ours.maxEntries,
        bytes_memlock: ours.memory || undefined,
        frozen: ours.frozen,
        btf_id: ours.btf || undefined,
      }).toEqual({
        type: theirs.type,
        name: theirs.name,
        flags: theirs.flags,
        bytes_key: theirs.bytes_key,
        bytes_value: theirs.bytes_value,
        max_entries: theirs.max_entries,
        bytes_memlock: theirs.bytes_memlock,
        frozen: theirs.frozen,
        btf_id: theirs.btf_id,
      });
    }
  });

  test("links", async () => {
    running();
    const target = (link: LoadedLink, theirs: Json) =>
      theirs.tp_name !== undefined || theirs.target_name !== undefined ? link.target : undefined;
    for (const [ours, theirs] of await compared(listLinks, "link"))
      expect({
        type: ours.type,
        prog_id: ours.program,
        attach_type: ours.attachType,
        target_obj_id: ours.targetObject || undefined,
        target_btf_id: ours.targetType || undefined,
        cgroup_id: ours.cgroup,
        target: target(ours, theirs),
      }).toEqual({
        type: theirs.type,
        prog_id: theirs.prog_id,
        attach_type: theirs.attach_type,
        target_obj_id: theirs.target_obj_id || undefined,
        target_btf_id: theirs.target_btf_id || undefined,
        cgroup_id: theirs.cgroup_id === undefined ? undefined : String(theirs.cgroup_id),
        target: theirs.tp_name ?? theirs.target_name,
      });
  });

  test("holders", async () => {
    running();
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
  running();
  const runs = async () => {
    const { loaded } = await listPrograms();
    return loaded.find(({ name }) => name === "calls_count")?.runs ?? 0;
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
    running();
    const id = await recordId();
    const { translated, compiled, lines, functions } = await readProgram(id);
    const path = `/tmp/ringside-${process.pid}-translated`;
    onTestFinished(() => fs.rmSync(path, { force: true }));
    execFileSync("bpftool", ["prog", "dump", "xlated", "id", String(id), "file", path]);
    expect(translated).toEqual(fs.readFileSync(path));
    expect(functions.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(compiled.length);
    expect(lines.length).toBeGreaterThan(3);
    const source = fs.readFileSync("native/testdata/calls.bpf.c", "utf8").split("\n");
    const own = lines.filter(({ file }) => file.endsWith("calls.bpf.c"));
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
    running();
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
    running();
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
