/** Addresses to names. */
import { loadAddon, type NativeSymbols } from "./addon";
import { check, isText } from "./check";
import { BpfError, bpfError } from "./errors";
import type { Frame, FrameKind, RawStack } from "./index";

/** In the order of the enum in frame.h. */
const FRAME_KINDS: readonly FrameKind[] = ["kernel", "user", "jit", "unknown", "inlined"];

/** Processes that read DWARF end when nothing was asked for so long. */
const REST_MS = 10_000;

/** Work runs off the main thread, one request at a time. */
export class Symbols {
  #loaded: NativeSymbols | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;
  #resting: NodeJS.Timeout | undefined;

  /** The addon is loaded when something is asked for: a server that only shows recordings has none. */
  get #native(): NativeSymbols {
    this.#loaded ??= new (loadAddon().Symbols)();
    return this.#loaded;
  }

  /**
   * One Frame[] (leaf first) for each stack; what has no symbol is `module+0xoffset`, never a guess. An address may be
   * several frames: the functions inlined there, innermost first, then the one that they are part of.
   */
  resolve(stacks: readonly RawStack[]): Promise<Frame[][]> {
    return this.#next(async () => {
      check(Array.isArray(stacks) && stacks.every(isStack), "resolve takes a list of stacks");
      const depths = Uint32Array.from(stacks, (stack) => stack.frames.length);
      const addresses = new BigUint64Array(depths.reduce((sum, depth) => sum + depth, 0));
      let at = 0;
      for (const { frames } of stacks) {
        addresses.set(frames, at);
        at += frames.length;
      }
      const pids = Uint32Array.from(stacks, (stack) => stack.pid);
      const resolved = await this.#native.resolve(pids, depths, addresses);
      const { names, modules, kinds } = resolved;
      let next = 0;
      const frame = (): Frame => {
        const i = next++;
        return {
          name: names[i] ?? "",
          module: modules[i] ?? "",
          kind: FRAME_KINDS[kinds[i] ?? 3] ?? "unknown",
        };
      };
      return Array.from(resolved.depths, (length) => Array.from({ length }, frame));
    });
  }

  /** Functions of an ELF file that a uprobe can take, sorted by name; `offset` in the file. */
  functions(path: string): Promise<{ name: string; offset: number }[]> {
    return this.#next(async () => {
      check(isText(path), "functions takes the path of a file");
      const { names, offsets } = await this.#native.functions(path);
      return names.map((name, i) => ({ name, offset: offsets[i] ?? 0 }));
    });
  }

  /** Requests not begun yet are rejected with CLOSED; safe to call twice. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#resting);
    this.#loaded?.close();
  }

  #next<T>(request: () => Promise<T>): Promise<T> {
    const run = this.#last.then(() => {
      if (this.#closed) throw new BpfError("CLOSED", "The symbols were closed");
      return request();
    });
    const result = run.catch((error: unknown) => {
      throw bpfError(error);
    });
    const last = result.catch(() => undefined);
    this.#last = last;
    clearTimeout(this.#resting);
    void last.then(() => {
      if (last !== this.#last || this.#closed) return;
      this.#resting = setTimeout(() => this.#native.rest(), REST_MS).unref();
    });
    return result;
  }
}

function isStack(stack: unknown): stack is RawStack {
  const { pid, frames } = (stack ?? {}) as Partial<RawStack>;
  return Number.isInteger(pid) && frames instanceof BigUint64Array;
}
