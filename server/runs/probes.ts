/** What kind of probe each program of a run is, as far as the way to it and back goes. */
import { closeSync, openSync, readSync } from "node:fs";
import type { CatalogueTool } from "../catalogue";
import type { Place, Target } from "./targets";

/**
 * Kinds that differ in price: the beginnings of sections' names, tracepoints where system calls begin, and uprobes whose
 * instruction must be stepped.
 */
export type Probe =
  | "tp_btf"
  | "tp"
  | "tp, sys_enter"
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

/**
 * Programs on system calls put every call of the host on a slower way, where it begins or where it ends; `every` ones see
 * each call, the others one kind.
 */
export type CallProbe = "every sys_enter" | "every sys_exit" | "one sys_enter" | "one sys_exit";

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
  /** How it sees system calls; empty: not at all. */
  calls: ReadonlySet<CallProbe>;
}

export function probesOf({ schema }: CatalogueTool, programs: readonly string[], target?: Target): Probes {
  const places = target?.places ?? [];
  const stepped = 2 * places.filter(isStepped).length > places.length;
  const calls = new Set<CallProbe>();
  const of = new Map<string, Probe>();
  for (const { name, section } of schema.programs) {
    if (!programs.includes(name)) continue;
    const kind = section.split("/")[0] ?? "";
    let probe = SYNONYMS[kind] ?? (kind as Probe);
    if (probe === "uprobe" && stepped) probe = "uprobe, stepped";
    const where = target?.kind === "tracepoint" ? target.names.join(" ") : section;
    const side = /\bsys_enter/.test(where) ? "sys_enter" : /\bsys_exit/.test(where) ? "sys_exit" : undefined;
    if (side && probe === "tp_btf") calls.add(`every ${side}`);
    if (side && probe === "tp") {
      calls.add(`one ${side}`);
      if (side === "sys_enter") probe = "tp, sys_enter";
    }
    of.set(name, probe);
  }
  return { of, calls };
}
