/** Parameters: from BTF and words to a form field, and from a form's value to what the addon takes. */

import { readFileSync, statSync } from "node:fs";
import type { ParameterWords } from "../bpf/tool";
import type { ColumnType, ParameterSchema, ParameterValue } from "../native";
import { cgroupId, cgroupPath } from "./host/cgroups";
import { isThere } from "./is-there";
import { refuse } from "./problem";
import { fromRoot } from "./project";
import type { Parameter, Value } from "./protocol";

let table: Record<number, string> | undefined;
/** System calls of this architecture by number, as the build machine's <asm/unistd.h> has them. */
export function syscallNames(): Record<number, string> {
  const file = fromRoot("dist", "syscalls.json");
  // Not built where only recordings are shown, which bring their own.
  table ??= isThere(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<number, string>) : {};
  return table;
}

/** Meanings that a person writes in words and the kernel wants as a number or a set. */
const IN_WORDS: Record<
  string,
  { toText(value: ParameterValue): string; fromText(text: string, size: number): ParameterValue }
> = {
  syscall_set: {
    toText: (value) =>
      Object.entries(syscallNames())
        .filter(
          ([number]) =>
            Buffer.isBuffer(value) && ((value[Number(number) >> 3] ?? 0) >> (Number(number) & 7)) & 1,
        )
        .map(([, name]) => name)
        .join(", "),
    fromText(text, size) {
      const set = Buffer.alloc(size);
      for (const name of text.split(/[\s,]+/).filter(Boolean)) {
        const number = Number(Object.entries(syscallNames()).find(([, known]) => known === name)?.[0] ?? -1);
        if (number < 0 || number >= size * 8)
          refuse(
            `There is no system call ${JSON.stringify(name)}.`,
            "Write names as in the manual pages: read, openat.",
          );
        // Bit n of the set is call n: the kernel reads it as u64 words, which on little-endian is the same.
        set[number >> 3] = (set[number >> 3] ?? 0) | (1 << (number & 7));
      }
      return set;
    },
  },
  cgroup_id: {
    toText: (value) => (value === 0n ? "" : cgroupPath(BigInt(value as bigint))),
    fromText(text) {
      if (text === "") return 0n;
      const id = cgroupId(text);
      if (id === undefined)
        refuse(
          `There is no control group ${JSON.stringify(text)}.`,
          "Give its path below the cgroup2 mount, such as /system.slice/nginx.service.",
        );
      return id;
    },
  },
};

/** Least and greatest value of an integer type, as far as a double holds it exactly. */
function rangeOf(type: ColumnType): [min: number, max: number] {
  const bits = Number(type.slice(1));
  const top = Math.min(2 ** (type.startsWith("u") ? bits : bits - 1) - 1, Number.MAX_SAFE_INTEGER);
  return [type.startsWith("u") ? 0 : -top - 1, top];
}

/** What the page makes a field from. */
export function toParameter(schema: ParameterSchema, words: ParameterWords): Parameter {
  const { name, meaning } = schema;
  const inWords = IN_WORDS[meaning];
  if (inWords) return { ...words, name, meaning, type: "text", default: inWords.toText(schema.default) };
  if (schema.type === "bool")
    return { ...words, name, meaning, type: "boolean", default: Boolean(schema.default) };
  if (schema.type === "text")
    return { ...words, name, meaning, type: "text", default: String(schema.default) };
  const [min, max] = rangeOf(schema.type);
  return {
    ...words,
    name,
    meaning,
    type: "number",
    default: Number(schema.default),
    min: words.min ?? min,
    max: words.max ?? max,
  };
}

/** Checks a value against its parameter and gives what the addon takes; throws a UserError otherwise. */
export function toNative(parameter: Parameter, schema: ParameterSchema, value: Value): ParameterValue {
  const { title, name } = parameter;
  const wrong = (want: string): never =>
    refuse(`${title} (${name}) cannot be ${JSON.stringify(value)}.`, `Give ${want}.`);
  if (parameter.type === "boolean") return typeof value === "boolean" ? value : wrong("true or false");
  if (parameter.type === "text") {
    if (typeof value !== "string") return wrong("a text");
    const inWords = IN_WORDS[parameter.meaning];
    if (inWords) return inWords.fromText(value, schema.size);
    const room = schema.size - 1;
    return Buffer.byteLength(value) <= room ? value : wrong(`at most ${room} bytes`);
  }
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = parameter;
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max)
    return wrong(`a whole number from ${min} to ${max}`);
  if (parameter.meaning === "pid_n" && value !== 0 && !statSync(`/proc/${value}`, { throwIfNoEntry: false }))
    refuse(`There is no process ${value}.`, "Choose one from the list, or leave the field empty for all.");
  return schema.type === "u64" || schema.type === "s64" ? BigInt(value) : value;
}
