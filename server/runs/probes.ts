/** What kind of probe each program of a run is, as far as the way to it and back goes. */
import { closeSync, openSync, readSync } from "node:fs";
import type { CatalogueTool } from "../catalogue";
import type { Place, Target } from "./targets";

/** Kinds that differ in price: the beginnings of sections' names, and uprobes whose instruction must be stepped. */
export type Probe =
  | "tp_btf"
  | "tp"
  | "perf_event"
  | "iter"
  | "uprobe"
  | "uprobe, stepped"
  | "uretprobe"
  | "kprobe"
  | "kretprobe"
  | "kprobe.multi"
  | "kretprobe.multi"
  | "fentry"
  | "fexit";

/** Programs on system calls put every call of the host on a slower way; `raw` ones see every call, the others one kind. */
export type CallProbe = "raw" | "one";

const SYNONYMS: Record<string, Probe> = { tracepoint: "tp", raw_tp: "tp_btf", raw_tracepoint: "tp_btf" };

/** Whether the kernel emulates the instruction, of which these are the first bytes, or must single-step it. */
export function isEmulated(code: Uint8Array): boolean {
  // arch/x86/kernel/uprobes.c, push_setup_xol_ops and branch_setup_xol_ops: push, nop, call, jmp, jcc.
  const [first = 0, second = 0] = code;
  const isPush = (byte: number) => byte >= 0x50 && byte <= 0x57;
  if (isPush(first) || (first === 0x41 && isPush(second))) return true;
  if (first === 0x0f) return second >= 0x80 && second <= 0x8f;
  return first === 0x90 || first === 0xe8 || first === 0xe9 || first === 0xeb || (first & 0xf0) === 0x70;
}

function isStepped({ binary, offset }: Place): boolean {
  if (process.arch !== "x64") return true;
  const code = Buffer.alloc(2);
  const file = openSync(binary, "r");
  try {
    readSync(file, code, 0, code.length, offset);
  } finally {
    closeSync(file);
  }
  return !isEmulated(code);
}

export interface Probes {
  /** By program; which of a pattern's functions fires is not known, so the more frequent kind stands for all. */
  of: ReadonlyMap<string, Probe>;
  /** How it sees system calls, if it does. */
  calls: CallProbe | undefined;
}

export function probesOf({ schema }: CatalogueTool, programs: readonly string[], target?: Target): Probes {
  const places = target?.places ?? [];
  const stepped = 2 * places.filter(isStepped).length > places.length;
  let calls: CallProbe | undefined;
  const of = new Map<string, Probe>();
  for (const { name, section } of schema.programs) {
    if (!programs.includes(name)) continue;
    const [kind = "", where = ""] = section.split("/");
    const probe = SYNONYMS[kind] ?? (kind as Probe);
    of.set(name, probe === "uprobe" && stepped ? "uprobe, stepped" : probe);
    const isTarget = target?.kind === "tracepoint" && target.names.some((one) => one.startsWith("syscalls:"));
    if (probe === "tp_btf" && /^sys_(enter|exit)$/.test(where)) calls = "raw";
    if (probe === "tp" && (where === "syscalls" || isTarget)) calls = "one";
  }
  return { of, calls };
}
