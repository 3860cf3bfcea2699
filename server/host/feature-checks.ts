/** What the kernel has of program types, map types and helpers, and which tools miss one. */
import type { Features } from "../../native";
import type { CatalogueTool } from "../catalogue";
import type { Check } from "../protocol/kernel";
import { losers, type Need } from "./needs";

/** `found`: undefined where nothing could be tried. */
export function featureChecks(tools: readonly CatalogueTool[], found: Features | undefined): Check[] {
  const cannot = "cannot be tried without CAP_BPF and CAP_PERFMON";
  const check = (name: string, means: string): Check => ({
    name,
    state: "unknown",
    found: cannot,
    means,
    lost: [],
  });
  const types = check("Program types", "Where programs of a kind may be attached.");
  const maps = check("Map types", "What programs keep their counts, rows and stacks in.");
  const helpers = check("Helpers", "Functions of the kernel that programs may call.");
  if (!found) return [types, maps, helpers];
  const count = (all: { there: boolean }[]) =>
    `${all.filter(({ there }) => there).length} of the ${all.length} known`;
  const absent = (all: { name: string; there: boolean }[], name: string) =>
    all.some((one) => one.name === name && !one.there);
  const helpersOf = (type: string) => found.programTypes.find(({ name }) => name === type)?.helpers ?? [];
  const noMap = (need: Need) => need.kind === "map" && absent(found.mapTypes, need.name);
  const wanted = new Set<string>();
  const noHelper = ({ kind, name, programType = "" }: Need) => {
    const known = helpersOf(programType);
    const missing =
      kind === "helper" && known.length > 0 && !known.includes(name) && !found.untried.includes(name);
    if (missing) wanted.add(name);
    return missing;
  };
  const judged = (what: Check, text: string, missing: (need: Need) => boolean): Check => {
    const lost = losers(tools, missing);
    return {
      ...what,
      found: text,
      state: lost.length > 0 ? "missing" : "ok",
      lost,
      ...(lost.length > 0 && { fix: "Use a kernel that has them; the other tools are not affected." }),
    };
  };
  // A call that only a filter needs is left out of a program that is started without it, so no tool is lost for sure.
  const helpersJudged = (): Check => {
    const check = judged(helpers, `${helpersOf("tracing").length} for tracing programs`, noHelper);
    if (check.lost.length === 0) return check;
    return {
      ...check,
      state: "limited",
      lost: check.lost.map((text) => `${text}${text.includes(":") ? "," : ":"} what calls them`),
      fix: `Not offered here: ${[...wanted].join(", ")}. Where only a filter calls them, a tool runs without that filter.`,
    };
  };
  return [
    { ...types, state: "ok", found: count(found.programTypes) },
    judged(maps, count(found.mapTypes), noMap),
    helpersJudged(),
  ];
}
