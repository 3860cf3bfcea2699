/** What eBPF the kernel has loaded, of whoever. Everything runs off the main thread; ids are the kernel's. */
import { closeSync } from "node:fs";
import { loadAddon } from "./addon";
import { check, isWhole } from "./check";
import { native, nativeSoon } from "./errors";

/** `all` is false where the kernel told of this process's own only (that needs CAP_SYS_ADMIN). */
export interface Listing<T> {
  all: boolean;
  loaded: T[];
}

export interface LoadedProgram {
  id: number;
  /** As libbpf and bpftool write it: "raw_tracepoint". */
  type: string;
  /** At most 15 characters; "" where it has none. */
  name: string;
  /** 16 hexadecimal digits, a hash of its instructions. */
  tag: string;
  gpl: number;
  /** Nanoseconds of CLOCK_BOOTTIME. */
  loadedAt: number;
  uid: number;
  translatedBytes: number;
  /** 0: it is interpreted. */
  compiledBytes: number;
  /** Bytes. */
  memory: number;
  /** Ids of the maps it uses. */
  maps: number[];
  /** Id of its types; 0: it has none. */
  btf: number;
  /** Both 0 as long as statistics were off. */
  runs: number;
  nsec: number;
  /** Runs that did not happen because the program was running already on that CPU. */
  missed: number;
  /** Instructions that the verifier walked through; 0 before Linux 5.16. */
  verified: number;
  /** The kernel function or type that it was made for, or "". */
  target: string;
}

export interface LoadedMap {
  id: number;
  type: string;
  name: string;
  flags: number;
  /** Bytes. */
  keySize: number;
  valueSize: number;
  maxEntries: number;
  memory: number;
  frozen: number;
  btf: number;
}

/** What it is attached to is told by what its type of link has of it. */
export interface LoadedLink {
  id: number;
  type: string;
  program: number;
  attachType?: string;
  /** A kernel function, tracepoint, file or kind of iterator. */
  target?: string;
  targetObject?: number;
  targetType?: number;
  /** Perf events: 1 uprobe, 2 uretprobe, 3 kprobe, 4 kretprobe, 5 tracepoint, 6 event. */
  event?: number;
  /** Bytes from the target's beginning. */
  offset?: number;
  /** Number of functions of a link over many. */
  functions?: number;
  /** A control group's id, decimal. */
  cgroup?: string;
  netns?: number;
  interface?: number;
}

export interface SourceLine {
  /** Index of the translated instruction that begins it. */
  at: number;
  file: string;
  text: string;
  number: number;
  /** Address of the compiled code that begins it. */
  compiledAt?: bigint;
}

export interface ProgramCode {
  /** struct bpf_insn, 8 bytes each; empty where the kernel keeps it to itself. */
  translated: Buffer;
  /** All functions' code, one behind the other. */
  compiled: Buffer;
  lines: SourceLine[];
  /** `at`: index of its first translated instruction; `bytes` of compiled code from `address`. */
  functions: { name: string; at: number; address: bigint; bytes: number }[];
}

export interface MapPage {
  rows: {
    key: Buffer;
    /** Of per-CPU maps each CPU's value one behind the other, each in whole 8 bytes; empty where it cannot be read. */
    value: Buffer;
    /** As C writes it; "" where the map has no types. */
    keyText: string;
    valueText: string;
    /** Why the value cannot be read. */
    error: string;
  }[];
  more: boolean;
  /** The key to go on behind was gone, so this is the beginning. */
  restarted: boolean;
}

/** In the order of the addon's enum. */
export const HELD_KINDS = ["program", "map", "link"] as const;

export interface Holder {
  pid: number;
  kind: (typeof HELD_KINDS)[number];
  id: number;
}

const isId = (id: number): boolean => isWhole(id, 1, 2 ** 32 - 1);

export const listPrograms = (): Promise<Listing<LoadedProgram>> =>
  nativeSoon(() => loadAddon().listPrograms());
export const listMaps = (): Promise<Listing<LoadedMap>> => nativeSoon(() => loadAddon().listMaps());
export const listLinks = (): Promise<Listing<LoadedLink>> => nativeSoon(() => loadAddon().listLinks());

/** By /proc; other users' processes are passed over without CAP_SYS_PTRACE. */
export async function listHolders(): Promise<Holder[]> {
  const numbers = await nativeSoon(() => loadAddon().listHolders());
  return Array.from({ length: numbers.length / 3 }, (_, i) => ({
    pid: numbers[3 * i] ?? 0,
    kind: HELD_KINDS[numbers[3 * i + 1] ?? 0] ?? "program",
    id: numbers[3 * i + 2] ?? 0,
  }));
}

/** Throws NOT_FOUND when there is no such program (any more). */
export function readProgram(id: number): Promise<ProgramCode> {
  check(isId(id), "readProgram takes the id of a program");
  return nativeSoon(() => loadAddon().readProgram(id));
}

/** Names of helpers by their distance from __bpf_call_base, and of functions by address; "" for what is hidden. */
export const nameCalls = (
  offsets: Int32Array,
  addresses: BigUint64Array,
): Promise<{ calls: string[]; addresses: string[] }> => {
  check(offsets instanceof Int32Array && addresses instanceof BigUint64Array, "nameCalls takes two arrays");
  return nativeSoon(() => loadAddon().nameCalls(offsets, addresses));
};

/** At most `most` rows behind the key `after`, or from the beginning. */
export function readMap(id: number, after: Buffer | undefined, most: number): Promise<MapPage> {
  check(isId(id), "readMap takes the id of a map");
  check(after === undefined || Buffer.isBuffer(after), "readMap takes a key as bytes");
  check(isWhole(most, 1, 10_000), "readMap gives 1 to 10,000 rows");
  return nativeSoon(() => loadAddon().readMap(id, after ?? Buffer.alloc(0), most));
}

/** Walks the whole map: half a second for a million keys. */
export function countMap(id: number): Promise<number> {
  check(isId(id), "countMap takes the id of a map");
  return nativeSoon(() => loadAddon().countMap(id));
}

/** Turns the kernel's statistics of programs on until what comes back is called. Throws PERMISSION without CAP_SYS_ADMIN. */
export function enableStatistics(): () => void {
  const fd = native(() => loadAddon().enableStatistics());
  return () => closeSync(fd);
}
