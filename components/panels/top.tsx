/** Keys of a map by their rate: who does most now, who did most in sum, and the last minute of each. */
import { lazy, Suspense, useMemo, useState } from "react";
import type { Column } from "../../server/protocol";
import { type ColumnValues, numberAt } from "../batch";

import { suggest } from "../filter/completion";
import { fieldsOf } from "../filter/fields";
import type { Filter } from "../filter/filter";
import { type Context, cellText, clockTime, count, noSyscall, rate, whole } from "../format";
import { seenValues } from "../seen-values";
import { useVersion } from "../use-version";
import { Cell } from "./cell";
import { useCellContext } from "./cell-context";
import { type ShownColumn, shownColumns, tracks } from "./columns";
import { exampleOf } from "./example";
import { FilterField } from "./filter-field";
import { Foot } from "./foot";
import type { HeadCell } from "./head-text";
import type { PanelProps } from "./panel";
import { Sparkline } from "./sparkline";
import { Toggle } from "./toggle";
import { type Entry, maxKeys, TopSums, valueColumns } from "./top-sums";
import { readTopView, type TopView, writeTopView } from "./top-view";
import { mostLines, useLineColours } from "./use-line-colours";
import { useFilter } from "./use-scan";
import { VirtualRows } from "./virtual-rows";

/** recharts comes with the first panel that draws with it. */
const TopLines = lazy(async () => ({ default: (await import("./top-lines")).TopLines }));

/** What a column of keys holds where the parameters do not tell them apart. */
const nothing: Record<string, number> = { pid_n: 0, tid_n: 0, cgroup_id: 0, syscall_n: noSyscall };

function isNothing(entry: Entry, { column, index }: ShownColumn): boolean {
  const values = entry.words[index];
  if (values?.kind === "numbers") return Number(values.values[0]) === nothing[column.meaning];
  return values === undefined || values.bytes.length === 0;
}

/** Per second: while it runs in the last one, then on average. */
type RateOf = (entry: Entry) => number;

/** Amounts begin with the greatest, words with "a", numbers that name with the smallest. */
function sortEntries(
  rateOf: RateOf,
  entries: Entry[],
  by: string,
  words: readonly ShownColumn[],
  context: Context,
): Entry[] {
  const shown = words.find(({ column }) => column.name === by);
  if (!shown) {
    const amount = (entry: Entry) => (by === "total" ? (entry.sums[0] ?? 0) : rateOf(entry));
    return entries.sort((a, b) => amount(b) - amount(a) || (b.sums[0] ?? 0) - (a.sums[0] ?? 0));
  }
  const { column, index, right } = shown;
  if (right) return entries.sort((a, b) => numberAt(a.words[index], 0) - numberAt(b.words[index], 0));
  const text = new Map(entries.map((entry) => [entry, cellText(column, entry.words[index], 0, context)]));
  return entries.sort((a, b) => (text.get(a) ?? "").localeCompare(text.get(b) ?? ""));
}

/** The columns a filter knows here: those of the table, sums for values, and the rate. */
function topColumns(columns: readonly Column[], values: readonly number[]): Column[] {
  const value = columns[values[0] ?? -1];
  const rate = value && { ...value, name: "rate", title: `${value.title}/s`, meaning: "count_n" };
  return rate ? [...columns, rate] : [...columns];
}

function passes(filter: Filter, rateOf: RateOf, entry: Entry, values: readonly number[]): boolean {
  const columns = entry.words.map((words, i): ColumnValues => {
    const sum = entry.sums[values.indexOf(i)] ?? 0;
    return words ?? { kind: "numbers", values: Float64Array.of(sum) };
  });
  // Rates are compared as they are shown: whole from 10 on.
  const rate = Float64Array.of(rateOf(entry));
  const mask = Uint8Array.of(1);
  filter.test({ rows: 1, columns: [...columns, { kind: "numbers", values: rate }] }, 0, 1, mask);
  return mask[0] === 1;
}

/** Those who did most in the last minutes; chosen once a second. */
function useHeaviest(sums: TopSums, hasLines: boolean): readonly Entry[] {
  const { batch } = sums;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the sums are the same object, batch is what changes in it
  return useMemo(() => {
    if (!hasLines) return [];
    const batches = sums.times().length;
    const sumOf = (entry: Entry) => sums.ratesOf(entry, batches).reduce((sum, rate) => sum + rate, 0);
    const recent = [...sums.entries.values()].map((entry) => ({ entry, sum: sumOf(entry) }));
    recent.sort((a, b) => b.sum - a.sum);
    return recent.slice(0, mostLines).map(({ entry }) => entry);
  }, [sums, batch, hasLines]);
}

export function Top({ tool, run, table, stacks, host, paused, view, onView }: PanelProps) {
  useVersion(table, 250);
  const context = useCellContext(host, run, stacks);
  const [sums] = useState(() => new TopSums(table.columns));
  const [selected, setSelected] = useState<string>();
  sums.take(table);
  const values = useMemo(() => valueColumns(table.columns), [table.columns]);
  const value = table.columns[values[0] ?? -1];
  const words = shownColumns(tool).filter(
    (shown) =>
      !values.includes(shown.index) && ![...sums.entries.values()].every((entry) => isNothing(entry, shown)),
  );
  const setting = useMemo(() => readTopView(view), [view]);
  const onSet = (change: Partial<TopView>) => onView(writeTopView({ ...setting, ...change }));
  const asked = useMemo(() => topColumns(table.columns, values), [table.columns, values]);
  const { filter, problem } = useFilter(setting.filter, table, context, asked);
  const sort = { by: setting.by || setting.show, turned: setting.turned };
  const isRunning = run.state === "running";
  const rateOf: RateOf = (entry) =>
    isRunning ? sums.rateOf(entry, 0) : sums.meanOf(entry, 0, run.startedAt - host.bootedAt);
  const entries = [...sums.entries.values()].filter(
    (entry) => !filter || passes(filter, rateOf, entry, values),
  );
  const sorted = sortEntries(rateOf, entries, sort.by, words, context);
  if (sort.turned) sorted.reverse();
  const amountOf = (entry: Entry) => (setting.show === "total" ? (entry.sums[0] ?? 0) : rateOf(entry));
  const heaviest = useHeaviest(sums, setting.hasLines);
  const colours = useLineColours(heaviest.map(({ id }) => id));
  const most = sorted.reduce((max, entry) => Math.max(max, amountOf(entry)), 1e-9);
  const at = sorted.findIndex((entry) => entry.id === selected);

  const headCell = (key: string, title: string, right: boolean, track: string, help?: string): HeadCell => {
    const byAmount = key === "rate" || key === "total";
    const sorted = sort.by !== key ? undefined : byAmount === sort.turned ? "ascending" : "descending";
    const onSort = () => onSet({ by: key, turned: sort.by === key && !sort.turned });
    return { key, title, help, right, track, sorted, onSort };
  };

  const byRate = setting.show === "rate";
  /** What the bars are of stands before them. */
  const inOrder = <T,>(rate: T, total: T, bar: T): T[] => (byRate ? [rate, bar, total] : [total, bar, rate]);

  const viewRows = (from: number, to: number) => {
    const visible = sorted.slice(from, to);
    const texts = visible.map((entry) =>
      words.map(({ column, index }) => cellText(column, entry.words[index], 0, context)),
    );
    const letters = new Map(
      words.map(({ column }, i) => [
        column.name,
        Math.max(column.title.length + 2, ...texts.map((row) => row[i]?.length ?? 0)),
      ]),
    );
    const widths = tracks(words, letters);
    const title = value?.title ?? "Count";
    const head: HeadCell[] = [
      ...words.map(({ column, right }, i) =>
        headCell(column.name, column.title, right, widths[i] ?? "auto", column.help),
      ),
      ...inOrder(
        headCell("rate", `${title}/s`, true, "84px", isRunning ? "In the last second" : "On average"),
        headCell("total", title, true, "72px", value?.help),
        { key: "bar", title: "", right: false, track: "minmax(28px, 1fr)" },
      ),
      { key: "spark", title: "Last minute", right: false, track: "100px" },
    ];
    const rows = visible.map((entry, row) => {
      const perSecond = rateOf(entry);
      const total = entry.sums[0] ?? 0;
      return [
        ...words.map(({ column, right }, i) => (
          <Cell key={column.name} text={texts[row]?.[i] ?? ""} right={right} />
        )),
        ...inOrder(
          <Cell key="rate" text={rate(perSecond)} right look={byRate ? "" : "text-dim"} />,
          <Cell key="total" text={count(total)} whole={whole(total)} right look={byRate ? "text-dim" : ""} />,
          <Cell key="bar">
            <span
              className="block h-2 rounded-xs bg-accent/75"
              style={{ width: `${(amountOf(entry) / most) * 100}%`, background: colours.get(entry.id) }}
            />
          </Cell>,
        ),
        <Cell key="spark">
          <Sparkline values={sums.sparkOf(entry)} label={`${title} a second, last minute`} />
        </Cell>,
      ];
    });
    return { head, rows };
  };

  const times = setting.hasLines ? sums.times() : [];
  const lines = heaviest.map((entry) => ({
    id: entry.id,
    name: words.map(({ column, index }) => cellText(column, entry.words[index], 0, context)).join(" "),
    rates: sums.ratesOf(entry, times.length),
  }));
  const since = clockTime(host.bootedAt + (sums.since ?? 0)).slice(0, 8);
  return (
    <>
      <div className="flex h-[34px] shrink-0 items-center gap-x-2 border-line border-b px-2.5 text-[11.5px] text-dim">
        <FilterField
          text={setting.filter}
          problem={problem}
          placeholder={`Filter: ${exampleOf(words)}`}
          onFilter={(filter) => onSet({ filter })}
          suggest={(text, cursor) =>
            suggest(text, cursor, fieldsOf(asked), (field) =>
              values.includes(field.index) || field.column.name === "rate"
                ? []
                : seenValues(table, field, context),
            )
          }
        />
        <Toggle
          label="Shown"
          choices={[
            ["rate", "Rate"],
            ["total", "Total"],
          ]}
          value={setting.show}
          onChoose={(show) => onSet({ show, by: "", turned: false })}
        />
        <button
          type="button"
          aria-pressed={setting.hasLines}
          className="shrink-0 rounded border border-line px-1.5 py-px text-faint -outline-offset-2 hover:text-text aria-pressed:bg-raised aria-pressed:text-text"
          title={`Lines over time of the ${mostLines} who did most in the last minutes`}
          onClick={() => onSet({ hasLines: !setting.hasLines })}
        >
          Lines
        </button>
      </div>
      {filter && sorted.length === 0 && (
        <p className="px-3 pt-3 text-center text-dim">
          None of {count(sums.entries.size)} rows passes the filter.{" "}
          <button type="button" className="text-accent hover:underline" onClick={() => onSet({ filter: "" })}>
            Show all
          </button>
        </p>
      )}
      {setting.hasLines && (
        <Suspense fallback={<div className="shrink-0 basis-[45%] border-line border-b" />}>
          <TopLines
            lines={lines}
            times={times.map((at) => at + host.bootedAt)}
            unit={value?.title ?? "Count"}
            colours={colours}
          />
        </Suspense>
      )}
      <VirtualRows
        label={tool.title}
        first={0}
        end={sorted.length}
        follow={false}
        onFollow={() => {}}
        selected={at < 0 ? undefined : at}
        onSelect={(position) => setSelected(position === undefined ? undefined : sorted[position]?.id)}
        view={viewRows}
      />
      <Foot end={sums.forgotten > 0 && <span>{count(sums.forgotten)} older rows dropped</span>}>
        <span>
          {paused ? "Paused · " : ""}
          {filter && `${count(sorted.length)} of `}
          {count(sums.entries.size)} {sums.entries.size === 1 ? "row" : "rows"}, at most {count(maxKeys)} ·
          sorted by{" "}
          {words.find(({ column }) => column.name === sort.by)?.column.title ??
            (sort.by === "total" ? "sum" : "rate")}{" "}
          · sums since {since}
        </span>
      </Foot>
    </>
  );
}
