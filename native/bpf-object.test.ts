import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, onTestFinished, test } from "vitest";
import { type BpfErrorCode, BpfObject } from "./index";
import { compiled, loadedPrograms, open, script, unloaded } from "./testdata/harness";

function code(code: BpfErrorCode, message: unknown = expect.any(String)) {
  return expect.objectContaining({ code, message });
}

/** Each method with arguments that are right, for an object of calls.bpf.c. */
const CALLS: [name: string, call: (object: BpfObject) => unknown][] = [
  ["configure", (object) => object.configure("pid", 1)],
  ["load", (object) => object.load(["calls_record"])],
  ["attach", (object) => object.attach("calls_record")],
  ["detach", (object) => object.detach()],
  ["drain", (object) => object.drain("events", new Uint8Array(4096))],
  ["read", (object) => object.read("plain_hash")],
  ["newStacks", (object) => object.newStacks()],
  ["missingStacks", (object) => object.missingStacks()],
  ["stats", (object) => object.stats()],
];

describe("closed", () => {
  test.each([...CALLS, ["schema", (object: BpfObject) => object.schema()] as const])(
    "%s",
    async (_, call) => {
      const object = open("calls");
      object.close();
      await expect(async () => call(object)).rejects.toThrow(code("CLOSED"));
    },
  );

  test("closing twice, and what was never loaded, is harmless", () => {
    const object = open("calls");
    object.close();
    object.close();
  });

  test("closing unloads the programs", async () => {
    const object = open("calls");
    await object.load(["calls_record"]);
    await object.attach("calls_record");
    expect(loadedPrograms()).toContain("calls_record");
    object.close();
    expect(await unloaded("calls_record")).toBe(true);
  });
});

describe("the wrong moment", () => {
  test.each(CALLS.filter(([name]) => !["configure", "load"].includes(name)))(
    "%s before load",
    async (_, call) => {
      await expect(async () => call(open("calls"))).rejects.toThrow(
        code("STATE", expect.stringContaining("before it is loaded")),
      );
    },
  );

  test.each(CALLS.filter(([name]) => ["configure", "load"].includes(name)))(
    "%s after load",
    async (_, call) => {
      const object = open("calls");
      await object.load(["calls_record"]);
      await expect(async () => call(object)).rejects.toThrow(
        code("STATE", expect.stringContaining("after it was loaded")),
      );
    },
  );

  test("after a load that failed only schema and close work", async () => {
    const object = open("refused");
    await expect(object.load(["refused_read"])).rejects.toThrow(code("VERIFIER"));
    const calls = [
      () => object.load(["refused_not"]),
      () => object.attach("refused_not"),
      () => object.drain("events", new Uint8Array(4096)),
      () => object.read("events"),
      () => object.newStacks(),
      () => object.stats(),
    ];
    for (const call of calls)
      await expect(async () => call()).rejects.toThrow(
        code("STATE", expect.stringContaining("a load that failed")),
      );
    expect(object.schema().programs).toHaveLength(4);
  });

  test("attaching a program that was left out of load", async () => {
    const object = open("calls");
    await object.load(["calls_record"]);
    await expect(object.attach("calls_count")).rejects.toThrow(code("STATE"));
  });

  test("schema works before load, after it, and after one that failed", async () => {
    const object = open("calls");
    const before = object.schema();
    await object.load(["calls_record"]);
    expect(object.schema()).toEqual(before);
  });
});

describe("while it is being loaded", () => {
  test("the main thread goes on", async () => {
    const object = open("calls");
    let isOver = false;
    const loaded = object.load(["calls_record"]).then(() => {
      isOver = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    await loaded;
  });

  test.each(CALLS)("%s", async (_, call) => {
    const object = open("calls");
    const loaded = object.load(["calls_record"]);
    await expect(async () => call(object)).rejects.toThrow(
      code("STATE", expect.stringContaining("while it is being loaded")),
    );
    await loaded;
  });

  test.each([
    ["taken", "calls", "calls_record"],
    ["refused", "refused", "refused_read"],
  ])("it is closed, and the load is %s: both end, and nothing stays", async (_, name, program) => {
    const object = open(name);
    const loaded = object.load([program]);
    const closed = object.close();
    expect(() => object.stats()).toThrow(code("CLOSED"));
    expect(object.close()).toBe(closed);
    await expect(loaded).rejects.toThrow();
    await closed;
    expect(await unloaded(program)).toBe(true);
  });
});

describe("wrong types and unknown names", () => {
  const wrong: unknown[] = [undefined, null, 1, "", "a\0b", {}, []];
  const loaded = async () => {
    const object = open("calls");
    await object.load(["calls_record"]);
    return object;
  };

  test.each(wrong)("a name of %s", async (value) => {
    const name = value as string;
    expect(() => new BpfObject(name)).toThrow(code("ARGUMENT"));
    expect(() => open("calls").configure(name, 1)).toThrow(code("ARGUMENT"));
    await expect(open("calls").load([name])).rejects.toThrow(code("ARGUMENT"));
    const object = await loaded();
    await expect(object.attach(name)).rejects.toThrow(code("ARGUMENT"));
    expect(() => object.drain(name, new Uint8Array(4096))).toThrow(code("ARGUMENT"));
    expect(() => object.read(name)).toThrow(code("ARGUMENT"));
  });

  test.each([undefined, 4096, "4096", new ArrayBuffer(4096), new Uint16Array(4096)])(
    "a place of %s",
    async (into) => {
      const object = await loaded();
      expect(() => object.drain("events", into as unknown as Uint8Array)).toThrow(code("ARGUMENT"));
    },
  );

  test("a place that is too small for a row", async () => {
    const object = await loaded();
    for (const bytes of [0, 8, 64])
      expect(() => object.drain("events", new Uint8Array(bytes))).toThrow(
        code("ARGUMENT", expect.stringContaining(`may not fit into ${bytes} bytes`)),
      );
  });

  test("names that the object does not have", async () => {
    expect(() => open("calls").configure("absent", 1)).toThrow(
      code("ARGUMENT", "There is no parameter absent"),
    );
    await expect(open("calls").load(["absent"])).rejects.toThrow(
      code("ARGUMENT", "calls.bpf.o has no program absent"),
    );
    const object = await loaded();
    await expect(object.attach("absent")).rejects.toThrow(code("ARGUMENT"));
    expect(() => object.drain("plain_hash", new Uint8Array(4096))).toThrow(
      code("ARGUMENT", "calls.bpf.o has no ring plain_hash"),
    );
    expect(() => object.read("events")).toThrow(code("ARGUMENT", "calls.bpf.o has no map events"));
  });

  test("a load with a name that is unknown leaves the object as it was", async () => {
    const object = open("calls");
    await expect(object.load(["absent"])).rejects.toThrow(code("ARGUMENT"));
    await object.load(["calls_record"]);
  });
});

describe("files that are no objects", () => {
  const file = (content: string | Buffer) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ringside-object-"));
    onTestFinished(() => fs.rmSync(folder, { recursive: true }));
    fs.writeFileSync(path.join(folder, "x.bpf.o"), content);
    return path.join(folder, "x.bpf.o");
  };

  test("text, nothing, a program, a folder", () => {
    for (const path of [file("text"), file(""), process.execPath, os.tmpdir()])
      expect(() => new BpfObject(path)).toThrow(code("OBJECT", expect.stringContaining(path)));
  });

  test("an object without BTF", () => {
    const copy = file(fs.readFileSync(compiled("refused")));
    execFileSync("llvm-objcopy", ["--remove-section=.BTF", "--remove-section=.BTF.ext", copy]);
    expect(() => new BpfObject(copy)).toThrow(code("OBJECT"));
  });

  test("a path that leads nowhere", () => {
    expect(() => new BpfObject("/nowhere/x.bpf.o")).toThrow(code("NOT_FOUND"));
  });

  test("an object whose BTF is broken anywhere is refused or read, never a crash", () => {
    const fuzz = script(
      "fuzz-btf",
      `import fs from "node:fs";
       import { BpfObject } from "./index";
       const [from, to] = process.argv.slice(2);
       const whole = fs.readFileSync(from);
       const start = whole.indexOf(Buffer.from([0x9f, 0xeb, 1, 0, 24, 0, 0, 0])) + 24;
       const types = whole.readUInt32LE(start - 12);
       let seed = 1;
       const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
       let refused = 0;
       for (let i = 0; i < 1000; i++) {
         const bytes = Buffer.from(whole);
         for (let n = 0; n < 2; n++) bytes[start + random(types)] = random(random(2) ? 40 : 256);
         fs.writeFileSync(to, bytes);
         try {
           new BpfObject(to).close();
         } catch (error) {
           if (error.code !== "OBJECT") throw error;
           refused++;
         }
       }
       console.log(refused);`,
    );
    const refused = execFileSync(process.execPath, [fuzz, compiled("kinds"), file("")], { encoding: "utf8" });
    expect(Number(refused)).toBeGreaterThan(500);
  });

  test("an object cut short anywhere is refused or read, never a crash", () => {
    const whole = fs.readFileSync(compiled("refused"));
    const opened = script(
      "cut",
      'import { BpfObject } from "./index"; for (const path of process.argv.slice(2)) try { new BpfObject(path).close(); } catch (error) { if (error.code !== "OBJECT") throw error; }',
    );
    const cuts = Array.from({ length: 40 }, (_, i) =>
      file(whole.subarray(0, Math.floor((whole.length * i) / 40))),
    );
    expect(spawnSync(process.execPath, [opened, ...cuts]).status).toBe(0);
  });
});

describe("what the kernel refuses", () => {
  const load = (name: string) => open("refused").load([name]);

  test("the verifier: its log is the detail", async () => {
    await expect(load("refused_read")).rejects.toThrow(
      expect.objectContaining({
        code: "VERIFIER",
        message: "The kernel's verifier refused program refused_read",
        detail: expect.stringMatching(/invalid mem access 'scalar'/),
      }),
    );
  });

  test("a helper of a kernel to come", async () => {
    await expect(load("refused_helper")).rejects.toThrow(code("UNSUPPORTED"));
  });

  test("a tracepoint that is not there", async () => {
    const message = "Cannot load refused.bpf.o: this kernel has no no_such_tracepoint";
    await expect(load("refused_target")).rejects.toThrow(code("NOT_FOUND", message));
  });

  test("one program that is refused does not keep the others from loading alone", async () => {
    await load("refused_not");
  });
});

test("statistics name each loaded program; numbers are bigints", async () => {
  const object = open("calls");
  await object.load(["calls_record"]);
  await object.attach("calls_record");
  expect(object.stats()).toEqual([
    { name: "calls_record", runs: expect.any(BigInt), nsec: expect.any(BigInt) },
  ]);
});

/** Attaches one program of calls.bpf.c, then does what `then` says. */
function attaching(name: string, then: string): string {
  return script(
    name,
    `import { parentPort } from "node:worker_threads";
     import { BpfObject } from "./index";
     await (async () => {
       const object = new BpfObject(${JSON.stringify(compiled("calls"))});
       await object.load(["calls_count"]);
       await object.attach("calls_count");
     })();
     ${then}`,
  );
}

describe("torn down", () => {
  test("an attached object that nobody holds stays attached", () => {
    const collect = `for (let i = 0; i < 5; i++) { globalThis.gc(); await new Promise((resolve) => setImmediate(resolve)); }
      const { execFileSync } = await import("node:child_process");
      console.log(execFileSync("bpftool", ["prog", "show", "name", "calls_count"], { encoding: "utf8" }));`;
    const out = execFileSync(process.execPath, ["--expose-gc", attaching("gc", collect)], {
      encoding: "utf8",
    });
    expect(out).toContain("calls_count");
  });

  test("an object that was never loaded can be collected", () => {
    const forget = script(
      "forget",
      `import { BpfObject } from "./index";
       let freed = 0;
       const registry = new FinalizationRegistry(() => { freed++; });
       for (let i = 0; i < 20; i++) registry.register(new BpfObject(${JSON.stringify(compiled("calls"))}), i);
       for (let i = 0; i < 10; i++) { globalThis.gc(); await new Promise((resolve) => setImmediate(resolve)); }
       console.log(freed);`,
    );
    const out = execFileSync(process.execPath, ["--expose-gc", forget], { encoding: "utf8" });
    expect(Number(out)).toBeGreaterThan(10);
  });

  test("a worker thread that ends, by itself or not, takes its programs along", async () => {
    const file = attaching("worker", 'parentPort.postMessage("attached"); setInterval(() => {}, 1000);');
    const worker = new Worker(file);
    await once(worker, "message");
    expect(loadedPrograms()).toContain("calls_count");
    await worker.terminate();
    expect(await unloaded("calls_count")).toBe(true);
  });

  test("a process that is killed takes its programs along", async () => {
    const file = attaching("killed", 'console.log("attached"); setInterval(() => {}, 1000);');
    const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    expect(loadedPrograms()).toContain("calls_count");
    child.kill("SIGKILL");
    expect(await unloaded("calls_count")).toBe(true);
  });

  test.each([
    ["loaded", 'new BpfObject(path).load(["calls_count"]);'],
    [
      "attached",
      'const object = new BpfObject(path); await object.load(["calls_count"]); object.attach("calls_count");',
    ],
  ])("a thread and a process that end while it is being %s", async (what, then) => {
    const file = script(
      `being-${what}`,
      `import { parentPort } from "node:worker_threads";
       import { BpfObject } from "./index";
       const path = ${JSON.stringify(compiled("calls"))};
       ${then}
       if (!parentPort) process.exit(0);
       parentPort.postMessage("");
       setInterval(() => {}, 1000);`,
    );
    const worker = new Worker(file);
    await once(worker, "message");
    await worker.terminate();
    expect(await unloaded("calls_count")).toBe(true);
    expect(spawnSync(process.execPath, [file]).status).toBe(0);
    expect(await unloaded("calls_count")).toBe(true);
  });

  test("a process that exits with an object attached exits well", async () => {
    expect(spawnSync(process.execPath, [attaching("exits", "")]).status).toBe(0);
    expect(await unloaded("calls_count")).toBe(true);
  });
});

test("an ordinary user opens and describes; loading is a matter of permission", () => {
  const file = script(
    "nobody",
    `import { BpfObject } from "./index";
     const object = new BpfObject(${JSON.stringify(compiled("calls"))});
     object.configure("pid", 1);
     console.log(object.schema().tables.length);
     try { await object.load(["calls_record"]); } catch (error) { console.log(error.code); }
     object.close();`,
  );
  const nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", process.execPath, file];
  expect(execFileSync("setpriv", nobody, { encoding: "utf8" })).toBe("6\nPERMISSION\n");
});
