import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { BpfObject } from "./index";
import { drained, GETPPID, open, pause, rows, table, target } from "./testdata/harness";

/** An object whose programs look at this process alone; `process.ppid` is the call they see. */
async function watching(
  name: string,
  program: string,
  parameters: Record<string, number | boolean> = {},
): Promise<BpfObject> {
  const object = open(name);
  object.configure("pid", process.pid);
  object.configure("call", GETPPID);
  for (const [name, value] of Object.entries(parameters)) object.configure(name, value);
  await object.load([program]);
  await object.attach(program);
  return object;
}

function call(times: number): void {
  for (let i = 0; i < times; i++) if (process.ppid === 0) throw new Error("no parent");
}

describe("drain", () => {
  const events = (object: BpfObject) => rows(drained(object, "events"), table(object, "events"));

  test("as many rows as calls, in order, then nothing", async () => {
    const object = await watching("calls", "calls_record");
    call(1000);
    const found = events(object);
    expect(found).toHaveLength(1000);
    expect(found.map(({ number }) => number)).toEqual(Array.from({ length: 1000 }, (_, i) => BigInt(i)));
    expect(found[7]).toEqual({ number: 7n, pid: process.pid, comm: expect.any(String), text: "one\0two" });
    expect(drained(object, "events")).toBeUndefined();
  });

  test("after detach: what was recorded is there, what comes later is not; twice is harmless", async () => {
    const object = await watching("calls", "calls_record");
    call(10);
    await Promise.all([object.detach(), object.detach()]);
    await object.detach();
    call(10);
    expect(events(object)).toHaveLength(10);
    expect(drained(object, "events")).toBeUndefined();
  });

  test("a batch ends where the next row might not fit, and the rest stays", async () => {
    const object = await watching("calls", "calls_record");
    call(100);
    const room = Buffer.alloc(1000, 0xaa);
    const written = object.drain("events", room.subarray(0, 900));
    expect(written).toBeGreaterThan(600);
    expect(written).toBeLessThanOrEqual(900);
    expect(room.subarray(900).every((byte) => byte === 0xaa)).toBe(true);
    const first = room.subarray(0, written);
    const left = 100 - first.readUInt32LE(0);
    expect(events(object)).toHaveLength(left);
  });

  // 28 bytes lie before the text, whose bytes are "one\0two" and zeros: one of them ends it, another is an empty part.
  test.each([
    [28, ""],
    [30, "on"],
    [32, "one"],
    [35, "one\0two"],
    [36, "one\0two"],
    [37, "one\0two\0"],
  ])("a record of %i bytes", async (row_bytes, text) => {
    const object = await watching("calls", "calls_record", { row_bytes });
    call(2);
    expect(events(object)[1]).toMatchObject({ number: 1n, pid: process.pid, text });
  });

  test("a record cut before the text: what is missing is zero", async () => {
    const object = await watching("calls", "calls_record", { row_bytes: 10 });
    call(2);
    expect(events(object)[1]).toEqual({ number: 1n, pid: process.pid & 0xffff, comm: "", text: "" });
  });

  test("under load rows and losses are exactly the calls", async () => {
    const CALLS = 1_000_000;
    const object = open("calls");
    const child = await target("calls", CALLS);
    object.configure("pid", child.pid);
    object.configure("call", GETPPID);
    await object.load(["calls_record"]);
    await object.attach("calls_record");
    let count = 0;
    let next = 0n;
    let ended = false;
    const events = table(object, "events");
    const exited = child.run().then(() => {
      ended = true;
    });
    for (let last = false; !last; last = ended) {
      await pause(2);
      for (
        let batch = drained(object, "events", 1 << 18);
        batch;
        batch = drained(object, "events", 1 << 18)
      ) {
        count += batch.readUInt32LE(0);
        // Numbers grow, whatever was lost between them.
        const first = batch.readBigUInt64LE(8);
        expect(first >= next).toBe(true);
        next = first + BigInt(batch.readUInt32LE(0));
      }
    }
    await exited;
    count += rows(drained(object, "events", 1 << 24), events).length;
    const [lost] = rows(object.read("loss"), table(object, "loss"));
    expect(count + Number(lost?.ring ?? 0)).toBe(CALLS);
  });
});

describe("read", () => {
  const kinds = ["plain_hash", "cpu_hash", "plain_array", "cpu_array"];

  test.each(kinds)("%s: differences since the read before, summed over CPUs", async (name) => {
    const object = await watching("calls", "calls_count");
    const read = () => rows(object.read(name), table(object, name));
    const sum = (of: ReturnType<typeof read>, column: string) =>
      of.reduce((total, row) => total + Number(row[column]), 0);
    expect(read()).toEqual([]);
    call(3000);
    const first = read();
    expect(first).toHaveLength({ plain_hash: 1000, cpu_hash: 5, plain_array: 3, cpu_array: 3 }[name] ?? 0);
    expect(sum(first, "calls")).toBe(3000);
    expect(sum(first, "narrow")).toBe(3000);
    expect(first.every(({ comm }) => comm === first[0]?.comm && comm !== "")).toBe(true);
    expect(read()).toEqual([]);
    call(1);
    const [row, ...others] = read();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ key: name.endsWith("hash") ? 0n : 0, calls: 1n, narrow: 1 });
    call(6);
    expect(sum(read(), "calls")).toBe(6);
  });

  const bpftool = (...args: string[]) => execFileSync("bpftool", ["-j", ...args], { encoding: "utf8" });

  /** Deletes a key below 256 behind our back. */
  const remove = (key: number) => {
    // Those of tests before may not be freed yet: the last is ours.
    const programs = [JSON.parse(bpftool("prog", "show", "name", "calls_count"))].flat();
    const maps: number[] = programs.at(-1).map_ids;
    const id = maps.find((id) => JSON.parse(bpftool("map", "show", "id", String(id))).name === "plain_hash");
    bpftool("map", "delete", "id", String(id), "key", String(key), ..."0000000");
  };

  test("a key that vanished and came back counts from 0, whether it was missed meanwhile or not", async () => {
    const object = await watching("calls", "calls_count");
    const read = () => rows(object.read("plain_hash"), table(object, "plain_hash"));
    call(3000);
    read();
    remove(0);
    expect(read()).toEqual([]);
    remove(1);
    call(2);
    const found = read().map(({ key, calls }) => `${key}: ${calls}`);
    expect(found.sort()).toEqual(["0: 1", "1: 1"]);
  });

  test("a batch without rows is a batch", async () => {
    const batch = (await watching("calls", "calls_count")).read("plain_hash");
    expect(batch.readUInt32LE(0)).toBe(0);
    expect(batch.length % 8).toBe(0);
  });
});

describe("stacks", () => {
  test("dense numbers, each stack told once, also when the kernel's store is far too small for all", async () => {
    const object = await watching("stacks", "stacks_program");
    const events = table(object, "events");
    const told = new Map<number, bigint | undefined>();
    const number = new Map<number, number>();
    for (let round = 0; round < 50; round++) {
      call(12);
      for (const row of rows(drained(object, "events"), events))
        number.set(Number(row.number), Number(row.stack));
      for (const stack of object.newStacks()) {
        expect(told.has(stack.id)).toBe(false);
        expect(stack).toMatchObject({ pid: process.pid, frames: expect.any(BigUint64Array) });
        expect(stack.frames).toHaveLength(2);
        told.set(stack.id, stack.frames[0]);
      }
    }
    expect([...told.keys()]).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    // Rows 2n and 2n + 1 were given the stack whose first frame is n.
    for (const [row, id] of number) expect(told.get(id)).toBe(BigInt(Math.floor(row / 2)));
    expect(object.newStacks()).toEqual([]);
  });

  test("a row without a stack has number 0", async () => {
    const object = await watching("stacks", "stacks_program");
    call(64); // 32 stacks, where 16 have room
    const found = rows(drained(object, "events"), table(object, "events"));
    expect(object.newStacks()).toHaveLength(16);
    expect(found.filter(({ stack }) => stack === 0)).toHaveLength(32);
    expect(object.missingStacks()).toBe(0);
  });

  test("a row whose stack is gone has number 0, and is counted", async () => {
    const object = await watching("stacks", "stacks_program", { forgotten: true });
    call(6);
    const found = rows(drained(object, "events"), table(object, "events"));
    expect(found.map(({ stack }) => stack)).toEqual(Array(found.length).fill(0));
    expect(found.length).toBeGreaterThanOrEqual(6);
    expect(object.missingStacks()).toBe(found.length);
    expect(object.newStacks()).toEqual([]);
  });
});
