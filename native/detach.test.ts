/** What happens to an object while its links end, which takes the kernel a while on another thread. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { setImmediate as soon } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import type { BpfObject } from "./index";
import { compiled, drained, GETPPID, open, rows, script, table, unloaded } from "./testdata/harness";

const TRACEPOINTS = ["fork", "exec", "exit"].map((what) => ({ tracepoint: `sched:sched_process_${what}` }));

/** Three links that the kernel ends one after the other, as opensnoop has them. */
async function attached(): Promise<BpfObject> {
  const object = open("targets");
  await object.load(["t_tracepoint"]);
  for (const target of TRACEPOINTS) await object.attach("t_tracepoint", target);
  return object;
}

/** Whether a promise is still open after what has been decided was told. */
async function isPending(promise: Promise<void>): Promise<boolean> {
  const open = {};
  return (await Promise.race([promise, Promise.resolve(open)])) === open;
}

test("the main thread goes on meanwhile", async () => {
  const object = await attached();
  const detached = object.detach();
  await soon();
  expect(await isPending(detached)).toBe(true);
  await detached;
});

test("nothing is attached or walked any more, from the call on", async () => {
  const object = await attached();
  const detached = object.detach();
  const late = expect.objectContaining({
    code: "STATE",
    message: expect.stringContaining("after it was detached"),
  });
  await expect(object.attach("t_tracepoint", TRACEPOINTS[0])).rejects.toThrow(late);
  expect(() => object.iterate("t_tracepoint")).toThrow(late);
  await detached;
  await expect(object.attach("t_tracepoint", TRACEPOINTS[0])).rejects.toThrow(late);
});

test("what is being attached when it is called comes before, or not at all", async () => {
  const object = open("targets");
  await object.load(["t_tracepoint"]);
  const attaching = TRACEPOINTS.map((target) => object.attach("t_tracepoint", target));
  const detached = object.detach();
  await Promise.allSettled(attaching);
  await detached;
  object.read("counts");
  expect(spawnSync("true").status).toBe(0);
  expect(rows(object.read("counts"), table(object, "counts"))).toEqual([]);
});

test("a second call, too, resolves when nothing is attached any more", async () => {
  const object = await attached();
  void object.detach();
  await object.detach();
  object.read("counts");
  expect(spawnSync("true").status).toBe(0);
  expect(rows(object.read("counts"), table(object, "counts"))).toEqual([]);
});

test("its rows can be drained and its maps read meanwhile", async () => {
  const object = open("calls");
  object.configure("pid", process.pid);
  object.configure("call", GETPPID);
  await object.load(["calls_record", "calls_count"]);
  await object.attach("calls_record");
  await object.attach("calls_count");
  const calls = 1000;
  for (let i = 0; i < calls; i++) if (process.ppid === 0) throw new Error("no parent");
  let isOver = false;
  const detached = object.detach().then(() => {
    isOver = true;
  });
  let found = 0;
  do {
    found += rows(drained(object, "events", 1000), table(object, "events")).length;
    object.read("plain_hash");
    expect(object.stats()).toHaveLength(2);
    await soon();
  } while (!isOver);
  await detached;
  found += rows(drained(object, "events"), table(object, "events")).length;
  expect(found).toBe(calls);
});

test("closed meanwhile: other calls fail at once, and both resolve when it is done", async () => {
  const object = await attached();
  const detached = object.detach();
  const closed = object.close();
  expect(() => object.stats()).toThrow(expect.objectContaining({ code: "CLOSED" }));
  expect(() => object.detach()).toThrow(expect.objectContaining({ code: "CLOSED" }));
  expect(object.close()).toBe(object.close());
  await Promise.all([detached, closed]);
  expect(await unloaded("t_tracepoint")).toBe(true);
});

const attaching = (name: string, then: string): string =>
  script(
    `detaching-${name}`,
    `import { parentPort } from "node:worker_threads";
     import { BpfObject } from "./index";
     async function attached() {
       const object = new BpfObject(${JSON.stringify(compiled("targets"))});
       await object.load(["t_tracepoint"]);
       for (const target of ${JSON.stringify(TRACEPOINTS)}) await object.attach("t_tracepoint", target);
       return object;
     }
     ${then}`,
  );

test.each([
  ["detach", "(await attached()).detach(); process.exit(0);"],
  ["close", "(await attached()).close(); process.exit(0);"],
  ["both", "const object = await attached(); object.detach(); object.close(); process.exit(0);"],
  ["end", "(await attached()).detach();"],
])("a process that exits meanwhile exits well: %s", async (name, then) => {
  expect(spawnSync(process.execPath, [attaching(name, then)]).status).toBe(0);
  expect(await unloaded("t_tracepoint")).toBe(true);
});

test("collected meanwhile, it is freed when it is done", async () => {
  const forget = attaching(
    "collected",
    `let freed = 0;
     const registry = new FinalizationRegistry(() => { freed++; });
     const forgotten = async () => { const object = await attached(); registry.register(object, 0); return object.close(); };
     const closed = [forgotten(), forgotten()];
     for (let i = 0; i < 5; i++) { globalThis.gc(); await new Promise((resolve) => setImmediate(resolve)); }
     await Promise.all(closed);
     for (let i = 0; i < 10; i++) { globalThis.gc(); await new Promise((resolve) => setImmediate(resolve)); }
     console.log(freed);`,
  );
  const { status, stdout } = spawnSync(process.execPath, ["--expose-gc", forget], { encoding: "utf8" });
  expect([status, stdout]).toEqual([0, "2\n"]);
  expect(await unloaded("t_tracepoint")).toBe(true);
});

test("a worker thread that is ended meanwhile takes its programs along", async () => {
  const file = attaching(
    "worker",
    '(await attached()).detach(); (await attached()).close(); parentPort.postMessage("");',
  );
  const worker = new Worker(file);
  await once(worker, "message");
  await worker.terminate();
  expect(await unloaded("t_tracepoint")).toBe(true);
});
