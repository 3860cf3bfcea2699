/** Between a parameter's value and what stands in its field. */
import type { Parameter, Value } from "../server/protocol";

/** Meanings that are chosen from a list, where zero means all and the field is then empty. */
const chosen = new Set(["pid_n", "tid_n"]);

export function toText(parameter: Parameter, value: Value): string {
  if (typeof value === "boolean") return value ? "yes" : "";
  return chosen.has(parameter.meaning) && Number(value) === 0 ? "" : String(value);
}

/** A number that is none stays text: the server says what is wrong with it. */
export function fromText(parameter: Parameter, text: string): Value {
  if (parameter.type === "boolean") return text !== "";
  if (parameter.type === "text") return text.trim().replace(/,$/, "");
  if (text.trim() === "" && chosen.has(parameter.meaning)) return 0;
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : text;
}

/** Only those that differ from their defaults, as a request wants them. */
export function changedParameters(parameters: readonly Parameter[], texts: Readonly<Record<string, string>>) {
  const changed: Record<string, Value> = {};
  for (const parameter of parameters) {
    const text = texts[parameter.name];
    if (text === undefined) continue;
    const value = fromText(parameter, text);
    if (value !== parameter.default) changed[parameter.name] = value;
  }
  return changed;
}
