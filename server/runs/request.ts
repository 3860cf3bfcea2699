/** What a request to start a tool means: with what, on what, and under which name others find the same run. */
import type { ParameterValue } from "../../native";
import type { CatalogueTool } from "../catalogue";
import { toNative } from "../parameters";
import { refuse } from "../problem";
import type { RunRequest, StartRequest, Value } from "../protocol";

/** The same for all requests that ask for the same: only what differs from the defaults. Throws a UserError. */
export function canonicalOf(tool: CatalogueTool, request: StartRequest): RunRequest {
  const parameters = plainParameters(tool, request);
  const target = request.target?.trim();
  if (tool.info.targets.length === 0 && target)
    refuse(`${tool.info.name} takes no target.`, "Start it without one.");
  if (tool.manifest.targets && !target)
    refuse(`${tool.info.name} needs something to trace.`, "Choose a function or a tracepoint.");
  return { tool: request.tool, parameters, ...(target && { target }) };
}

/** The parameters that differ from their defaults, in the order of their names. */
function plainParameters(tool: CatalogueTool, request: RunRequest): Record<string, Value> {
  const plain: Record<string, Value> = {};
  for (const name of Object.keys(request.parameters).sort()) {
    const parameter = tool.info.parameters.find((candidate) => candidate.name === name);
    const value = request.parameters[name];
    if (!parameter || value === undefined)
      return refuse(
        `${tool.info.name} has no parameter ${JSON.stringify(name)}.`,
        `It has: ${tool.info.parameters.map((known) => known.name).join(", ")}.`,
      );
    if (value !== parameter.default) plain[name] = value;
  }
  return plain;
}

/** The parameters as the object file takes them. Throws a UserError. */
export function nativeValues(
  tool: CatalogueTool,
  plain: Readonly<Record<string, Value>>,
): Map<string, ParameterValue> {
  const values = new Map<string, ParameterValue>();
  for (const parameter of tool.info.parameters) {
    const schema = tool.schema.parameters.find((candidate) => candidate.name === parameter.name);
    const value = plain[parameter.name];
    if (schema && value !== undefined) values.set(parameter.name, toNative(parameter, schema, value));
  }
  return values;
}

/** Canonical text of a request: `opensnoop`, `opensnoop?pid=12`, `funccount@c:malloc`. */
export function keyOf(request: RunRequest): string {
  const parameters = Object.keys(request.parameters)
    .sort()
    .map((name) => `${name}=${encodeURIComponent(String(request.parameters[name]))}`);
  const query = parameters.length > 0 ? `?${parameters.join("&")}` : "";
  return request.tool + query + (request.target ? `@${request.target}` : "");
}
