import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { fromRoot } from "../server/project";
import { BpfObject, type Frame, type RawStack, Symbols } from "./index";
import {
  drained,
  folder,
  open,
  pause,
  pidOf,
  program,
  type Row,
  rows,
  script,
  table,
} from "./testdata/harness";

let symbols: Symbols;
beforeEach(() => {
  symbols = new Symbols();
  return () => symbols.close();
});

function start(file: string, ...args: string[]) {
  // Where node's profiler may leave its log.
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"], cwd: folder });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** User stacks of a process, seen by the clock until there are enough, and how many samples each had. */
async function sampled(pid: number): Promise<{ stacks: RawStack[]; counts: number[] }> {
  const object = open("profile");
  object.configure("pid", pid);
  await object.load(["profile_sample"]);
  await object.attach("profile_sample", { frequency: 500, pid });
  const found: Row[] = [];
  while (found.length < 50) {
    await pause(20);
    found.push(...rows(drained(object, "events"), table(object, "events")));
  }
  const stacks = object.newStacks().filter((stack) => stack.frames.length > 0);
  return { stacks, counts: stacks.map(({ id }) => found.filter(({ user }) => user === id).length) };
}

function text(frames: Frame[]): string[] {
  return frames.map(({ name, module, kind }) => `${kind} ${module} ${name}`);
}

/** The frames of the stack that was seen most. */
async function usualStack(pid: number): Promise<Frame[]> {
  const { stacks, counts } = await sampled(pid);
  const resolved = await symbols.resolve(stacks);
  return resolved[counts.indexOf(Math.max(...counts))] ?? [];
}

describe("user stacks", () => {
  test.each(["pie", "static", "fixed"] as const)("%s: each frame by its name", async (how) => {
    const frames = await usualStack(pidOf(start(program(how), "spin")));
    const module = `target-${how}`;
    expect(text(frames).slice(0, 3)).toEqual([
      `user ${module} hot_spin`,
      `user ${module} spin`,
      `user ${module} main`,
    ]);
  });

  test("a shared library beside the program", async () => {
    const frames = await usualStack(pidOf(start(program("shared"), "spin")));
    expect(text(frames).slice(0, 3)).toEqual([
      "user libspin.so hot_spin",
      "user libspin.so spin",
      "user target-shared main",
    ]);
  });

  test("stripped: the module and the place in its file, which is the function's own", async () => {
    const child = start(program("stripped"), "spin");
    const [leaf, caller] = await usualStack(pidOf(child));
    expect(leaf).toMatchObject({ module: "target-stripped", kind: "user" });
    expect(leaf?.name).toMatch(/^target-stripped\+0x[0-9a-f]+$/);
    // The same program with its symbols says what lies there.
    const offset = Number(caller?.name.split("+")[1]);
    const functions = await symbols.functions(program("pie"));
    const spin = functions.find(({ name }) => name === "spin")?.offset ?? 0;
    expect(offset).toBeGreaterThan(spin);
    expect(offset).toBeLessThan(spin + 32);
  });

  test("C++ names as they are written", async () => {
    const frames = await usualStack(pidOf(start(program("c++"), "spin")));
    expect(frames[0]).toEqual({ name: "void test::hot_spin<int>(int)", module: "target-c++", kind: "user" });
  });

  test("JavaScript that was compiled, by the runtime's own map", async () => {
    const spin =
      "function hotScript() { for (let i = 0; i < 1e6; i++) x += i % 7; } let x = 0; console.log(); for (;;) hotScript();";
    const child = start(
      process.execPath,
      "--perf-basic-prof",
      "--interpreted-frames-native-stack",
      "-e",
      spin,
    );
    onTestFinished(() => fs.rmSync(`/tmp/perf-${child.pid}.map`, { force: true }));
    await once(child.stdout, "data");
    const { stacks, counts } = await sampled(pidOf(child));
    const resolved = await symbols.resolve(stacks);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const hot = counts.filter((_, i) =>
      resolved[i]?.some(({ name, kind }) => kind === "jit" && name.includes("hotScript")),
    );
    expect(hot.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(total * 0.8);
    // What node itself consists of is named, too.
    expect(resolved.flat().some(({ name }) => name === "node::Start(int, char**)")).toBe(true);
  });

  test("a process that ended keeps the names it had when it was first seen", async () => {
    const child = start(program("pie"), "spin");
    const { stacks } = await sampled(pidOf(child));
    const before = await symbols.resolve(stacks);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await symbols.resolve(stacks)).toEqual(before);
    expect(before.flat().some(({ name }) => name === "hot_spin")).toBe(true);
  });

  test("an executable that was deleted while it runs", async () => {
    const copy = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "ringside-deleted-")), "gone");
    fs.copyFileSync(program("pie"), copy);
    const child = start(copy, "spin");
    await pause(100);
    fs.rmSync(path.dirname(copy), { recursive: true });
    expect(text(await usualStack(pidOf(child))).slice(0, 2)).toEqual([
      "user gone hot_spin",
      "user gone spin",
    ]);
  });
});

describe("inlined functions", () => {
  const INLINED = ["inlined innermost", "inlined middle", "user outer"];
  const kindsAndNames = (frames: Frame[] = []) => frames.map(({ name, kind }) => `${kind} ${name}`);
  /** A process of the program, and the address of the loop that `innermost` became. */
  function loopOf(file: string): RawStack {
    const child = start(file);
    // Until it runs the program itself.
    const maps = () => fs.readFileSync(`/proc/${pidOf(child)}/maps`, "utf8");
    while (!new RegExp(` r-xp .* ${file}\n`).test(maps()));
    const [, from = "", offset = ""] =
      new RegExp(`^(\\w+)-\\w+ r-xp (\\w+) .* ${file}$`, "m").exec(maps()) ?? [];
    // Its backward jump ends the loop: the instruction before that is inside.
    const code = execFileSync(
      "objdump",
      ["-d", "--no-show-raw-insn", "--disassemble=outer", program("inlined")],
      {
        encoding: "utf8",
      },
    );
    const [, before = ""] = /^ *(\w+):\t.*\n *\w+:\tj/m.exec(code) ?? [];
    const address = BigInt(`0x${from}`) - BigInt(`0x${offset}`) + BigInt(`0x${before}`);
    return stack(pidOf(child), address, address + 1n);
  }
  const copied = (name: string): string => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ringside-inlined-"));
    fs.chmodSync(folder, 0o755);
    onTestFinished(() => fs.rmSync(folder, { recursive: true }));
    const copy = path.join(folder, name);
    fs.copyFileSync(program("inlined"), copy);
    return copy;
  };

  test("stand above the function that they are part of, as leaf and as caller", async () => {
    const sampledFrames = await usualStack(pidOf(start(program("inlined"))));
    expect(kindsAndNames(sampledFrames).slice(0, 3)).toEqual(INLINED);
    const [frames] = await symbols.resolve([loopOf(program("inlined"))]);
    expect(kindsAndNames(frames)).toEqual([...INLINED, ...INLINED]);
    expect(frames?.[0]?.module).toBe("target-inlined");
  });

  test("by the debug file that belongs to a build id, which also names what has no symbol", async (context) => {
    const stripped = copied("split");
    const id = /Build ID: (\w+)/.exec(execFileSync("readelf", ["-n", stripped], { encoding: "utf8" }))?.[1];
    const folder = `/usr/lib/debug/.build-id/${id?.slice(0, 2)}`;
    context.skip(process.getuid?.() !== 0, "only root may put a file into /usr/lib/debug");
    const made = fs.mkdirSync(folder, { recursive: true });
    const debug = path.join(folder, `${id?.slice(2)}.debug`);
    onTestFinished(() => fs.rmSync(made ?? debug, { recursive: true }));
    execFileSync("objcopy", ["--only-keep-debug", stripped, debug]);
    execFileSync("strip", [stripped]);
    const [frames] = await symbols.resolve([loopOf(stripped)]);
    expect(kindsAndNames(frames).slice(0, 3)).toEqual(INLINED);
  });

  test("a file that not everyone may read is named as before", async () => {
    const secret = copied("secret");
    fs.chmodSync(secret, 0o700);
    const [frames] = await symbols.resolve([loopOf(secret)]);
    expect(kindsAndNames(frames)).toEqual(["user outer", "user outer"]);
  });

  test("DWARF that is broken anywhere, or goes on for ever, costs its names and a bounded time", () => {
    const folder = path.dirname(copied("x"));
    const file = script(
      "fuzz-dwarf",
      `import { execFileSync, spawn } from "node:child_process";
       import fs from "node:fs";
       import { once } from "node:events";
       import { Symbols } from "./index";
       const [from, folder] = process.argv.slice(2);
       const whole = fs.readFileSync(from);
       const sections = [...execFileSync("readelf", ["-SW", from], { encoding: "utf8" })
         .matchAll(/\\.debug_\\w+ +PROGBITS +\\w+ (\\w+) (\\w+)/g)].map(([, at, size]) => [parseInt(at, 16), parseInt(size, 16)]);
       if (sections.length < 4) throw new Error("no DWARF");
       let seed = 1;
       const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
       const symbols = new Symbols();
       const outer = (await symbols.functions(from)).find(({ name }) => name === "outer").offset;
       async function ask(file) {
         const child = spawn(file, { stdio: ["ignore", "pipe", "ignore"] });
         await once(child.stdout, "data");
         const [, start, offset] = /^(\\w+)-\\w+ r-xp (\\w+) /m.exec(fs.readFileSync("/proc/" + child.pid + "/maps", "utf8"));
         const address = BigInt("0x" + start) + BigInt(outer) - BigInt("0x" + offset);
         const began = performance.now();
         const [frames] = await symbols.resolve([{ id: 1, pid: child.pid, frames: BigUint64Array.of(address + 16n) }]);
         child.kill("SIGKILL");
         if (frames.at(-1).name !== "outer") throw new Error(file + ": " + JSON.stringify(frames));
         if (performance.now() - began > 8000) throw new Error(file + " took " + (performance.now() - began) + " ms");
       }
       const [, at, size] = /\\.debug_info +PROGBITS +\\w+ (\\w+) (\\w+)/.exec(execFileSync("readelf", ["-SW", from], { encoding: "utf8" }));
       const info = whole.subarray(parseInt(at, 16), parseInt(at, 16) + parseInt(size, 16));
       fs.writeFileSync(folder + "/info", Buffer.alloc(100 << 20, info));
       const flags = ["--update-section", ".debug_info=" + folder + "/info", "--remove-section", ".debug_aranges"];
       execFileSync("objcopy", [...flags, from, folder + "/endless"]);
       await ask(folder + "/endless");
       for (let i = 0; i < 5; i++) {
         const bytes = Buffer.from(whole);
         for (const [at, size] of sections) for (let n = 0; n < 1 + size / 50; n++) bytes[at + random(size)] = random(256);
         fs.writeFileSync(folder + "/fuzz" + i, bytes, { mode: 0o755 });
         await ask(folder + "/fuzz" + i);
       }
       symbols.close();`,
    );
    execFileSync(process.execPath, [file, program("inlined"), folder]);
  }, 60_000);
});

const stack = (pid: number, ...frames: bigint[]): RawStack => ({
  id: 1,
  pid,
  frames: BigUint64Array.from(frames),
});

describe("what has no name", () => {
  test("a process that never was, an address that is nowhere", async () => {
    const frames = [
      { name: "0x10", module: "", kind: "unknown" },
      { name: "0x0", module: "", kind: "unknown" },
    ];
    expect(await symbols.resolve([stack(2 ** 22, 0x10n, 0n)])).toEqual([frames]);
    expect(await symbols.resolve([stack(process.pid, 0x10n, 0n)])).toEqual([frames]);
  });

  test("looking them up shows little in what other tracers record", async () => {
    // Says that it runs, then only waits: what it does itself must not be among the rows.
    const child = start(process.execPath, "-e", "console.log(); process.stdin.resume()");
    await once(child.stdout, "data");
    // Two stacks in memory that node maps for code that it compiles, whose names it was not asked to write.
    const maps = fs.readFileSync(`/proc/${child.pid}/maps`, "utf8");
    const code = BigInt(`0x${/^([0-9a-f]+)-\S+ r?-?w?x\S* \S+ 00:00 0 *$/m.exec(maps)?.[1]}`);
    const opens = new BpfObject(fromRoot("dist/bpf/opensnoop.bpf.o"));
    onTestFinished(() => opens.close());
    opens.configure("pid", process.pid);
    await opens.load(["every_exit"]);
    await opens.attach("every_exit");
    const look = () => symbols.resolve([stack(pidOf(child), code), stack(pidOf(child), code + 64n, code)]);
    await look();
    await look();
    const seen = rows(drained(opens, "events"), table(opens, "events")).map((row) => row.path);
    expect(seen.filter((path) => path === `/proc/${child.pid}/maps`)).toHaveLength(1);
    expect(seen).not.toContain(`/proc/${child.pid}/stat`);
    // A runtime may begin to write its names later, as one does that is told to with jcmd.
    const map = `/tmp/perf-${child.pid}.map`;
    fs.writeFileSync(map, `${code.toString(16)} 40 compiled\n`);
    onTestFinished(() => fs.rmSync(map));
    await vi.waitFor(async () => expect((await look())[0]?.[0]?.name).toBe("compiled"), 3000);
    expect(seen.filter((path) => String(path).endsWith(`perf-${child.pid}.map`))).toHaveLength(1);
  });

  test("no stacks, and a stack without frames", async () => {
    expect(await symbols.resolve([])).toEqual([]);
    expect(await symbols.resolve([stack(process.pid), stack(0)])).toEqual([[], []]);
  });
});

describe("kernel stacks", () => {
  const lines = fs
    .readFileSync("/proc/kallsyms", "utf8")
    .split("\n")
    .map((line) => /^([0-9a-f]+) [tT] (\S+)(?:\t\[(\S+)\])?$/.exec(line));

  test("a leaf by its own address, a caller by the call before it", async () => {
    const find = (name: string) => BigInt(`0x${lines.find((line) => line?.[2] === name)?.[1]}`);
    const [open, read] = [find("vfs_open"), find("vfs_read")];
    const [frames] = await symbols.resolve([stack(0, open, read + 1n, open + 9n)]);
    expect(text(frames ?? [])).toEqual(["kernel  vfs_open", "kernel  vfs_read", "kernel  vfs_open"]);
    const [[, caller] = []] = await symbols.resolve([stack(0, open, read)]);
    expect(caller?.name).not.toBe("vfs_read");
  });

  test("an address below the kernel stays an address", async () => {
    expect(await symbols.resolve([stack(0, 0x1000n)])).toEqual([
      [{ name: "0x1000", module: "", kind: "kernel" }],
    ]);
  });

  test("without CAP_SYSLOG the address is the name", () => {
    const file = script(
      "symbols-nobody",
      `import { Symbols } from "./index";
       const [[frame]] = await new Symbols().resolve([{ id: 1, pid: 0, frames: BigUint64Array.of(0xffffffff81000010n) }]);
       console.log(JSON.stringify(frame));`,
    );
    const nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", process.execPath, file];
    const out = execFileSync("setpriv", nobody, { encoding: "utf8" });
    expect(JSON.parse(out)).toEqual({ name: "0xffffffff81000010", module: "", kind: "kernel" });
  });
});

describe("functions", () => {
  test("as nm lists them", async () => {
    const listed = execFileSync("nm", ["--defined-only", program("fixed")], { encoding: "utf8" });
    const expected = listed.split("\n").flatMap((line) => /^[0-9a-f]+ [tTwW] (\S+)$/.exec(line)?.[1] ?? []);
    const found = await symbols.functions(program("fixed"));
    const names = found.map(({ name }) => name);
    expect(expected).toEqual(expect.arrayContaining(names));
    expect(names).toEqual(expect.arrayContaining(["main", "probed", "spin", "hot_spin"]));
    expect(names).toEqual([...new Set(names)].sort());
  });

  test("an offset is that of the function's first byte in the file", async () => {
    const found = await symbols.functions(program("pie"));
    const offset = found.find(({ name }) => name === "probed")?.offset ?? 0;
    const disassembly = execFileSync("objdump", ["-d", "--disassemble=probed", program("pie")], {
      encoding: "utf8",
    });
    const [, bytes = ""] = /:\t((?:[0-9a-f]{2} )+)/.exec(disassembly) ?? [];
    const first = Buffer.from(bytes.replaceAll(" ", ""), "hex");
    expect(first.length).toBeGreaterThan(0);
    expect(fs.readFileSync(program("pie")).subarray(offset, offset + first.length)).toEqual(first);
  });

  test("files without functions are refused by name", async () => {
    await expect(symbols.functions("/nowhere")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(symbols.functions("/etc/passwd")).rejects.toMatchObject({
      code: "OBJECT",
      message: "/etc/passwd is not an ELF file with symbols of functions",
    });
    await expect(symbols.functions(os.tmpdir())).rejects.toMatchObject({ code: "OBJECT" });
  });

  test("an ELF file with any byte changed is read or refused, never a crash", () => {
    const whole = fs.readFileSync(program("pie"));
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ringside-elf-"));
    onTestFinished(() => fs.rmSync(folder, { recursive: true }));
    const fuzz = script(
      "fuzz-elf",
      `import fs from "node:fs";
       import { Symbols } from "./index";
       const [from, to] = process.argv.slice(2);
       const whole = fs.readFileSync(from);
       const symbols = new Symbols();
       const sections = Number(whole.readBigUInt64LE(40));
       let seed = 1;
       const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
       for (let i = 0; i < 1500; i++) {
         const bytes = Buffer.from(whole);
         // Headers of the file, of its segments and of its sections: there is nothing to get wrong elsewhere.
         for (let n = 0; n < 3; n++)
           bytes[random(2) ? random(64 + 13 * 56) : sections + random(bytes.length - sections)] = random(256);
         fs.writeFileSync(to, bytes);
         await symbols.functions(to).catch((error) => { if (error.code !== "OBJECT") throw error; });
       }`,
    );
    expect(whole.length).toBeGreaterThan(1000);
    execFileSync(process.execPath, [fuzz, program("pie"), path.join(folder, "x")]);
  });
});

describe("requests", () => {
  test("of the wrong type", async () => {
    for (const wrong of [undefined, 1, [1], [{ pid: 1 }], [{ pid: "1", frames: new BigUint64Array(1) }]])
      await expect(symbols.resolve(wrong as never)).rejects.toMatchObject({ code: "ARGUMENT" });
    for (const wrong of [undefined, 1, "", "a\0b"])
      await expect(symbols.functions(wrong as never)).rejects.toMatchObject({ code: "ARGUMENT" });
  });

  test("many at once, each with its own answer", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => symbols.resolve([stack(0, BigInt(i))])),
    );
    expect(answers.map(([frames]) => frames?.[0]?.name)).toEqual(
      answers.map((_, i) => `0x${i.toString(16)}`),
    );
  });

  test("closed, twice, and with requests on their way", async () => {
    const onItsWay = symbols.functions(process.execPath);
    const waiting = symbols.functions(process.execPath);
    await Promise.resolve();
    symbols.close();
    symbols.close();
    await expect(onItsWay).resolves.not.toHaveLength(0);
    await expect(waiting).rejects.toMatchObject({ code: "CLOSED" });
    await expect(symbols.resolve([])).rejects.toMatchObject({ code: "CLOSED" });
  });

  test("a thread that is ended while one is on its way", () => {
    const file = script(
      "symbols-worker",
      `import { isMainThread, Worker, parentPort } from "node:worker_threads";
       import { Symbols } from "./index";
       if (isMainThread) {
         const worker = new Worker(new URL(import.meta.url));
         worker.on("message", () => worker.terminate());
         worker.on("exit", () => console.log("ended"));
       } else {
         const symbols = new Symbols();
         for (let i = 0; i < 10; i++) symbols.functions(process.execPath);
         parentPort.postMessage("begun");
       }`,
    );
    expect(execFileSync(process.execPath, [file], { encoding: "utf8" })).toBe("ended\n");
  });
});
