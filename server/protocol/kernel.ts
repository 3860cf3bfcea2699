/** What the kernel page is told: what works here, and what is loaded. */
import type { Features } from "../../native";
import type { Problem } from "../protocol";

export type { Features } from "../../native";

/** One thing that tracing depends on, as it was found on this host. */
export interface Check {
  /** "CAP_BPF", "kernel.perf_event_paranoid". */
  name: string;
  /** `off`: not there, and nothing is lost by it; `unknown`: this process cannot tell, `found` says why. */
  state: "ok" | "limited" | "missing" | "off" | "unknown";
  /** What was read, or how the trial ended. */
  found: string;
  /** What it is for. */
  means: string;
  /** Tools that cannot run without it, or only in part ("funccount: kernel functions"). */
  lost: string[];
  /** What mends it, and the command that does. */
  fix?: string;
  command?: string;
}

/** What works here: every check was made for this answer. */
export interface Preflight {
  groups: { title: string; checks: Check[] }[];
  /** What the kernel has, each found by trying; undefined where nothing can be tried. */
  features?: Features;
  /** The newest programs that the verifier refused since the server started, newest first. */
  rejections: { at: number; problem: Problem }[];
}

/** Who holds a program, map or link by a file descriptor. */
export interface HolderInfo {
  pid: number;
  command: string;
}

interface LoadedInfo {
  /** The kernel's number for it. */
  id: number;
  /** In libbpf's and bpftool's words: "tracing", "percpu_hash", "perf_event". */
  type: string;
  /** At most 15 characters, "" where it has none. */
  name: string;
  /** Held by this server. */
  ours: boolean;
  holders: HolderInfo[];
}

export interface ProgramInfo extends LoadedInfo {
  tag: string;
  gpl: boolean;
  /** Milliseconds since the epoch. */
  loadedAt: number;
  /** The user's number, and its name or "". */
  uid: number;
  user: string;
  translatedBytes: number;
  /** 0: it is interpreted. */
  compiledBytes: number;
  /** Bytes. */
  memory: number;
  maps: number[];
  links: number[];
  btf: number;
  missed: number;
  /** Instructions that the verifier walked through; 0 where the kernel does not tell. */
  verified: number;
  /** Where it is attached, as far as the kernel tells: "sched_switch", "kprobe vfs_read". */
  attached: string[];
}

export interface MapInfo extends LoadedInfo {
  flags: number;
  /** Bytes. */
  keySize: number;
  valueSize: number;
  maxEntries: number;
  memory: number;
  frozen: boolean;
  btf: number;
  programs: number[];
}

export interface LinkInfo extends Omit<LoadedInfo, "name"> {
  program: number;
  attachType: string;
  /** "sched_switch", "/usr/bin/node+0x1234", "12 functions"; "" where the kernel does not tell. */
  target: string;
}

/** Runs and time of one program since it was loaded, as far as statistics were on: [id, runs, nanoseconds]. */
export type Usage = [id: number, runs: number, nsec: number];

/** What eBPF the kernel has loaded; `lists` only when they differ from those of the asked version. */
export interface Inventory {
  /** Of the lists; send it with the next question. */
  version: string;
  /** Milliseconds of CLOCK_MONOTONIC. */
  at: number;
  /** Nothing where statistics are off and cannot be turned on. */
  usage: Usage[];
  lists?: { programs: ProgramInfo[]; maps: MapInfo[]; links: LinkInfo[] };
  /** What is not shown, or not counted, and why. */
  problems: Problem[];
}

export type CodeForm = "translated" | "compiled";

/** A part of a program's code. */
export interface Code {
  /** `at`: the instruction's index, or the offset of compiled code; `line`: index in `lines` of the source it begins, or -1. */
  rows: [at: number, text: string, line: number][];
  lines: { file: string; number: number; text: string }[];
  /** Rows in all. */
  total: number;
  /** Why rows are bytes, or have no names, or there are none. */
  problem?: Problem;
}

/** A page of a map. */
export interface MapRows {
  /** Bytes as hexadecimal digits; texts as C writes them, "" where the map has no types. */
  rows: { key: string; value: string; keyText: string; valueText: string; error: string }[];
  more: boolean;
  /** The key to go on behind was gone: this is the beginning. */
  restarted: boolean;
}
