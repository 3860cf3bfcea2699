/** The rows that a panel shows, numbered without gaps, whatever filter and order stand between them and their table. */
import { orderRows } from "../order";
import type { Scan } from "../scan";
import type { Table } from "../table";

export interface RowWindow {
  /** Numbers of the rows; one row keeps its number while the filter and the order stay. */
  first: number;
  end: number;
  /** Position in the table of a number. */
  positionOf(number: number): number;
  /** Undefined: it is not among the rows. */
  numberOf(position: number): number | undefined;
}

export function everyRow(table: Table): RowWindow {
  const first = table.end - table.rows;
  const { end } = table;
  return {
    first,
    end,
    positionOf: (number) => number,
    numberOf: (position) => (position >= first && position < end ? position : undefined),
  };
}

/** Of `table`, which may have been frozen before the scan's last rows. */
export function foundRows(scan: Scan, table: Table): RowWindow {
  const { first } = scan;
  let { end } = scan;
  const positionOf = (number: number) => scan.positionAt(number);
  while (end > first && positionOf(end - 1) >= table.end) end--;
  return {
    first,
    end,
    positionOf,
    numberOf: (position) => {
      let [low, high] = [first, end - 1];
      while (low <= high) {
        const middle = (low + high) >> 1;
        const there = positionOf(middle);
        if (there === position) return middle;
        if (there < position) low = middle + 1;
        else high = middle - 1;
      }
      return undefined;
    },
  };
}

export interface SortedWindow extends RowWindow {
  /** Rows at the end that could not be sorted: too many different texts. */
  unsorted: number;
}

/** `column`: its place in a batch. The rows must stay as they are. */
export function sortedRows(table: Table, rows: RowWindow, column: number, descending: boolean): SortedWindow {
  const { first, end } = rows;
  const count = end - first;
  const positions = Float64Array.from({ length: count }, (_, i) => rows.positionOf(first + i));
  const { places, unsorted } = orderRows(table, column, count, (n) => positions[n] as number);
  if (descending) places.reverse();
  return {
    first: 0,
    end: count,
    unsorted,
    positionOf: (number) => positions[places[number] as number] as number,
    numberOf: (position) => {
      const number = places.indexOf(positions.indexOf(position));
      return number < 0 ? undefined : number;
    },
  };
}
