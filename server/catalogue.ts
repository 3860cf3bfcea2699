/** The tools: pairs an object with its words, and refuses a pair that disagrees. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { ParameterWords, Tool } from "../bpf/tool";
import { BpfObject, type ObjectSchema, type TableSchema } from "../native";
import { hasKprobes, hostProblems, NO_KPROBES } from "./host/capabilities";
import { isThere } from "./is-there";
import { toParameter } from "./parameters";
import { problemOf, refuse } from "./problem";
import type { Problem, TargetKind, ToolInfo } from "./protocol";

export interface CatalogueTool {
  info: ToolInfo;
  manifest: Tool;
  objectPath: string;
  schema: ObjectSchema;
  table: TableSchema;
}

export interface Catalogue {
  tools: Map<string, CatalogueTool>;
  /** One for each pair that was refused. */
  problems: Problem[];
}

/** Words of the parameters that `filter.bpf.h` gives to every tool. */
const FILTER_WORDS: Record<string, ParameterWords> = {
  pid: { title: "Process", help: "Only this process (all its threads); empty: all." },
  command: { title: "Command", help: "Only threads of this name, at most 15 characters; empty: all." },
  cgroup: { title: "Container", help: "Only this control group and what is below it; empty: all." },
};

/** Names in the manifest that the object does not have. */
function disagreements(manifest: Tool, schema: ObjectSchema): string[] {
  const table = schema.tables.find((candidate) => candidate.name === manifest.table);
  if (!table) return [`has no table ${manifest.table}`];
  const { oneOf = [], targets = {}, onlyWith = {} } = manifest;
  const programs = [oneOf, ...Object.values(targets), Object.values(onlyWith)].flat(2);
  const missing = (what: string, wanted: readonly string[], there: readonly { name: string }[]) =>
    wanted
      .filter((name) => !there.some((thing) => thing.name === name))
      .map((name) => `has no ${what} ${name}`);
  return [
    ...missing("column", Object.keys(manifest.columns), table.columns),
    ...missing("parameter", Object.keys({ ...manifest.parameters, ...onlyWith }), schema.parameters),
    ...missing("program", programs, schema.programs),
  ];
}

const words = z.object({ title: z.string(), help: z.string().optional() });
const programs = z.array(z.string());
/** The shape of a `Tool`, as far as what reads it relies on: a folder's tools may come from anywhere. */
const manifestSchema = z.object({
  title: z.string(),
  tells: z.string(),
  subsystem: z.string(),
  table: z.string(),
  view: z.enum(["events", "histogram", "flame", "top", "processes"]),
  cost: z.enum(["low", "medium", "high", "by target"]),
  costWhy: z.string(),
  columns: z.record(z.string(), words),
  parameters: z
    .record(
      z.string(),
      words.extend({ min: z.number().optional(), max: z.number().optional(), unit: z.string().optional() }),
    )
    .optional(),
  oneOf: z.array(programs).optional(),
  onlyWith: z.record(z.string(), programs).optional(),
  targets: z.partialRecord(z.enum(["kernel", "user", "tracepoint"]), z.array(programs)).optional(),
  tryIt: z.string(),
  tryTarget: z.string().optional(),
});

function readManifest(path: string): Tool {
  const build = "Correct it, or build it again: npm run build.";
  try {
    const manifest = JSON.parse(readFileSync(path, "utf8"));
    const [issue] = manifestSchema.safeParse(manifest).error?.issues ?? [];
    if (issue) refuse(`${path} is no tool: ${issue.path.join(".") || "it"}: ${issue.message}.`, build);
    return manifest as Tool;
  } catch (error) {
    if (error instanceof SyntaxError) refuse(`${path} is not JSON: ${error.message}.`, build);
    throw error;
  }
}

/** Reads one pair; throws a UserError that names both files when they disagree. */
export function readTool(folder: string, name: string): CatalogueTool {
  const objectPath = join(folder, `${name}.bpf.o`);
  const manifestPath = join(folder, `${name}.json`);
  for (const path of [objectPath, manifestPath])
    if (!isThere(path))
      refuse(`The tool ${name} lacks ${path}.`, "A tool is a pair: build it with npm run build.");
  const manifest = readManifest(manifestPath);
  const object = new BpfObject(objectPath);
  const schema = object.schema();
  void object.close();
  const wrong = disagreements(manifest, schema);
  const table = schema.tables.find((candidate) => candidate.name === manifest.table);
  if (wrong.length > 0 || !table)
    refuse(
      `${manifestPath} disagrees with ${objectPath}, which ${wrong.join(", ")}.`,
      "Correct the name in one of the two and build again: npm run build.",
    );
  const words = { ...manifest.parameters, ...FILTER_WORDS };
  const shown = Object.keys(manifest.columns);
  const kinds = Object.keys(manifest.targets ?? {}) as TargetKind[];
  const targets = kinds.filter((kind) => kind !== "kernel" || hasKprobes());
  const info: ToolInfo = {
    name,
    title: manifest.title,
    tells: manifest.tells,
    subsystem: manifest.subsystem,
    view: manifest.view,
    cost: manifest.cost,
    costWhy: manifest.costWhy,
    tryIt: manifest.tryIt,
    kind: table.kind,
    // In the batch's order, as pages decode by it.
    columns: table.columns.map((column) => ({
      ...column,
      ...(manifest.columns[column.name] ?? { title: column.name }),
      place: shown.indexOf(column.name),
    })),
    parameters: Object.keys(words).flatMap((parameter) => {
      const found = schema.parameters.find((candidate) => candidate.name === parameter);
      const said = words[parameter];
      return found && said ? [toParameter(found, said)] : [];
    }),
    targets,
  };
  if (targets.length < kinds.length) info.missingTarget = NO_KPROBES;
  const problem = hostProblems()[0] ?? (targets.length === 0 ? info.missingTarget : undefined);
  if (problem) info.unavailable = problem;
  return { info, manifest, objectPath, schema, table };
}

/** Every pair of a folder, by name; what is refused does not hinder the others. */
export function readCatalogue(folder: string): Catalogue {
  const tools = new Map<string, CatalogueTool>();
  const problems: Problem[] = [];
  if (!isThere(folder)) refuse(`There are no tools in ${folder}.`, "Build them: npm run build.");
  const names = new Set(
    readdirSync(folder).flatMap((file) => /^(.+?)(?:\.bpf\.o|\.json)$/.exec(file)?.[1] ?? []),
  );
  for (const name of [...names].sort())
    try {
      tools.set(name, readTool(folder, name));
    } catch (error) {
      problems.push(problemOf(error, name));
    }
  return { tools, problems };
}
