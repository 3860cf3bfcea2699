/** Targets chosen at run time: kernel functions, functions of a binary, tracepoints; by name or glob. */
import { closeSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Symbols } from "../../native";
import { has, hasKprobes, NO_KPROBES } from "../host/capabilities";
import { lockdown, tracefs } from "../host/settings";
import { refuse } from "../problem";
import type { TargetKind } from "../protocol";

/** What a target stands for. `names` are what `func_id` 0, 1, 2 … mean. */
export interface Target {
  kind: TargetKind;
  names: string[];
  /** For kind `user`, where each of them lies. */
  places?: Place[];
}

/** A function in a file. */
export interface Place {
  binary: string;
  /** From the file's start, in bytes. */
  offset: number;
}

/** A glob of more than this is refused: attaching takes seconds and slows the host. */
const MAX_FUNCTIONS = 1000;
const MAX_FOUND = 100;
const TRACEFS = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

const AS_START_DOES = "Give the server CAP_DAC_READ_SEARCH, as npm start does.";

const isDenied = (error: unknown): boolean =>
  ["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "");

function needTracefs(file: string): string[] {
  let denied = false;
  for (const folder of TRACEFS)
    try {
      return readFileSync(join(folder, file), "utf8").split("\n").filter(Boolean);
    } catch (error) {
      denied ||= isDenied(error); // Not mounted there, or not ours to read: try the next.
    }
  const list = `The list of ${file.replace("available_", "").replaceAll("_", " ")}`;
  if (!tracefs())
    refuse(
      `${list} cannot be read: tracefs is not mounted.`,
      "Mount it: sudo mount -t tracefs tracefs /sys/kernel/tracing",
    );
  if (lockdown() === "confidentiality")
    refuse(
      `${list} cannot be read: this kernel is locked down at confidentiality.`,
      "Boot with lockdown=integrity.",
    );
  if (denied && !has("CAP_DAC_READ_SEARCH"))
    refuse(`${list} cannot be read: tracefs lets only its owner in, who is root.`, AS_START_DOES);
  if (denied) refuse(`${list} cannot be read.`, "A security module may refuse it: see its log.");
  refuse(`${list} is not kept by this kernel.`, "Give one function by its name, without * and ?.");
}

/** Kernel functions that can be probed, sorted; module functions lose their "[module]". */
const kernelFunctions = (): string[] => [
  ...new Set(needTracefs("available_filter_functions").map((line) => line.split(/[\s[]/)[0] ?? "")),
];

const tracepoints = (): string[] => needTracefs("available_events");

const globPattern = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replace(/[.+^${}()|\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  );
const isGlob = (text: string): boolean => /[*?[]/.test(text);

/** The file that `c`, `libssl` or a path names: BCC's rule, a library by its short name or any path. */
function binaryOf(name: string): string {
  if (name.includes("/")) return name;
  const folders = ["/lib", "/usr/lib", "/lib64", "/usr/lib64", ...multiarch(), "/usr/local/lib"];
  const programs = (process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin")
    .split(":")
    .map((folder) => join(folder, name));
  for (const folder of folders) {
    // libc.so may be a text for the linker; what programs load is libc.so.6.
    const stem = `${name.startsWith("lib") ? name : `lib${name}`}.so.`;
    const found = list(folder).find((file) => file.startsWith(stem));
    if (found) return join(folder, found);
  }
  return programs.find(isFile) ?? name;
}
const isFile = (path: string): boolean => {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // Not there, or in a folder that is not ours to search.
  }
};

/** Opened, as access() would leave out the capabilities of an ordinary user. */
function needFile(path: string): void {
  try {
    // Not a pipe, which would be waited for.
    if (statSync(path).isFile()) {
      closeSync(openSync(path, "r"));
      return;
    }
  } catch (error) {
    if (isDenied(error) && !has("CAP_DAC_READ_SEARCH"))
      refuse(`The server's user may not read ${path}.`, AS_START_DOES);
  }
  refuse(
    `There is no program or library ${path}.`,
    "Give its path, or a library's short name such as c or ssl.",
  );
}

const list = (folder: string): string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // No such folder on this distribution.
  }
};
const multiarch = (): string[] =>
  ["/lib", "/usr/lib"].flatMap((lib) =>
    list(lib)
      .filter((name) => name.endsWith("-linux-gnu"))
      .map((name) => join(lib, name)),
  );

/** Kind and parts of `t:category:event`, `binary:function` or `function`. */
function parse(text: string): { kind: TargetKind; binary: string; name: string } {
  if (text.startsWith("t:")) return { kind: "tracepoint", binary: "", name: text.slice(2) };
  const colon = text.lastIndexOf(":");
  if (colon > 0) return { kind: "user", binary: text.slice(0, colon), name: text.slice(colon + 1) };
  return { kind: "kernel", binary: "", name: text };
}

interface Candidate {
  name: string;
  place?: Place;
}

async function candidates(kind: TargetKind, binary: string, symbols: Symbols): Promise<Candidate[]> {
  if (kind === "kernel") return kernelFunctions().map((name) => ({ name }));
  if (kind === "tracepoint") return tracepoints().map((name) => ({ name }));
  needFile(binary);
  const functions = await symbols
    .functions(binary)
    .catch(() => refuse(`${binary} is no program or library with symbols.`, "Choose another file."));
  return functions.map(({ name, offset }) => ({ name, place: { binary, offset } }));
}

/** Resolves a target's text; throws a UserError naming what does not exist or matches too much. */
export async function resolveTarget(
  text: string,
  kinds: readonly TargetKind[],
  symbols: Symbols,
): Promise<Target> {
  const { kind, binary: said, name } = parse(text);
  const otherwise =
    "Give a function of a program or library (c:malloc, /usr/bin/node:uv_*) or a tracepoint (t:sched:sched_switch).";
  if (!kinds.includes(kind))
    refuse(
      kind === "kernel" && !hasKprobes()
        ? NO_KPROBES.reason
        : `This tool cannot be attached to ${JSON.stringify(text)}.`,
      otherwise,
    );
  const binary = kind === "user" ? binaryOf(said) : "";
  // A plain kernel function needs no list: where tracefs is closed, attaching itself tells whether it is there.
  if (kind === "kernel" && !isGlob(name)) return { kind, names: [name] };
  const pattern = isGlob(name) ? globPattern(name) : undefined;
  const found = (await candidates(kind, binary, symbols)).filter((candidate) =>
    pattern ? pattern.test(candidate.name) : candidate.name === name,
  );
  if (found.length === 0) refuse(`Nothing is called ${JSON.stringify(text)}.`, "Choose one from the list.");
  if (found.length > MAX_FUNCTIONS)
    refuse(
      `${text} matches ${found.length} functions; at most ${MAX_FUNCTIONS} are traced at once.`,
      "Write a narrower pattern.",
    );
  const places = found.flatMap(({ place }) => place ?? []);
  return { kind, names: found.map((one) => one.name), ...(places.length > 0 && { places }) };
}

/** Targets for the picker, at most 100, ready to be used as a target's text. */
export async function findTargets(kind: TargetKind, search: string, symbols: Symbols): Promise<string[]> {
  const { binary: said, name } = parse(kind === "tracepoint" ? `t:${search.replace(/^t:/, "")}` : search);
  if (kind === "user" && !said) {
    const folder = search.includes("/") ? dirname(`${search}x`) : "/usr/bin";
    const start = search.includes("/") ? basename(`${search}x`).slice(0, -1) : search;
    return list(folder)
      .filter((file) => file.startsWith(start))
      .slice(0, MAX_FOUND)
      .map((file) => join(folder, file));
  }
  const binary = kind === "user" ? binaryOf(said) : "";
  const all = await candidates(kind, binary, symbols);
  const pattern = isGlob(name) ? globPattern(name) : undefined;
  const prefix = kind === "user" ? `${said}:` : kind === "tracepoint" ? "t:" : "";
  return all
    .filter((candidate) => (pattern ? pattern.test(candidate.name) : candidate.name.includes(name)))
    .slice(0, MAX_FOUND)
    .map((candidate) => prefix + candidate.name);
}
