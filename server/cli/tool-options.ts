/** A tool's parameters as options of the command line, and back. */
import { type Command, Option } from "commander";
import type { CatalogueTool } from "../catalogue";
import { toNative } from "../parameters";
import type { Parameter, Value } from "../protocol";
import { asUsage, UsageError } from "./exit";

/** `--min-block` of min_block; `--no-user-stacks` of what is on unless one says so. */
function flagsOf(parameter: Parameter, taken: ReadonlySet<string>): string {
  const plain = parameter.name.replaceAll("_", "-");
  const name = taken.has(plain) ? `tool-${plain}` : plain;
  if (parameter.type === "boolean") return parameter.default === true ? `--no-${name}` : `--${name}`;
  return `--${name} <${parameter.type === "number" ? (parameter.unit ?? "n") : "text"}>`;
}

function wordsOf({ title, help, type, default: usual }: Parameter): string {
  const off = type === "boolean" && usual === true ? "off: " : "";
  const said = type !== "boolean" && usual !== 0 && usual !== "" ? ` (default: ${usual})` : "";
  return `${off}${title}${help ? `: ${help}` : ""}${said}`;
}

/** Adds an option for each parameter; the result reads what was given from the parsed command. */
export function addToolOptions(command: Command, tool: CatalogueTool): () => Record<string, Value> {
  const taken = new Set(command.options.flatMap(({ long }) => long?.replace(/^--(no-)?/, "") ?? []));
  const options = tool.info.parameters.map((parameter) => {
    const option = new Option(flagsOf(parameter, taken), wordsOf(parameter));
    command.addOption(option);
    return { parameter, key: option.attributeName() };
  });
  return () => {
    const given = command.opts<Record<string, unknown>>();
    return Object.fromEntries(
      options.flatMap(({ parameter, key }): [string, Value][] => {
        const value = valueGiven(parameter, given[key]);
        if (value === undefined || value === parameter.default) return [];
        check(tool, parameter, value);
        return [[parameter.name, value]];
      }),
    );
  };
}

function valueGiven(parameter: Parameter, given: unknown): Value | undefined {
  if (given === undefined) return undefined;
  if (parameter.type === "boolean") return given === true;
  const text = String(given);
  // What is no number stays a text, which the check below names.
  return parameter.type === "number" && /^-?\d+$/.test(text) ? Number(text) : text;
}

/** The page's own sentence for a wrong value. */
function check(tool: CatalogueTool, parameter: Parameter, value: Value): void {
  const schema = tool.schema.parameters.find(({ name }) => name === parameter.name);
  if (schema) asUsage(() => toNative(parameter, schema, value));
}

/** The first option that the command does not have, if any, as a sentence that lists those it has. */
export function refuseUnknown(command: Command, argv: readonly string[], tool: CatalogueTool): void {
  const { unknown } = command.parseOptions([...argv]);
  const [first] = unknown.filter((word) => word.startsWith("-") && word !== "--help" && word !== "-h");
  if (first === undefined) return;
  const has = tool.info.parameters.map(({ name }) => name);
  throw new UsageError({
    reason: `${tool.info.name} has no parameter ${JSON.stringify(first.replace(/^--(no-)?/, "").replace(/=.*/, ""))}.`,
    fix: has.length > 0 ? `It has: ${has.join(", ")}; --help tells more.` : "It has none; --help tells more.",
  });
}
