/** Rows as they come: follows the newest, stands still once scrolled; filtered, grouped, sorted; a row can be read whole. */
import { useEffect, useMemo, useRef, useState } from "react";
import type { RunInfo } from "../../server/protocol";
import { numberAt } from "../batch";
import { rowsAs } from "../exports/rows";
import { suggest } from "../filter/completion";
import { fieldsOf } from "../filter/fields";
import { narrow } from "../filter/write";
import { bytes, clockTime, count, whole } from "../format";
import { useMoment } from "../moment";
import { seenValues } from "../seen-values";
import type { Table } from "../table";
import { useVersion } from "../use-version";
import { useCellContext } from "./cell-context";
import { type ShownColumn, shownColumns } from "./columns";
import { CopyButtons } from "./copy-buttons";
import { EventRows } from "./event-rows";
import { EventsControls } from "./events-controls";
import { type EventsView, readEventsView, writeEventsView } from "./events-view";
import { exampleOf } from "./example";
import { Foot } from "./foot";
import { GroupRows } from "./group-rows";
import type { PanelProps } from "./panel";
import { RowDrawer } from "./row-drawer";
import { type Place, placeAt } from "./row-texts";
import { everyRow, foundRows, type RowWindow, sortedRows } from "./row-window";
import { useFilter, useScan } from "./use-scan";

/** Faster than this nobody reads; the first row comes at once all the same. */
const refreshMs = 80;
/** More are not copied at once. */
const mostCopied = 50_000;
const groupsRefreshMs = 250;
/** A board that is opened with a sort waits so long for the history. */
const historyMs = 700;

const amountMeanings = new Set(["nsec", "usec", "bytes", "count_n"]);

export function Events({ tool, run, table, stacks, host, paused, view, onView }: PanelProps) {
  const setting = useMemo(() => readEventsView(view), [view]);
  const onSet = (change: Partial<EventsView>) => onView(writeEventsView({ ...setting, ...change }));
  const columns = useMemo(() => shownColumns(tool), [tool]);
  const fields = useMemo(() => fieldsOf(tool.columns), [tool]);
  const context = useCellContext(host, run, stacks);
  const grouping = setting.group.flatMap((name) => columns.find(({ column }) => column.name === name) ?? []);
  const sort = columns.find(({ column }) => column.name === setting.sort.replace("-", ""));
  const sorting = sort !== undefined && grouping.length === 0;

  const held = useHeld(table, sorting);
  const still = held ?? table;
  const { filter, problem } = useFilter(setting.filter, still, context);
  const amounts = columns.filter(({ column }) => amountMeanings.has(column.meaning));
  const of = amounts.find(({ column }) => column.name === setting.of) ?? amounts[0];
  const choice = grouping.length > 0 ? { by: grouping.map(({ index }) => index), of: of?.index } : undefined;
  const scan = useScan(still, filter, choice);
  // Held rows stay as they are, but what came meanwhile is told.
  useVersion(scan && !held ? scan : table, grouping.length > 0 ? groupsRefreshMs : refreshMs);
  const groups = scan?.groups;

  const plain = scan && !groups ? foundRows(scan, still) : everyRow(still);
  // biome-ignore lint/correctness/useExhaustiveDependencies: held rows stay; the scan may still be going through them
  const sortedWindow = useMemo(
    () => held && sort && sortedRows(held, plain, sort.index, setting.sort.startsWith("-")),
    [held, sort, setting.sort, scan, plain.end],
  );
  const rows: RowWindow = sortedWindow ?? plain;

  const [follow, setFollow] = useState(true);
  const [seenEnd, setSeenEnd] = useState(0);
  const [selected, setSelected] = useState<number>();
  const [shown, setShown] = useState<readonly ShownColumn[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: numbers of rows begin anew
  useEffect(() => setSeenEnd(rows.end), [scan, held]);
  const onFollow = (next: boolean) => {
    setFollow(next);
    setSeenEnd(rows.end);
  };
  const unseen = held ? table.end - held.end : follow ? 0 : rows.end - Math.max(seenEnd, rows.first);
  const catchUp = () => {
    if (held) onSet({ sort: "" });
    onFollow(true);
  };

  const suggestions = (text: string, cursor: number) =>
    suggest(text, cursor, fields, (field) => seenValues(still, field, context));
  const onFilter = (term: string, change: Partial<EventsView> = {}) =>
    onSet({ filter: narrow(setting.filter, term), ...change });
  const places = () => newest(still, rows);
  const copied = chosenOr(shown, columns);

  return (
    <>
      <EventsControls
        view={setting}
        all={columns}
        shown={copied}
        amounts={amounts.map(({ column }) => column)}
        problem={problem}
        example={exampleOf(columns)}
        suggest={suggestions}
        onSet={onSet}
      />
      <div className="relative flex min-h-0 flex-1 flex-col border-line border-t">
        {groups ? (
          <GroupRows
            label={tool.title}
            groups={groups}
            columns={columns}
            of={of?.column}
            context={context}
            by={setting.by}
            onBy={(by) => onSet({ by })}
            onOpen={(terms) => onFilter(terms, { group: [], by: "" })}
          />
        ) : (
          <EventRows
            label={tool.title}
            table={still}
            rows={rows}
            columns={columns}
            context={context}
            view={setting}
            onSet={onSet}
            relativeTo={setting.relative ? timeFrom(still, columns, selected, run, host.bootedAt) : undefined}
            follow={follow && !held}
            onFollow={onFollow}
            selected={selected}
            onSelect={setSelected}
            onColumns={(now) => {
              if (now.length !== shown.length || now.some((one, i) => one.index !== shown[i]?.index))
                queueMicrotask(() => setShown(now));
            }}
          />
        )}
        {filter && scan && (groups ? groups.rows === 0 : rows.end === rows.first) && (
          <p className="absolute inset-x-0 top-12 px-3 text-center text-dim">
            None of {count(still.rows)} rows passes the filter.{" "}
            <button
              type="button"
              className="text-accent hover:underline"
              onClick={() => onSet({ filter: "" })}
            >
              Show all
            </button>
          </p>
        )}
        <div className="pointer-events-none absolute inset-x-4 bottom-3 flex flex-wrap justify-end gap-2 *:pointer-events-auto">
          <MomentPill
            columns={columns}
            run={run}
            bootedAt={host.bootedAt}
            filter={setting.filter}
            onSet={onSet}
          />
          {!paused && !groups && unseen > 0 && (
            <Pill onPress={catchUp}>
              {count(unseen)} new {unseen === 1 ? "row" : "rows"} ↓
            </Pill>
          )}
        </div>
      </div>
      {selected !== undefined && !groups && (
        <RowDrawer
          table={still}
          columns={columns}
          position={selected}
          context={context}
          onFilter={onFilter}
          onClose={() => setSelected(undefined)}
        />
      )}
      <Foot
        end={
          !groups && (
            <CopyButtons
              rows={Math.min(mostCopied, rows.end - rows.first)}
              text={(format) => rowsAs(format, places(), copied, context)}
            />
          )
        }
      >
        <span className="min-w-0 flex-[100_1_8rem] truncate" title={keptIn(still, run)}>
          {groups ? (
            groupsReading(groups.size, groups.rows, groups.others + scan.missed)
          ) : (
            <>
              {paused
                ? "Paused"
                : held
                  ? `Sorted by ${sort?.column.title}`
                  : follow
                    ? "Following"
                    : "Standing still"}
              {sortedWindow && sortedWindow.unsorted > 0 && ` but for ${count(sortedWindow.unsorted)}`} ·{" "}
              {filter && `${count(rows.end - rows.first)} of `}
              {count(still.rows)} rows kept
              {run.count > still.rows && ` of ${count(run.count)}`}, at most {short(still.maxRows)} or{" "}
              {bytes(still.maxBytes)}
            </>
          )}
        </span>
      </Foot>
    </>
  );
}

/** Rows stand still while they are sorted. */
function useHeld(table: Table, sorting: boolean): Table | undefined {
  const [held, setHeld] = useState<Table>();
  const wait = useRef(sorting ? historyMs : 0);
  useEffect(() => {
    if (!sorting) {
      wait.current = 0;
      setHeld(undefined);
      return;
    }
    const timer = setTimeout(() => setHeld(table.frozen()), wait.current);
    return () => clearTimeout(timer);
  }, [table, sorting]);
  return sorting ? held : undefined;
}

function Pill({ children, onPress }: { children: React.ReactNode; onPress(): void }) {
  return (
    <button
      type="button"
      className="rounded-full border border-line bg-raised px-3 py-1 text-accent hover:border-faint"
      onClick={onPress}
    >
      {children}
    </button>
  );
}

interface MomentPillProps {
  columns: readonly ShownColumn[];
  run: RunInfo;
  bootedAt: number;
  filter: string;
  onSet(change: Partial<EventsView>): void;
}

/** Offers the rows of the time that was selected on another panel. */
function MomentPill({ columns, run, bootedAt, filter, onSet }: MomentPillProps) {
  const moment = useMoment(({ selected }) => selected);
  const name = columns.find(({ column }) => column.meaning === "ktime")?.column.name;
  if (!moment || moment.run === run.id || !name) return null;
  const clock = (ms: number) => clockTime(bootedAt + ms).slice(0, 12);
  const term = `${name}:${clock(moment.from)}..${clock(moment.to)}`;
  if (filter.includes(term)) return null;
  // A time asked for before would leave nothing.
  const others = filter.replace(new RegExp(`(^|\\s)${name}:\\S+`), "").trim();
  return (
    <Pill onPress={() => onSet({ filter: narrow(others, term), group: [], sort: "" })}>
      Rows of {clock(moment.from).slice(0, 8)}–{clock(moment.to).slice(0, 8)}
    </Pill>
  );
}

/** Where relative time begins: at the chosen row, else at the run's start; nanoseconds of CLOCK_MONOTONIC. */
function timeFrom(
  table: Table,
  columns: readonly ShownColumn[],
  selected: number | undefined,
  run: RunInfo,
  bootedAt: number,
): number {
  const time = columns.find(({ column }) => column.meaning === "ktime");
  const place = selected === undefined ? undefined : placeAt(table, selected);
  if (time && place) return numberAt(place.batch.columns[time.index], place.row);
  return (run.startedAt - bootedAt) * 1e6;
}

/** The newest rows that are copied at once, oldest first. */
function newest(table: Table, rows: RowWindow): Place[] {
  const places: Place[] = [];
  for (let number = Math.max(rows.first, rows.end - mostCopied); number < rows.end; number++) {
    const place = placeAt(table, rows.positionOf(number));
    if (place) places.push(place);
  }
  return places;
}

const chosenOr = (shown: readonly ShownColumn[], all: readonly ShownColumn[]) =>
  shown.length > 0 ? shown : all;

const groupsReading = (size: number, rows: number, left: number) =>
  `${count(size)} ${size === 1 ? "group" : "groups"} of ${count(rows)} rows${left > 0 ? ` · ${count(left)} rows not grouped` : ""}`;

const short = (rows: number) => count(rows).replace(/\.0+ /, " ");

const keptIn = (table: Table, run: RunInfo) =>
  `At most ${count(table.maxRows)} rows and ${bytes(table.maxBytes)} are kept in this page: now ${bytes(table.bytes)}; ${whole(run.count)} rows since the start`;
