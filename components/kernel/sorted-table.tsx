/** A table that sorts by a press on a column's head; only the visible rows are drawn. */
import { useMemo, useState } from "react";
import { Cell } from "../panels/cell";
import type { HeadCell } from "../panels/head-text";
import { VirtualRows } from "../panels/virtual-rows";

export interface TableColumn<T> {
  key: string;
  title: string;
  help?: string;
  /** Numbers stand at the right, and sort from the greatest. */
  right?: boolean;
  track: string;
  /** What it is sorted by. */
  value(row: T): number | string;
  /** Left out where something stands beside the table. */
  spare?: boolean;
  text(row: T): string;
  look?(row: T): string;
}

interface SortedTableProps<T> {
  label: string;
  rows: readonly T[];
  columns: readonly TableColumn<T>[];
  /** A column's key, "-" in front for the other way round. */
  sort: string;
  selected: number | undefined;
  onSelect(id: number | undefined): void;
}

function sorted<T>(rows: readonly T[], column: TableColumn<T> | undefined, turned: boolean): T[] {
  const list = [...rows];
  if (!column) return list;
  list.sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    return typeof x === "number" && typeof y === "number" ? y - x : String(x).localeCompare(String(y));
  });
  return turned ? list.reverse() : list;
}

export function SortedTable<T extends { id: number }>(props: SortedTableProps<T>) {
  const { label, rows, selected, onSelect } = props;
  const columns = props.columns.filter(({ spare }) => selected === undefined || !spare);
  const [sort, setSort] = useState(props.sort);
  const turned = sort.startsWith("-");
  const by = turned ? sort.slice(1) : sort;
  const list = useMemo(
    () =>
      sorted(
        rows,
        columns.find(({ key }) => key === by),
        turned,
      ),
    [rows, columns, by, turned],
  );
  const at = list.findIndex(({ id }) => id === selected);
  const head = columns.map(
    ({ key, title, help, right = false, track }): HeadCell => ({
      key,
      title,
      help,
      right,
      track,
      sorted: by !== key ? undefined : right === turned ? "ascending" : "descending",
      onSort: () => setSort(by === key && !turned ? `-${key}` : key),
    }),
  );
  return (
    <VirtualRows
      label={label}
      first={0}
      end={list.length}
      follow={false}
      onFollow={() => {}}
      selected={at < 0 ? undefined : at}
      onSelect={(position) => onSelect(position === undefined ? undefined : list[position]?.id)}
      view={(from, to) => ({
        head,
        rows: list
          .slice(from, to)
          .map((row) =>
            columns.map(({ key, right = false, text, look }) => (
              <Cell key={key} text={text(row)} right={right} look={look?.(row) ?? ""} />
            )),
          ),
      })}
    />
  );
}
