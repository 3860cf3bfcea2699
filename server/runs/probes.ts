/** What kind of probe each program of a run is, as far as the way to it and back goes. */
import { closeSync, openSync, readSync } from "node:fs";
import type { CatalogueTool } from "../catalogue";
import type { Place, Target } from "./targets";

/**
 * Kinds that differ in price: the beginnings of sections' names, where system calls begin or end, and uprobes whose
 * instruction must be stepped.
 */
export type Probe =
  | "tp_btf"
  | "tp_btf, sys_enter"
  | "tp_btf, sys_exit"
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
 * Where system calls begin, or end. A program on one kind of call puts every call of the host on a slower way there; for one
 * on every call that is part of the way to it.
 */
export type Side = "sys_enter" | "sys_exit";

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
  /** Where it slows system calls that are none of its events. */
  slows: ReadonlySet<Side>;
}

export function probesOf({ schema }: CatalogueTool, programs: readonly string[], target?: Target): Probes {
  const places = target?.places ?? [];
  const stepped = 2 * places.filter(isStepped).length > places.length;
  const slows = new Set<Side>();
  const of = new Map<string, Probe>();
  for (const { name, section } of schema.programs) {
    if (!programs.includes(name)) continue;
    const kind = section.split("/")[0] ?? "";
    let probe = SYNONYMS[kind] ?? (kind as Probe);
    if (probe === "uprobe" && stepped) probe = "uprobe, stepped";
    const where = target?.kind === "tracepoint" ? target.names.join(" ") : section;
    const side = /\bsys_enter/.test(where) ? "sys_enter" : /\bsys_exit/.test(where) ? "sys_exit" : undefined;
    if (side && probe === "tp_btf") probe = `tp_btf, ${side}`;
    if (side && probe === "tp") {
      slows.add(side);
      if (side === "sys_enter") probe = "tp, sys_enter";
    }
    of.set(name, probe);
  }
  return { of, slows };
}
