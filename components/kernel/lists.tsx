/** The tables of what is loaded: programs, maps, links. */
import { useMemo } from "react";
import type { HolderInfo, LinkInfo, MapInfo, ProgramInfo } from "../../server/protocol/kernel";
import { bytes, count, nsec, rate } from "../format";
import { Nothing } from "./nothing";
import { SortedTable, type TableColumn } from "./sorted-table";
import type { Loaded } from "./use-inventory";
import { holdersText, percent, when } from "./words";

interface ListProps {
  loaded: Loaded;
  /** Only those that hold this text, in lower case. */
  search: string;
  onlyOurs: boolean;
  selected: number | undefined;
  onSelect(id: number | undefined): void;
}

interface Listed {
  id: number;
  ours: boolean;
  holders: HolderInfo[];
}

type More<T> = Omit<Partial<TableColumn<T>>, "key" | "title" | "track">;

const dim: More<unknown> = { look: () => "text-dim" };
const spare: More<unknown> = { ...dim, spare: true };
/** Ours stand out by the one accent there is. */
const coloured: More<Listed> = { look: ({ ours }) => (ours ? "text-accent" : "") };

/** A column of words, sorted by them. */
const words = <T,>(
  [key, title, track]: [key: string, title: string, track: string],
  of: (row: T) => string,
  more?: More<NoInfer<T>>,
): TableColumn<T> => ({ key, title, track, value: of, text: (row) => of(row) || "–", ...more });

/** A column of numbers, sorted from the greatest. */
const figures = <T,>(
  [key, title, track]: [key: string, title: string, track: string],
  of: (row: T) => number,
  text: (value: number) => string,
  more?: More<NoInfer<T>>,
): TableColumn<T> => ({ key, title, track, right: true, value: of, text: (row) => text(of(row)), ...more });

const id = figures<Listed>(["id", "ID", "64px"], (row) => row.id, String, dim);
const holders = words<Listed>(
  ["holders", "Held by", "minmax(100px, 1.3fr)"],
  (row) => holdersText(row.holders),
  dim,
);
const name = words<ProgramInfo | MapInfo>(
  ["name", "Name", "minmax(110px, 1.2fr)"],
  (row) => row.name,
  coloured,
);
const memory = figures<ProgramInfo | MapInfo>(
  ["memory", "Memory", "80px"],
  (row) => row.memory,
  bytes,
  spare,
);

/** `found`: the words of a row that a search looks through, beside its number and who holds it. */
interface LoadedTableProps<T> extends ListProps {
  label: "Programs" | "Maps" | "Links";
  sort: string;
  all: readonly T[];
  columns: readonly TableColumn<T>[];
  found(row: T): string;
}

function LoadedTable<T extends Listed>(props: LoadedTableProps<T>) {
  const { label, sort, all, columns, found, loaded, search, onlyOurs, selected, onSelect } = props;
  const rows = all.filter(
    (row) =>
      (!onlyOurs || row.ours) &&
      (search === "" || `${row.id} ${found(row)} ${holdersText(row.holders)}`.toLowerCase().includes(search)),
  );
  if (rows.length === 0) return <Nothing what={label} all={all.length} problems={loaded.problems} />;
  return <SortedTable {...{ label, sort, rows, columns, selected, onSelect }} />;
}

export function ProgramList(props: ListProps) {
  const { lists, rates } = props.loaded;
  const columns = useMemo((): TableColumn<ProgramInfo>[] => {
    const of = (row: ProgramInfo) => rates.get(row.id) ?? { runs: 0, nsec: 0, share: 0 };
    const known = (text: (value: number) => string) => (value: number) =>
      rates.size > 0 ? text(value) : "–";
    return [
      id,
      name,
      words(["type", "Type", "minmax(96px, 0.9fr)"], ({ type }) => type, spare),
      words(["attached", "Attached to", "minmax(120px, 1.6fr)"], ({ attached }) => attached.join(", ")),
      holders,
      figures(["runs", "Runs/s", "76px"], (row) => of(row).runs, known(rate)),
      figures(
        ["nsec", "Each", "72px"],
        (row) => of(row).nsec,
        (value) => (value > 0 ? nsec(value) : "–"),
        { help: "Time of one run, over the last second" },
      ),
      figures(["share", "% CPU", "72px"], (row) => of(row).share, known(percent), {
        help: "Of one CPU, over the last second",
      }),
      memory,
      figures(["loaded", "Loaded", "84px"], ({ loadedAt }) => loadedAt, when, spare),
    ];
  }, [rates]);
  return (
    <LoadedTable
      label="Programs"
      sort="share"
      all={lists.programs}
      columns={columns}
      found={(row) => `${row.name} ${row.type} ${row.tag} ${row.attached.join(" ")}`}
      {...props}
    />
  );
}

const mapColumns: TableColumn<MapInfo>[] = [
  id,
  name,
  words(["type", "Type", "minmax(110px, 1fr)"], ({ type }) => type, spare),
  figures(["key", "Key", "72px"], ({ keySize }) => keySize, bytes, spare),
  figures(["value", "Value", "76px"], ({ valueSize }) => valueSize, bytes, spare),
  figures(["entries", "At most", "84px"], ({ maxEntries }) => maxEntries, count, {
    help: "Entries there is room for",
  }),
  memory,
  figures(["programs", "Programs", "80px"], ({ programs }) => programs.length, String, dim),
  holders,
];

export function MapList(props: ListProps) {
  return (
    <LoadedTable
      label="Maps"
      sort="memory"
      all={props.loaded.lists.maps}
      columns={mapColumns}
      found={(row) => `${row.name} ${row.type}`}
      {...props}
    />
  );
}

export function LinkList(props: ListProps) {
  const { programs, links } = props.loaded.lists;
  const columns = useMemo((): TableColumn<LinkInfo>[] => {
    const names = new Map(programs.map((program) => [program.id, program.name]));
    return [
      id,
      words(["type", "Type", "minmax(110px, 1fr)"], ({ type }) => type, { ...spare, ...coloured }),
      words(["target", "Attached to", "minmax(140px, 2fr)"], ({ target }) => target),
      words(["attach", "How", "minmax(110px, 1fr)"], ({ attachType }) => attachType, spare),
      words(
        ["program", "Program", "minmax(120px, 1fr)"],
        ({ program }) => `${names.get(program) || "–"} · ${program}`,
      ),
      holders,
    ];
  }, [programs]);
  return (
    <LoadedTable
      label="Links"
      sort="-id"
      all={links}
      columns={columns}
      found={(row) => `${row.type} ${row.target} ${row.attachType}`}
      {...props}
    />
  );
}
