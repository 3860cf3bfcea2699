/**
 * The typed face of the addon: one class over libbpf's object, one over symbols.
 * Life of an object: open → configure* → load → attach* → (iterate | drain | read | stats)* → detach? → close.
 */

import { loadAddon, type NativeObject } from "./addon";
import { attach } from "./attach";
import { check, isText, isTexts, isWhole } from "./check";
import { BpfError, native, nativeSoon } from "./errors";
import { decode, encode } from "./parameters";

export { BpfError, type BpfErrorCode } from "./errors";
export { type Features, probeFeatures, type Trial, tryTracing } from "./features";
export * from "./loaded";
export { type Loop, loopFunction, lostToInterrupts, timeLoop } from "./measure";
export { giveNoneOn, type Lesser, restartWith } from "./privileges";
export { Symbols } from "./symbols";
export { beat, startWatchdog } from "./watchdog";

/**
 * How a column lies in a batch. `text`: char[N]. `bytes`: any other array, `size` bytes a row.
 * `stack`: a `stack_id`, 64 bits in the kernel, a dense u32 in the batch (0: no stack).
 */
export type ColumnType =
  | "u8"
  | "s8"
  | "u16"
  | "s16"
  | "u32"
  | "s32"
  | "u64"
  | "s64"
  | "bool"
  | "text"
  | "bytes"
  | "stack";

/** `meaning` is the C typedef (`nsec`, `pid_n`, …), or the C type's name when there is no typedef. */
export interface ColumnSchema {
  name: string;
  type: ColumnType;
  meaning: string;
  /** Bytes a row in the batch; 0 for text. */
  size: number;
  /** Part of a map's key. */
  key: boolean;
}

export interface TableSchema {
  name: string;
  /** `ring`: rows are appended. `map`: `read` gives what changed since the last `read`. */
  kind: "ring" | "map";
  columns: ColumnSchema[];
  /** What a ring holds. */
  ringBytes?: number;
}

/** A `const volatile` global. `bytes` values are Buffers, u64/s64 are bigint, text is string. */
export interface ParameterSchema {
  name: string;
  type: ColumnType;
  meaning: string;
  size: number;
  default: number | bigint | boolean | string | Buffer;
}

export interface ProgramSchema {
  name: string;
  section: string;
  /** The kernel's word for it: "tracing", "kprobe". */
  type: string;
  /** The helpers that it calls itself: "bpf_map_lookup_elem". */
  helpers: string[];
}

export interface ObjectSchema {
  programs: ProgramSchema[];
  /** The type of each map, in the kernel's words ("ringbuf"). */
  mapTypes: string[];
  tables: TableSchema[];
  parameters: ParameterSchema[];
  /** Globals of 32 bits that `set` changes while the programs run. */
  variables: string[];
}

export type ParameterValue = number | bigint | boolean | string | Buffer;

/** Where a program goes that its section does not say. One of: */
export type AttachTarget =
  | { tracepoint: string; cookie?: number } // "sched:sched_switch"
  /** kprobe.multi takes them all in one link, kprobe one link each; cookies[i] belongs to functions[i]. */
  | { functions: string[]; cookies?: number[] }
  /** uprobe/uretprobe; pid 0 or absent: every process. */
  | { binary: string; symbol: string; pid?: number; cookie?: number }
  | { binary: string; offset: number; pid?: number; cookie?: number }
  | { interface: string } // XDP, generic mode
  | { cgroup: string } // a directory of cgroup v2
  /** perf_event programs: the software cpu clock on every CPU, times a second; pid absent: every process. */
  | { frequency: number; pid?: number };

export interface ProgramStats {
  name: string;
  runs: bigint;
  /** Zero while the kernel's bpf statistics are off. */
  nsec: bigint;
}

/**
 * Reads the kernel's BTF once, 5 MiB, and keeps what the CO-RE relocations of these object files refer to, so that their
 * loads read only that. For how many of them: others name a type that the kernel itself does not have, or ask for a type's
 * id, and are loaded as before; so are all of them where the kernel shows no BTF.
 */
export function keepKernelTypes(paths: readonly string[]): number {
  check(isTexts(paths), "keepKernelTypes takes a list of paths of objects");
  return native(() => loadAddon().keepKernelTypes(paths));
}

/**
 * Gives the kernel back what is free between the blocks that are in use: batches below a MiB leave holes, 30 MiB of them
 * after a quarter of an hour with runs coming and going. 100 MiB take 25 ms.
 */
export function releaseMemory(): void {
  loadAddon().releaseMemory();
}

/** Addresses of one stack, leaf first, as `newStacks` hands them out. */
export interface RawStack {
  /** The dense number used in `stack` columns. */
  id: number;
  /** 0: kernel addresses. */
  pid: number;
  frames: BigUint64Array;
}

/** `inlined`: the compiler made it part of the function that follows it, which its file's DWARF says. */
export type FrameKind = "kernel" | "user" | "jit" | "unknown" | "inlined";

export interface Frame {
  name: string;
  /** The kernel module or the file's base name; "" for the kernel itself and for JIT code. */
  module: string;
  kind: FrameKind;
}

/**
 * An eBPF object file. A batch is bytes: u32 rows, u32 0, then each column in schema order, each start
 * aligned to 8 bytes: numbers as they are; text as u32[rows + 1] offsets, aligned, then UTF-8 bytes. Its length is a
 * multiple of 8. All calls throw BpfError.
 */
export class BpfObject {
  readonly #native: NativeObject;
  readonly #schema: ObjectSchema;
  #closed: Promise<void> | undefined;

  /** Opens the file; needs no privilege. */
  constructor(path: string) {
    check(isText(path), "The path of an object is a text");
    const addon = loadAddon();
    this.#native = native(() => new addon.BpfObject(path));
    const { parameters, ...rest } = this.#native.schema();
    this.#schema = {
      ...rest,
      parameters: parameters.map((one) => ({ ...one, default: decode(one, one.default) })),
    };
  }

  /** What BTF and .rodata say; needs no privilege, works in every state but closed. */
  schema(): ObjectSchema {
    if (this.#closed) throw new BpfError("CLOSED", "schema after the object was closed");
    return this.#schema;
  }

  /** Before load. Throws ARGUMENT naming the parameter when the value does not fit. */
  configure(name: string, value: ParameterValue): void {
    const parameter = this.#schema.parameters.find((one) => one.name === name);
    check(parameter !== undefined, `There is no parameter ${name}`);
    const bytes = encode(parameter, value);
    native(() => this.#native.configure(name, bytes));
  }

  /**
   * Loads only these programs (and every map they use), on another thread; until then other calls throw STATE.
   * `kernelFunction`: the target of fentry/fexit programs without one.
   */
  async load(programs: readonly string[], kernelFunction?: string): Promise<void> {
    check(isTexts(programs), "load takes a list of names of programs");
    check(kernelFunction === undefined || isText(kernelFunction), "The kernel function is a text");
    await nativeSoon(() => this.#native.load(programs, kernelFunction ?? ""));
    if (this.#closed) throw new BpfError("CLOSED", "The object was closed while it was being loaded");
  }

  /** After load, on another thread, one after the other; several times for several targets. */
  async attach(program: string, target?: AttachTarget): Promise<void> {
    check(isText(program), "attach takes the name of a program");
    await nativeSoon(() => attach(this.#native, program, target));
  }

  /** Runs an attached iterator over everything it visits, once and to its end; its maps can then be read. */
  iterate(program: string): void {
    check(isText(program), "iterate takes the name of a program");
    native(() => this.#native.iterate(program));
  }

  /**
   * Ends every attachment, for good, and resolves when the kernel has done so; what was recorded can be drained and
   * read meanwhile and afterwards. Safe to call twice.
   */
  detach(): Promise<void> {
    return native(() => this.#native.detach());
  }

  /**
   * Takes rows out of a ring table and writes them as one batch to the beginning of `into`, as many as fit whatever
   * their texts are. The batch's bytes; 0 when nothing is waiting. ARGUMENT when a single row might not fit.
   */
  drain(table: string, into: Uint8Array): number {
    check(isText(table), "drain takes the name of a ring");
    check(into instanceof Uint8Array, "drain takes the bytes to write to");
    return native(() => this.#native.drain(table, into));
  }

  /**
   * The rows of a map whose values changed since the last `read`, amounts as differences, per-CPU values summed;
   * what is no amount (a text, an id, an instant, a level_n, a task_state) is as it is now. A key that vanished and came back counts from 0. Always a batch, also of 0 rows.
   */
  read(table: string): Buffer {
    check(isText(table), "read takes the name of a map");
    return native(() => this.#native.read(table));
  }

  /** Stacks first seen in a drained or read batch since the last call. */
  newStacks(): RawStack[] {
    return native(() => this.#native.newStacks());
  }

  /** Rows so far that named a stack which the kernel side no longer had: their stack is 0. */
  missingStacks(): number {
    return native(() => this.#native.missingStacks());
  }

  stats(): ProgramStats[] {
    return native(() => this.#native.stats());
  }

  /** Memory that the kernel charges for all maps of the object, bytes. */
  mapBytes(): number {
    return native(() => this.#native.mapBytes());
  }

  /** After load: gives one of `schema().variables` a value, which the programs see at once. */
  set(variable: string, value: number): void {
    check(this.#schema.variables.includes(variable), `There is no variable ${variable}`);
    check(isWhole(value, 0, 2 ** 32 - 1), `${variable} takes a whole number of 32 bits`);
    native(() => this.#native.set(variable, value));
  }

  /**
   * Detaches and frees everything, and resolves when that is done; other calls fail at once. What is under way is waited
   * for. Safe to call twice.
   */
  close(): Promise<void> {
    this.#closed ??= Promise.resolve(this.#native.close());
    return this.#closed;
  }
}
