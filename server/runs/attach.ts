/** From a tool and its values to a loaded, attached object: tries the manifest's alternatives in order. */
import { type AttachTarget, BpfError, BpfObject, type ParameterValue } from "../../native";
import type { CatalogueTool } from "../catalogue";
import { trialOf } from "../host/needs";
import { refusal } from "../host/trials";
import { UserError } from "../problem";
import type { Target } from "./targets";

export interface Attached {
  object: BpfObject;
  /** Which alternative was taken, in the kernel's words: "tracepoint", "kprobe.multi × 12". */
  how: string;
  /** Programs that fill their maps when they are told to. */
  iterators: string[];
}

/** "kprobe.multi", "tp_btf": the part of a section's name that says how it attaches. */
const sectionKind = (section: string): string => section.split("/")[0] ?? section;

const kindOf = (tool: CatalogueTool, program: string | undefined): string =>
  sectionKind(tool.schema.programs.find(({ name }) => name === program)?.section ?? "");

/** fentry and fexit programs are loaded for one function. */
const oneFunctionOnly = (kind: string): boolean => kind === "fentry" || kind === "fexit";

function frequencyOf(tool: CatalogueTool, values: ReadonlyMap<string, ParameterValue>): number {
  const schema = tool.schema.parameters.find((parameter) => parameter.name === "frequency");
  return Number(values.get("frequency") ?? schema?.default ?? 99);
}

/** Where a program goes: one entry for each call of `attach`; undefined: its section says it. */
function targetsOf(
  kind: string,
  target: Target | undefined,
  values: ReadonlyMap<string, ParameterValue>,
): (AttachTarget | undefined)[] {
  if (!target || oneFunctionOnly(kind)) return [undefined];
  if (target.kind === "kernel")
    return [{ functions: target.names, cookies: target.names.map((_, index) => index) }];
  if (target.kind === "tracepoint") return target.names.map((tracepoint, cookie) => ({ tracepoint, cookie }));
  const pid = Number(values.get("pid") ?? 0);
  return (target.places ?? []).map((place, cookie) => ({ ...place, cookie, ...(pid && { pid }) }));
}

/** The sets of programs to try, in order; an empty set when the tool has no alternatives. */
function alternatives(tool: CatalogueTool, target: Target | undefined): readonly (readonly string[])[] {
  const sets = target ? (tool.manifest.targets?.[target.kind] ?? []) : (tool.manifest.oneOf ?? [[]]);
  if (!target || target.names.length === 1) return sets;
  return sets.filter((set) => !set.some((name) => oneFunctionOnly(kindOf(tool, name))));
}

async function tryPrograms(
  tool: CatalogueTool,
  programs: readonly string[],
  values: ReadonlyMap<string, ParameterValue>,
  target: Target | undefined,
  targeted: readonly string[],
): Promise<BpfObject> {
  const object = new BpfObject(tool.objectPath);
  let way: string | undefined;
  try {
    for (const [name, value] of values) object.configure(name, value);
    await object.load(programs, target?.kind === "kernel" ? target.names[0] : undefined);
    for (const name of programs) {
      const kind = kindOf(tool, name);
      way = trialOf(kind);
      if (kind === "perf_event") await object.attach(name, { frequency: frequencyOf(tool, values) });
      else
        for (const where of targetsOf(kind, targeted.includes(name) ? target : undefined, values))
          await object.attach(name, where);
    }
    return object;
  } catch (error) {
    void object.close();
    if (error instanceof BpfError && error.code === "PERMISSION")
      throw new UserError(refusal(error, tool.info.name, way));
    throw error;
  }
}

/** Rejects with the error of the last alternative when none can be loaded and attached. */
export async function attachTool(
  tool: CatalogueTool,
  values: ReadonlyMap<string, ParameterValue>,
  target?: Target,
): Promise<Attached> {
  const chosen = new Set([tool.manifest.oneOf ?? [], ...Object.values(tool.manifest.targets ?? {})].flat(2));
  const off = Object.entries(tool.manifest.onlyWith ?? {}).flatMap(([parameter, programs]) =>
    values.get(parameter) === true ? [] : programs,
  );
  const always = tool.schema.programs
    .map((program) => program.name)
    .filter((name) => !chosen.has(name) && !off.includes(name));
  let last: unknown = new BpfError("UNSUPPORTED", "this tool has no program for such a target");
  for (const set of alternatives(tool, target))
    try {
      const object = await tryPrograms(tool, [...always, ...set], values, target, set);
      const count = target && target.names.length > 1 ? ` × ${target.names.length}` : "";
      const iterators = [...always, ...set].filter((name) => kindOf(tool, name) === "iter");
      return { object, how: kindOf(tool, set[0] ?? always[0]) + count, iterators };
    } catch (error) {
      last = error;
    }
  throw last;
}
