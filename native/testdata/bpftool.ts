/** What this addon says of the kernel beside what bpftool says of it, field by field. Names no test framework: it also runs in guests. */
import { execFileSync } from "node:child_process";
import { listLinks, listMaps, listPrograms, probeFeatures } from "../index";

type Json = Record<string, unknown> & { id: number };

export const bpftool = <T = Json[]>(...args: string[]): T =>
  JSON.parse(execFileSync("bpftool", ["-j", ...args], { encoding: "utf8", maxBuffer: 1 << 28 }));

export interface Comparison {
  /** Things that both told of. */
  compared: number;
  /** "program 12: tag abc instead of def" */
  wrong: string[];
}

/** Fields of ours by bpftool's names; undefined: bpftool leaves out what is 0 or "". */
type Fields = Record<string, unknown>;

function differing(what: string, ours: Fields, theirs: Json): string[] {
  return Object.keys(ours).flatMap((field) => {
    const [a, b] = [JSON.stringify(ours[field]), JSON.stringify(theirs[field])];
    return a === b ? [] : [`${what} ${theirs.id}: ${field} ${a} instead of ${b}`];
  });
}

/** Undefined: it is gone. */
function single(what: string, id: number): Json | undefined {
  try {
    return [bpftool<Json | Json[]>(what, "show", "id", String(id))].flat()[0];
  } catch {
    return undefined;
  }
}

/** Others load and unload meanwhile: what only one of the two saw is passed over. */
async function compare<T extends { id: number }>(
  list: () => Promise<{ loaded: T[] }>,
  what: string,
  fields: (one: T, theirs: Json) => Fields,
  /** In a list bpftool 7.1 gives a map without types those of the map before it. */
  oneByOne = false,
): Promise<Comparison> {
  const { loaded } = await list();
  const theirs = new Map(bpftool(what, "show").map((one) => [one.id, one]));
  const wrong: string[] = [];
  let compared = 0;
  for (const one of loaded) {
    const other = theirs.get(one.id);
    if (!other) continue;
    const exact = oneByOne ? single(what, one.id) : other;
    if (!exact) continue;
    compared++;
    wrong.push(...differing(what, fields(one, exact), exact));
  }
  return { compared, wrong };
}

export const comparePrograms = (): Promise<Comparison> =>
  compare(listPrograms, "prog", (program) => ({
    type: program.type,
    name: program.name || undefined,
    tag: program.tag,
    gpl_compatible: program.gpl !== 0,
    uid: program.uid,
    bytes_xlated: program.translatedBytes,
    jited: program.compiledBytes > 0,
    bytes_jited: program.compiledBytes || undefined,
    bytes_memlock: program.memory,
    map_ids: program.maps.length > 0 ? program.maps : undefined,
    btf_id: program.btf || undefined,
  }));

export const compareMaps = (): Promise<Comparison> =>
  compare(
    listMaps,
    "map",
    (map, theirs) => ({
      type: map.type,
      name: map.name || undefined,
      flags: map.flags,
      bytes_key: map.keySize,
      bytes_value: map.valueSize,
      max_entries: map.maxEntries,
      ...(theirs.bytes_memlock !== undefined && { bytes_memlock: map.memory }),
      frozen: map.frozen,
      btf_id: map.btf || undefined,
    }),
    true,
  );

export const compareLinks = (): Promise<Comparison> =>
  compare(listLinks, "link", (link, theirs) => ({
    type: link.type,
    prog_id: link.program,
    attach_type: link.attachType,
    ...(theirs.target_obj_id !== undefined && { target_obj_id: link.targetObject }),
    ...(theirs.target_btf_id !== undefined && { target_btf_id: link.targetType }),
    ...(theirs.cgroup_id !== undefined && { cgroup_id: Number(link.cgroup) }),
    ...(theirs.tp_name !== undefined && { tp_name: link.target }),
    ...(theirs.target_name !== undefined && { target_name: link.target }),
  }));

interface Probed {
  program_types: Record<string, boolean>;
  map_types: Record<string, boolean>;
  helpers: Record<string, string[]>;
}

/**
 * bpftool with a libbpf up to 1.4 does not know what newer kernels say when they refuse: it takes "tracing" and "lsm"
 * for types that are not there, and from Linux 6.10 on every helper for one that is. So of those two types ours must
 * have been loaded, and of helpers ours must be among bpftool's.
 */
export async function compareFeatures(): Promise<Comparison> {
  const { programTypes, mapTypes } = await probeFeatures();
  const probed = bpftool<Probed>("feature", "probe");
  const wrong: string[] = [];
  let compared = 0;
  const agree = (what: string, ours: boolean, theirs: boolean | undefined) => {
    if (theirs === undefined) return;
    compared++;
    if (ours !== theirs) wrong.push(`${what}: ${ours} instead of ${theirs}`);
  };
  for (const { name, there, helpers } of programTypes) {
    const made = name === "tracing" || name === "lsm";
    if (!(made && there))
      agree(`program type ${name}`, there, probed.program_types[`have_${name}_prog_type`]);
    const theirs = probed.helpers[`${name}_available_helpers`];
    if (!theirs || made || helpers.length === 0) continue;
    compared += helpers.length;
    for (const helper of helpers)
      if (!theirs.includes(helper)) wrong.push(`${helper} for ${name}: bpftool does not find it`);
  }
  for (const { name, there } of mapTypes)
    agree(`map type ${name}`, there, probed.map_types[`have_${name}_map_type`]);
  return { compared, wrong };
}
