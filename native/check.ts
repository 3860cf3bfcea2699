/** Checks of arguments: C++ gets well-formed values only. */
import { BpfError } from "./errors";

export function check(fits: boolean, wanted: string): asserts fits {
  if (!fits) throw new BpfError("ARGUMENT", wanted);
}

export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !value.includes("\0");
}

export function isWhole(value: unknown, low: number, high: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= low && Number(value) <= high;
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}
