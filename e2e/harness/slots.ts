import { slotLower, slotUpper } from "../../components/draw/slots";
import type { Collected, Row } from "./client";

/** Least and most that the times counted in a histogram can add up to, by the edges of their slots; nanoseconds. */
export function sumOfTimes(
  histogram: Collected,
  pass: (row: Row) => boolean = () => true,
): [least: number, most: number] {
  const rows = histogram.rows.filter(pass);
  const sum = (edge: (slot: number) => number) =>
    rows.reduce((total, row) => total + Number(row.count) * edge(Number(row.slot)), 0);
  return [sum(slotLower), sum(slotUpper)];
}
