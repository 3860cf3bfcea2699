/** The addon as C++ exports it; every value that reaches it has been checked before. */
import fs from "node:fs";
import nodeModule from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { BpfError } from "./errors";
import type { Features, Trial } from "./features";
import type { ObjectSchema, ParameterSchema, ProgramStats, RawStack } from "./index";
import type { Listing, LoadedLink, LoadedMap, LoadedProgram, MapPage, ProgramCode } from "./loaded";

export interface Addon {
  BpfObject: new (path: string) => NativeObject;
  releaseMemory(): void;
  keepKernelTypes(objects: readonly string[]): number;
  Symbols: new () => NativeSymbols;
  probeFeatures(): Promise<Features>;
  tryTracing(): Promise<Trial[]>;
  listPrograms(): Promise<Listing<LoadedProgram>>;
  listMaps(): Promise<Listing<LoadedMap>>;
  listLinks(): Promise<Listing<LoadedLink>>;
  /** Process, kind and id of each, one behind the other. */
  listHolders(): Promise<Uint32Array>;
  readProgram(id: number): Promise<ProgramCode>;
  nameCalls(
    offsets: Int32Array,
    addresses: BigUint64Array,
  ): Promise<{ calls: string[]; addresses: string[] }>;
  /** An empty key: from the beginning. */
  readMap(id: number, after: Buffer, most: number): Promise<MapPage>;
  countMap(id: number): Promise<number>;
  enableStatistics(): number;
  restartWithLess(
    capabilities: readonly number[],
    user: number,
    group: number,
    command: readonly string[],
  ): void;
  giveNoneOn(): void;
  startWatchdog(warn: number, end: number): void;
  beat(): void;
  timeLoop(what: "call" | "emulated" | "stepped", turns: number): number;
  lostToInterrupts(milliseconds: number): { lost: number; spent: number };
}

export interface NativeObject {
  schema(): Omit<ObjectSchema, "parameters"> & {
    parameters: (Omit<ParameterSchema, "default"> & { default: Buffer })[];
  };
  configure(name: string, bytes: Buffer): void;
  load(programs: readonly string[], kernelFunction: string): Promise<void>;
  attachAuto(program: string): Promise<void>;
  attachTracepoint(program: string, category: string, name: string, cookie: number): Promise<void>;
  attachFunctions(program: string, names: readonly string[], cookies: readonly number[]): Promise<void>;
  attachSymbol(program: string, binary: string, symbol: string, pid: number, cookie: number): Promise<void>;
  attachOffset(program: string, binary: string, offset: number, pid: number, cookie: number): Promise<void>;
  attachInterface(program: string, name: string): Promise<void>;
  attachCgroup(program: string, directory: string): Promise<void>;
  attachFrequency(program: string, hertz: number, pid: number): Promise<void>;
  iterate(program: string): void;
  detach(): Promise<void>;
  drain(table: string, into: Uint8Array): number;
  read(table: string): Buffer;
  newStacks(): RawStack[];
  missingStacks(): number;
  stats(): ProgramStats[];
  mapBytes(): number;
  set(variable: string, value: number): void;
  /** Once only. */
  close(): Promise<void> | undefined;
}

export interface NativeSymbols {
  /** All addresses one behind the other; so are the frames that come back, with how many each stack has. */
  resolve(
    pids: Uint32Array,
    depths: Uint32Array,
    addresses: BigUint64Array,
  ): Promise<{ names: string[]; modules: string[]; kinds: Uint8Array; depths: Uint32Array }>;
  functions(path: string): Promise<{ names: string[]; offsets: Float64Array }>;
  /** While no request is under way. */
  rest(): void;
  close(): void;
}

let addon: Addon | undefined;

/** For the rights in effect: existsSync asks access(2), which leaves out ambient capabilities. */
function isThere(file: string): boolean {
  try {
    return fs.statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** In dist/ beside the package.json above this file, which is the project's own for the sources and for the bundle. */
export function addonPath(): string {
  let root = path.dirname(fileURLToPath(import.meta.url));
  while (!isThere(path.join(root, "package.json")) && root !== path.dirname(root)) root = path.dirname(root);
  return path.join(root, "dist", "ringside.node");
}

export function loadAddon(): Addon {
  if (addon) return addon;
  const file = addonPath();
  if (!isThere(file)) throw new BpfError("SYSTEM", `${file} is missing: run npm run build`);
  const require = nodeModule.createRequire(import.meta.url);
  addon = require(file) as Addon;
  return addon;
}
