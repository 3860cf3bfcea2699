/** Pages of a map's keys and values. */
import { BpfError, countMap, readMap } from "../../native";
import { refuse } from "../problem";
import type { MapRows } from "../protocol/kernel";

const ROWS = 100;

async function ask<T>(id: number, question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    if (error.code === "NOT_FOUND") refuse(`Map ${id} is not there any more.`, "Choose another one.");
    if (error.code === "UNSUPPORTED" || error.message.includes("does not go through"))
      refuse(`${error.message}.`, "Maps of this type are read by programs, or as a stream, only.");
    throw error;
  }
}

/** libbpf writes every type in front and every character by itself: "(comm)['s','h',]" becomes "sh" in quotation marks. */
export function readable(text: string): string {
  const kept: string[] = [];
  /** What is data stays as it is, whatever it looks like. */
  const keep = (words: string): string => `\0${kept.push(words) - 1}\0`;
  return text
    .replace(/\[((?:'(?:\\.|[^'])',)+)\]/g, (_, letters: string) =>
      keep(`"${letters.replace(/'(\\.|[^'])',/g, "$1")}"`),
    )
    .replace(/'(?:\\.|[^'])'/g, keep)
    .replace(/\((?:(?:struct|union|enum) )?[A-Za-z_]\w*(?: \w+)*(?: ?\*+)?(?:\[\d*\])*\)/g, "")
    .replace(/,(?=[}\]])/g, "")
    .replace(/,(?=\S)/g, ", ")
    .replace(/\0(\d+)\0/g, (_, index: string) => kept[Number(index)] ?? "");
}

export async function mapRows(id: number, after: string): Promise<MapRows> {
  const key = after === "" ? undefined : Buffer.from(after, "hex");
  const { rows, more, restarted } = await ask(id, () => readMap(id, key, ROWS));
  return {
    rows: rows.map(({ key, value, keyText, valueText, error }) => ({
      keyText: readable(keyText),
      valueText: readable(valueText),
      error,
      key: key.toString("hex"),
      value: value.toString("hex"),
    })),
    more,
    restarted,
  };
}

export const mapCount = (id: number): Promise<number> => ask(id, () => countMap(id));
