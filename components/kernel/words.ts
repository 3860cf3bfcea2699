/** Words that the list and what stands beside it share. */
import type { HolderInfo } from "../../server/protocol/kernel";
import { clockTime } from "../format";

export const holdersText = (holders: readonly HolderInfo[]): string =>
  holders.map(({ pid, command }) => `${command} ${pid}`).join(", ");

/** A share of one CPU; 1 is all of it. */
export const percent = (share: number): string => {
  const value = share * 100;
  return value === 0 ? "0" : value < 0.001 ? "<0.001" : value < 1 ? value.toFixed(3) : value.toFixed(1);
};

/** Today's hours, or the day. */
export function when(ms: number): string {
  const date = new Date(ms);
  const today = date.toDateString() === new Date().toDateString();
  return today ? clockTime(ms).slice(0, 8) : date.toISOString().slice(0, 10);
}
