/** The rows of an events table: cells as chosen, heads that sort, move and take a width, errors marked. */
import { useRef, useState } from "react";
import { numberAt } from "../batch";
import type { Context } from "../format";
import { useMoment } from "../moment";
import type { Batch, Table } from "../table";
import { Cell } from "./cell";
import { chosen, type ShownColumn, tracks } from "./columns";
import { moved } from "./events-controls";
import type { EventsView } from "./events-view";
import type { HeadCell } from "./head-text";
import { type Place, placeAt, textsOf } from "./row-texts";
import type { RowWindow } from "./row-window";
import { VirtualRows } from "./virtual-rows";

/** Only the result of a call that failed is coloured, not its row. */
export function cellColour({ column, index }: ShownColumn, batch: Batch, row: number): string {
  if (column.meaning === "errno_n") return numberAt(batch.columns[index], row) < 0 ? "text-bad" : "";
  return column.meaning === "ktime" || column.meaning === "open_flags" ? "text-dim" : "";
}

interface EventRowsProps {
  label: string;
  table: Table;
  rows: RowWindow;
  columns: readonly ShownColumn[];
  context: Context;
  view: EventsView;
  onSet(change: Partial<EventsView>): void;
  /** Where time begins, nanoseconds of CLOCK_MONOTONIC; undefined: the time of day. */
  relativeTo: number | undefined;
  follow: boolean;
  onFollow(follow: boolean): void;
  /** A position in the table. */
  selected: number | undefined;
  onSelect(position: number | undefined): void;
  /** Which columns there was room for. */
  onColumns(shown: readonly ShownColumn[]): void;
}

export function EventRows(props: EventRowsProps) {
  const { table, rows, columns, context, view, onSet, relativeTo, selected, onSelect, onColumns } = props;
  const letters = useRef(new Map<string, number>());
  const [dragged, setDragged] = useState<Record<string, number>>();
  const widths = dragged ?? view.widths;
  const sortedBy = view.sort.replace("-", "");
  const time = columns.find(({ column }) => column.meaning === "ktime");

  const point = (number: number | undefined) => {
    const place = number === undefined ? undefined : placeAt(table, rows.positionOf(number));
    if (!time || (number !== undefined && !place)) return;
    const cursor = place && numberAt(place.batch.columns[time.index], place.row) / 1e6;
    if (useMoment.getState().cursor !== cursor) useMoment.setState({ cursor });
  };

  const titleOf = ({ column: { title, meaning } }: ShownColumn) => {
    if (meaning !== "ktime" || relativeTo === undefined) return title;
    return selected === undefined ? "Since start" : "From chosen";
  };

  const headCell = (shown: ShownColumn, track: string, names: readonly string[]): HeadCell => {
    const { name, help, meaning } = shown.column;
    return {
      key: name,
      title: titleOf(shown),
      help,
      right: shown.right,
      track,
      sorted: sortedBy !== name ? undefined : view.sort.startsWith("-") ? "descending" : "ascending",
      onSort: () => onSet({ sort: nextSort(view.sort, name, shown.right || meaning === "ktime") }),
      onWidth: (width, done) => {
        const { [name]: _, ...others } = view.widths;
        const next = width === undefined ? others : { ...others, [name]: Math.round(width) };
        setDragged(done ? undefined : next);
        if (done) onSet({ widths: next });
      },
      onPlace: (key, to) => onSet({ columns: moved(names, key, to) }),
    };
  };

  const draw = (from: number, to: number, width: number) => {
    const seen: (Place & { texts: string[] })[] = [];
    for (let number = from; number < to; number++) {
      const place = placeAt(table, rows.positionOf(number));
      if (place)
        seen.push({ ...place, texts: textsOf(place.batch, place.row, columns, context, relativeTo) });
    }
    columns.forEach((one, i) => {
      const { column } = one;
      const longest = Math.max(titleOf(one).length, ...seen.map(({ texts }) => texts[i]?.length ?? 0));
      letters.current.set(column.name, Math.max(letters.current.get(column.name) ?? 0, longest));
    });
    const shown = chosen(columns, view.columns, letters.current, width);
    const places = shown.map((one) => columns.indexOf(one));
    onColumns(shown);
    const given = tracks(shown, letters.current, widths);
    const names = shown.map(({ column }) => column.name);
    const head = shown.map((one, i) => headCell(one, given[i] ?? "auto", names));
    const leftOut = columns.filter((one) => !shown.includes(one)).map(({ column }) => column.title);
    if (leftOut.length > 0 && view.columns.length === 0) {
      const help = `No room here for ${leftOut.join(", ")}: choose a row to read them, or enlarge the panel`;
      head.push({ key: "left out", title: `+${leftOut.length}`, help, right: true, track: "32px" });
    }
    const cells = seen.map(({ batch, row, texts }) =>
      shown.map((one, i) => (
        <Cell
          key={one.column.name}
          text={texts[places[i] ?? 0] ?? ""}
          right={one.right}
          look={cellColour(one, batch, row)}
        />
      )),
    );
    return { head, rows: cells };
  };

  return (
    <VirtualRows
      label={props.label}
      first={rows.first}
      end={rows.end}
      follow={props.follow}
      onFollow={props.onFollow}
      selected={selected === undefined ? undefined : rows.numberOf(selected)}
      onSelect={(number) => onSelect(number === undefined ? undefined : rows.positionOf(number))}
      onPoint={point}
      view={draw}
    />
  );
}

/** Numbers begin with the greatest, words with "a"; a second press turns that round, a third ends it. */
function nextSort(sort: string, name: string, isNumber: boolean): string {
  const [first, second] = isNumber ? [`-${name}`, name] : [name, `-${name}`];
  return sort === first ? second : sort === second ? "" : first;
}
