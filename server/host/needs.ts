/** What the tools need of a kernel, read from their objects, and so which of them lose by what is not there. */
import type { CatalogueTool } from "../catalogue";
import type { TargetKind } from "../protocol";

/** One thing that a kernel may lack; `name` as a Trial, a helper or a type of map is called. */
export interface Need {
  kind: "attach" | "helper" | "map" | "BTF";
  name: string;
  /** For helpers: the type of the program that calls it. */
  programType?: string;
}

/** "kretprobe.multi/…" is tried as "kprobe.multi" is. */
const TRIALS: Record<string, string> = {
  fexit: "fentry",
  kretprobe: "kprobe",
  "kretprobe.multi": "kprobe.multi",
  uretprobe: "uprobe",
  tracepoint: "tp",
  raw_tracepoint: "raw_tp",
};

export function trialOf(section: string): string {
  const kind = section.split("/")[0] ?? section;
  return TRIALS[kind] ?? kind;
}

const TARGET_WORDS: Record<TargetKind, string> = {
  kernel: "kernel functions",
  user: "functions of programs",
  tracepoint: "tracepoints",
};

/** One thing a tool can be started on ("" for a tool without targets), and the sets of programs that each would do. */
interface Use {
  words: string;
  sets: readonly (readonly string[])[];
}

function usesOf({ manifest, schema }: CatalogueTool): Use[] {
  const targets = Object.entries(manifest.targets ?? {}) as [TargetKind, readonly (readonly string[])[]][];
  const uses: Use[] =
    targets.length > 0
      ? targets.map(([kind, sets]) => ({ words: TARGET_WORDS[kind], sets }))
      : [{ words: "", sets: manifest.oneOf ?? [[]] }];
  const extra = Object.values(manifest.onlyWith ?? {});
  const chosen = new Set([manifest.oneOf ?? [], extra, ...Object.values(manifest.targets ?? {})].flat(2));
  const always = schema.programs.map(({ name }) => name).filter((name) => !chosen.has(name));
  return uses.map(({ words, sets }) => ({ words, sets: sets.map((set) => [...always, ...set]) }));
}

function needsOf({ schema }: CatalogueTool, programs: readonly string[]): Need[] {
  return [
    { kind: "BTF", name: "vmlinux" },
    ...schema.mapTypes.map((name): Need => ({ kind: "map", name })),
    ...schema.programs
      .filter(({ name }) => programs.includes(name))
      .flatMap(({ section, type, helpers }): Need[] => [
        { kind: "attach", name: trialOf(section) },
        ...helpers.map((name): Need => ({ kind: "helper", name, programType: type })),
      ]),
  ];
}

/**
 * Tools that cannot run, or only in part ("funccount: kernel functions"), where `missing` holds of a need; with `cause`,
 * those of them that it is a part of. Alternatives count: a tool that has another way loses nothing.
 */
export function losers(
  tools: Iterable<CatalogueTool>,
  missing: (need: Need) => boolean,
  cause: (need: Need) => boolean = missing,
): string[] {
  return [...tools].flatMap((tool) => {
    const uses = usesOf(tool);
    const lost = uses.filter(({ sets }) => {
      const needs = sets.map((set) => needsOf(tool, set));
      return needs.every((all) => all.some(missing)) && needs.some((all) => all.some(cause));
    });
    if (lost.length === 0) return [];
    const { name } = tool.info;
    return lost.length === uses.length ? [name] : [`${name}: ${lost.map(({ words }) => words).join(", ")}`];
  });
}
