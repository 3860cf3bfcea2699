/**
 * Folded stacks, what FlameGraph's flamegraph.pl takes: `command;frame;frame weight`, root first. Suffixes as its own
 * stackcollapse programs write them: _[k] kernel, _[j] JIT, _[i] inlined (https://github.com/brendangregg/FlameGraph).
 */
import type { FrameKind } from "../../server/protocol";
import { type StackProfile, summed } from "./stack-profile";

const SUFFIXES: Partial<Record<FrameKind, string>> = { kernel: "_[k]", jit: "_[j]", inlined: "_[i]" };

/** A semicolon separates frames and a line's end the stacks, so neither may be in a name. */
const plain = (text: string): string => text.replaceAll(";", ":").replaceAll(/[\r\n\0]/g, " ");

export function folded(profile: StackProfile): string {
  const { samples, threads, traces } = profile;
  const frames = profile.frames.map(({ name, kind }) => plain(name) + (SUFFIXES[kind] ?? ""));
  const commandOf = (sample: number) => plain(threads[samples.thread[sample] ?? 0]?.comm || "?");
  return summed(profile, (sample) => `${samples.trace[sample]} ${commandOf(sample)}`)
    .map(({ first, weight }) => {
      const trace = traces[samples.trace[first] ?? 0] ?? [];
      return `${[commandOf(first), ...trace.map((frame) => frames[frame])].join(";")} ${weight}\n`;
    })
    .join("");
}
