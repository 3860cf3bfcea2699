/** The tables of what is loaded: programs, maps, links. */
import { useMemo } from "react";
import type { LinkInfo, MapInfo, ProgramInfo } from "../../server/protocol/kernel";
import { bytes, count, nsec, rate } from "../format";
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

type Anything = Pick<ProgramInfo, "ours" | "holders">;

/** Ours stand out by the one accent there is. */
const oursLook = ({ ours }: Pick<Anything, "ours">) => (ours ? "text-accent" : "");

function chosen<T extends Anything | LinkInfo>(
  rows: readonly T[],
  { search, onlyOurs }: ListProps,
  words: (row: T) => string,
): T[] {
  return rows.filter(
    (row) => (!onlyOurs || row.ours) && (search === "" || words(row).toLowerCase().includes(search)),
  );
}

const idColumn = { key: "id", title: "ID", right: true, track: "64px" } as const;

export function ProgramList(props: ListProps) {
  const { loaded, selected, onSelect } = props;
  const { rates } = loaded;
  const columns = useMemo((): TableColumn<ProgramInfo>[] => {
    const of = ({ id }: ProgramInfo) => rates.get(id);
    return [
      { ...idColumn, value: ({ id }) => id, text: ({ id }) => String(id), look: () => "text-dim" },
      {
        key: "name",
        title: "Name",
        track: "minmax(110px, 1.2fr)",
        value: ({ name }) => name,
        text: ({ name }) => name || "–",
        look: oursLook,
      },
      {
        key: "type",
        spare: true,
        title: "Type",
        track: "minmax(96px, 0.9fr)",
        value: ({ type }) => type,
        text: ({ type }) => type,
        look: () => "text-dim",
      },
      {
        key: "attached",
        title: "Attached to",
        track: "minmax(120px, 1.6fr)",
        value: ({ attached }) => attached.join(),
        text: ({ attached }) => attached.join(", ") || "–",
      },
      {
        key: "holders",
        title: "Held by",
        track: "minmax(100px, 1.2fr)",
        value: ({ holders }) => holdersText(holders),
        text: (row) => holdersText(row.holders) || "–",
        look: () => "text-dim",
      },
      {
        key: "runs",
        title: "Runs/s",
        right: true,
        track: "76px",
        value: (row) => of(row)?.runs ?? -1,
        text: (row) => (rates.size > 0 ? rate(of(row)?.runs ?? 0) : "–"),
      },
      {
        key: "nsec",
        title: "Each",
        help: "Time of one run, over the last second",
        right: true,
        track: "72px",
        value: (row) => of(row)?.nsec ?? -1,
        text: (row) => ((of(row)?.runs ?? 0) > 0 ? nsec(of(row)?.nsec ?? 0) : "–"),
      },
      {
        key: "share",
        title: "% CPU",
        help: "Of one CPU, over the last second",
        right: true,
        track: "72px",
        value: (row) => of(row)?.share ?? -1,
        text: (row) => (rates.size > 0 ? percent(of(row)?.share ?? 0) : "–"),
      },
      {
        key: "memory",
        spare: true,
        title: "Memory",
        right: true,
        track: "76px",
        value: ({ memory }) => memory,
        text: ({ memory }) => bytes(memory),
        look: () => "text-dim",
      },
      {
        key: "loaded",
        spare: true,
        title: "Loaded",
        right: true,
        track: "84px",
        value: ({ loadedAt }) => loadedAt,
        text: ({ loadedAt }) => when(loadedAt),
        look: () => "text-dim",
      },
    ];
  }, [rates]);
  const rows = chosen(
    loaded.lists.programs,
    props,
    (row) =>
      `${row.id} ${row.name} ${row.type} ${row.tag} ${row.attached.join(" ")} ${holdersText(row.holders)}`,
  );
  return <SortedTable label="Programs" sort="share" {...{ rows, columns, selected, onSelect }} />;
}

const mapColumns: TableColumn<MapInfo>[] = [
  { ...idColumn, value: ({ id }) => id, text: ({ id }) => String(id), look: () => "text-dim" },
  {
    key: "name",
    title: "Name",
    track: "minmax(110px, 1.2fr)",
    value: ({ name }) => name,
    text: ({ name }) => name || "–",
    look: oursLook,
  },
  {
    key: "type",
    spare: true,
    title: "Type",
    track: "minmax(110px, 1fr)",
    value: ({ type }) => type,
    text: ({ type }) => type,
    look: () => "text-dim",
  },
  {
    key: "key",
    spare: true,
    title: "Key",
    right: true,
    track: "72px",
    value: ({ keySize }) => keySize,
    text: ({ keySize }) => bytes(keySize),
    look: () => "text-dim",
  },
  {
    key: "value",
    spare: true,
    title: "Value",
    right: true,
    track: "76px",
    value: ({ valueSize }) => valueSize,
    text: ({ valueSize }) => bytes(valueSize),
    look: () => "text-dim",
  },
  {
    key: "entries",
    title: "At most",
    help: "Entries there is room for",
    right: true,
    track: "84px",
    value: ({ maxEntries }) => maxEntries,
    text: ({ maxEntries }) => count(maxEntries),
  },
  {
    key: "memory",
    spare: true,
    title: "Memory",
    right: true,
    track: "80px",
    value: ({ memory }) => memory,
    text: ({ memory }) => bytes(memory),
  },
  {
    key: "programs",
    title: "Programs",
    right: true,
    track: "80px",
    value: ({ programs }) => programs.length,
    text: ({ programs }) => String(programs.length),
    look: () => "text-dim",
  },
  {
    key: "holders",
    title: "Held by",
    track: "minmax(100px, 1.4fr)",
    value: ({ holders }) => holdersText(holders),
    text: (row) => holdersText(row.holders) || "–",
    look: () => "text-dim",
  },
];

export function MapList(props: ListProps) {
  const { loaded, selected, onSelect } = props;
  const rows = chosen(
    loaded.lists.maps,
    props,
    (row) => `${row.id} ${row.name} ${row.type} ${holdersText(row.holders)}`,
  );
  return <SortedTable label="Maps" sort="memory" columns={mapColumns} {...{ rows, selected, onSelect }} />;
}

export function LinkList(props: ListProps) {
  const { loaded, selected, onSelect } = props;
  const { programs, links } = loaded.lists;
  const columns = useMemo((): TableColumn<LinkInfo>[] => {
    const names = new Map(programs.map(({ id, name }) => [id, name]));
    const program = (row: LinkInfo) => names.get(row.program) || "–";
    return [
      { ...idColumn, value: ({ id }) => id, text: ({ id }) => String(id), look: () => "text-dim" },
      {
        key: "type",
        spare: true,
        title: "Type",
        track: "minmax(110px, 1fr)",
        value: ({ type }) => type,
        text: ({ type }) => type,
        look: oursLook,
      },
      {
        key: "target",
        title: "Attached to",
        track: "minmax(140px, 2fr)",
        value: ({ target }) => target,
        text: ({ target }) => target || "–",
      },
      {
        key: "attach",
        spare: true,
        title: "How",
        track: "minmax(110px, 1fr)",
        value: ({ attachType }) => attachType,
        text: ({ attachType }) => attachType || "–",
        look: () => "text-dim",
      },
      {
        key: "program",
        title: "Program",
        track: "minmax(120px, 1fr)",
        value: program,
        text: (row) => `${program(row)} · ${row.program}`,
      },
      {
        key: "holders",
        title: "Held by",
        track: "minmax(100px, 1.4fr)",
        value: ({ holders }) => holdersText(holders),
        text: (row) => holdersText(row.holders) || "–",
        look: () => "text-dim",
      },
    ];
  }, [programs]);
  const rows = chosen(
    links,
    props,
    (row) => `${row.id} ${row.type} ${row.target} ${row.attachType} ${holdersText(row.holders)}`,
  );
  return <SortedTable label="Links" sort="-id" {...{ rows, columns, selected, onSelect }} />;
}
