/** Pages of a map's keys and values. */
import { BpfError, countMap, readMap } from "../../native";
import { refuse } from "../problem";
import type { MapRows } from "../protocol";

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

export async function mapRows(id: number, after: string): Promise<MapRows> {
  const key = after === "" ? undefined : Buffer.from(after, "hex");
  const { rows, more, restarted } = await ask(id, () => readMap(id, key, ROWS));
  return {
    rows: rows.map(({ key, value, ...rest }) => ({
      ...rest,
      key: key.toString("hex"),
      value: value.toString("hex"),
    })),
    more,
    restarted,
  };
}

export const mapCount = (id: number): Promise<number> => ask(id, () => countMap(id));
