/** What the kernel has, and what it lets this process do: found by trying, never read off a version number. */
import { loadAddon } from "./addon";

export interface Features {
  /** Names as libbpf and bpftool write them ("raw_tracepoint"); `helpers`: "bpf_map_lookup_elem", empty where a trial cannot tell. */
  programTypes: { name: string; there: boolean; helpers: string[] }[];
  mapTypes: { name: string; there: boolean }[];
  /** Helpers that were not tried, because the kernel would warn of it in its log. */
  untried: string[];
}

/**
 * One thing that was tried: a way to attach a program by the first part of its section's name ("tp_btf", "kprobe.multi"),
 * "statistics" (the kernel's run-time statistics) or "list" (ids of all programs). `errno` 0: it went well.
 */
export interface Trial {
  name: string;
  errno: number;
  /** The verifier's words, where it had any. */
  detail: string;
}

/** Some 6,000 tiny programs and maps, loaded and closed again: 0.2 s of a worker thread. */
export const probeFeatures = (): Promise<Features> => loadAddon().probeFeatures();

/** Loads and attaches an empty program in each way there is, to what never happens, and takes it away again. */
export const tryTracing = (): Promise<Trial[]> => loadAddon().tryTracing();
