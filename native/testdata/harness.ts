/** What the tests of this folder share: test objects and programs built once, batches as rows, and what the kernel has loaded. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, onTestFinished } from "vitest";
import { BpfObject, type ColumnSchema, type TableSchema } from "../index";

const sources = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(sources, "../..");
/** Gone when the test file ends. */
export const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ringside-native-"));
// An ordinary user opens objects, too.
fs.chmodSync(folder, 0o755);
afterAll(() => fs.rmSync(folder, { recursive: true }));

const arch = os.arch() === "arm64" ? "arm64" : "x86";
/** getppid, which a process makes by looking at `process.ppid`. */
export const GETPPID = os.arch() === "arm64" ? 173 : 110;

function built(name: string, build: (out: string) => void): string {
  const out = path.join(folder, name);
  if (!fs.existsSync(out)) build(out);
  return out;
}

/** Path of the compiled `NAME.bpf.c`. */
export function compiled(name: string): string {
  const source = path.join(sources, `${name}.bpf.c`);
  const flags = ["-target", "bpf", `-D__TARGET_ARCH_${arch}`, "-g", "-O2", "-Wall", "-Werror"];
  return built(`${name}.bpf.o`, (out) => {
    execFileSync("clang", [...flags, "-c", source, "-o", out]);
  });
}

/** An open object, closed when the test ends. */
export function open(name: string): BpfObject {
  const object = new BpfObject(compiled(name));
  onTestFinished(() => object.close());
  return object;
}

/** Path of a program made of target.c and one of spin.c and spin.cc, or of inlined.c; `how`: what its symbols are like. */
export function program(
  how: "pie" | "static" | "fixed" | "stripped" | "shared" | "c++" | "inlined" = "pie",
): string {
  // Without optimisation each function has a frame that the kernel can walk.
  const frames = ["-O0"];
  const source = (name: string) => path.join(sources, name);
  const cc = (...args: string[]) => execFileSync("gcc", [...frames, ...args]);
  return built(`target-${how}`, (out) => {
    if (how === "shared") {
      const library = path.join(folder, "libspin.so");
      cc("-shared", "-fPIC", source("spin.c"), "-o", library);
      cc(source("target.c"), library, `-Wl,-rpath,${folder}`, "-o", out);
    } else if (how === "inlined") {
      const flags = ["-O2", "-g", "-fno-omit-frame-pointer", "-Wl,--build-id=sha1"];
      execFileSync("gcc", [...flags, source("inlined.c"), "-o", out]);
    } else if (how === "c++") {
      const object = path.join(folder, "spin.o");
      execFileSync("g++", [...frames, "-c", source("spin.cc"), "-o", object]);
      cc(source("target.c"), object, "-o", out);
    } else {
      const flag = { pie: "-pie", static: "-static", fixed: "-no-pie", stripped: "-s" }[how];
      cc(flag, source("target.c"), source("spin.c"), "-o", out);
    }
  });
}

export interface Target {
  pid: number;
  /** Lets it begin, and resolves when it has ended. */
  run(): Promise<void>;
}

/** Starts `target calls N` or `target probed N`, which waits to be told to begin. */
export async function target(what: "calls" | "probed", count: number): Promise<Target> {
  const child = spawn(program(), [what, String(count)], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return {
    pid: pidOf(child),
    run: () => {
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.stdin.end("\n");
      return ended;
    },
  };
}

export function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error("the process did not start");
  return child.pid;
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The names of the programs that the kernel has loaded. */
export function loadedPrograms(): string[] {
  const list: { name?: string }[] = JSON.parse(
    execFileSync("bpftool", ["-j", "prog", "show"], { encoding: "utf8" }),
  );
  return list.map(({ name }) => name ?? "");
}

/** The kernel frees a program some time after its last owner went. */
export async function unloaded(name: string): Promise<boolean> {
  for (let tries = 0; tries < 50; tries++) {
    if (!loadedPrograms().includes(name)) return true;
    await pause(20);
  }
  return false;
}

/** Path of a program for Node that runs `code`, which may import from "./index" as a file of native/ does. */
export function script(name: string, code: string): string {
  const outfile = path.join(root, "dist/run", `native-test-${name}.mjs`);
  buildSync({
    stdin: { contents: code, resolveDir: path.join(root, "native"), loader: "ts" },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
  onTestFinished(() => fs.rmSync(outfile));
  return outfile;
}

type Cell = number | bigint | boolean | string | Buffer;
export type Row = Record<string, Cell>;

export function table(object: BpfObject, name: string): TableSchema {
  const found = object.schema().tables.find((one) => one.name === name);
  if (!found) throw new Error(`no table ${name}`);
  return found;
}

/** What waits in a ring, at most about `bytes` of it, as a batch. */
export function drained(object: BpfObject, ring: string, bytes = 1 << 20): Buffer | undefined {
  const into = Buffer.alloc(bytes);
  const written = object.drain(ring, into);
  return written > 0 ? into.subarray(0, written) : undefined;
}

/** A batch as the rows that it stands for, read as index.ts tells the layout. */
export function rows(batch: Buffer | undefined, { columns }: TableSchema): Row[] {
  if (!batch) return [];
  const count = batch.readUInt32LE(0);
  const result: Row[] = Array.from({ length: count }, () => ({}));
  let at = 8;
  const aligned = () => {
    at += (8 - (at % 8)) % 8;
  };
  for (const column of columns) {
    if (column.type === "text") {
      const offsets = at;
      at += 4 * (count + 1);
      aligned();
      const texts = at;
      result.forEach((row, i) => {
        const [from, to] = [batch.readUInt32LE(offsets + 4 * i), batch.readUInt32LE(offsets + 4 * i + 4)];
        row[column.name] = batch.toString("utf8", texts + from, texts + to);
      });
      at += batch.readUInt32LE(offsets + 4 * count);
    } else {
      for (const row of result) {
        row[column.name] = cell(batch, at, column);
        at += column.size;
      }
    }
    aligned();
  }
  if (at !== batch.length) throw new Error(`the batch has ${batch.length} bytes, its columns end at ${at}`);
  return result;
}

function cell(batch: Buffer, at: number, { type, size }: ColumnSchema): Cell {
  switch (type) {
    case "u64":
      return batch.readBigUInt64LE(at);
    case "s64":
      return batch.readBigInt64LE(at);
    case "bool":
      return batch[at] !== 0;
    case "bytes":
      return batch.subarray(at, at + size);
    case "s8":
    case "s16":
    case "s32":
      return batch.readIntLE(at, size);
    default:
      return batch.readUIntLE(at, size);
  }
}
