/** Iterators: run when they are told to, each time over everything. */
import fs from "node:fs";
import { expect, test } from "vitest";
import { BpfError, type BpfObject } from "./index";
import { open, rows, table, unloaded } from "./testdata/harness";

async function attached(): Promise<BpfObject> {
  const object = open("tasks");
  await object.load(["walk"]);
  await object.attach("walk");
  return object;
}

const own = (object: BpfObject) =>
  rows(object.read("walked"), table(object, "walked")).find(({ key }) => key === process.pid);
const threads = () => fs.readdirSync("/proc/self/task").length;

/** The code of what a call throws. */
function codeOf(call: () => void): string | undefined {
  try {
    call();
  } catch (error) {
    return error instanceof BpfError ? error.code : String(error);
  }
  return undefined;
}

test("nothing before it is told to; then each thread once a walk; amounts as differences, the rest as it is", async () => {
  const object = await attached();
  expect(rows(object.read("walked"), table(object, "walked"))).toEqual([]);
  for (let walk = 0; walk < 3; walk++) {
    object.iterate("walk");
    const count = threads();
    expect(own(object)).toEqual({
      key: process.pid,
      visits: BigInt(count),
      threads: count,
      parent: process.ppid,
    });
  }
});

test("it meets every process of the host", async () => {
  const object = await attached();
  object.iterate("walk");
  const met = new Set(rows(object.read("walked"), table(object, "walked")).map(({ key }) => key));
  const there = fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  // Some were started since.
  expect(there.filter((pid) => !met.has(pid)).length).toBeLessThan(10);
  expect(met.has(process.ppid)).toBe(true);
});

test("the wrong moment and the wrong program are named", async () => {
  const object = open("tasks");
  expect(codeOf(() => object.iterate("walk"))).toBe("STATE");
  await object.load(["walk", "no_iterator"]);
  expect(codeOf(() => object.iterate("walk"))).toBe("STATE");
  await object.attach("walk");
  await object.attach("no_iterator");
  object.iterate("walk");
  expect(codeOf(() => object.iterate("no_iterator"))).toBe("STATE");
  expect(codeOf(() => object.iterate("nobody"))).toBe("ARGUMENT");
  expect(codeOf(() => object.iterate(""))).toBe("ARGUMENT");
  object.detach();
  expect(codeOf(() => object.iterate("walk"))).toBe("STATE");
  expect(own(object)).toBeDefined();
  object.close();
  expect(codeOf(() => object.iterate("walk"))).toBe("CLOSED");
});

test("walks leave nothing open, and closing leaves nothing in the kernel", async () => {
  const object = await attached();
  const before = fs.readdirSync("/proc/self/fd").length;
  for (let walk = 0; walk < 20; walk++) object.iterate("walk");
  expect(fs.readdirSync("/proc/self/fd").length).toBe(before);
  object.close();
  expect(await unloaded("walk")).toBe(true);
});
