/** Keys of a map by their rate: who does most now, who did most in sum, and the last minute of each. */
import { useMemo, useState } from "react";
import { numberAt } from "../batch";
import { type Context, cellText, clockTime, count, noSyscall, rate } from "../format";
import { useVersion } from "../use-version";
import { Cell } from "./cell";
import { useCellContext } from "./cell-context";
import { type ShownColumn, shownColumns, tracks } from "./columns";
import { Foot } from "./foot";
import type { PanelProps } from "./panel";
import { Sparkline } from "./sparkline";
import { type Entry, TopSums, valueColumns } from "./top-sums";
import { type HeadCell, VirtualRows } from "./virtual-rows";

/** `view` is the column sorted by, "-" in front for the other way round: "rate", "total", "-pid". */
function readSort(view: string) {
  const turned = view.startsWith("-");
  return { by: (turned ? view.slice(1) : view) || "rate", turned };
}

/** What a column of keys holds where the parameters do not tell them apart. */
const nothing: Record<string, number> = { pid_n: 0, tid_n: 0, cgroup_id: 0, syscall_n: noSyscall };

function isNothing(entry: Entry, { column, index }: ShownColumn): boolean {
  const values = entry.words[index];
  if (values?.kind === "numbers") return Number(values.values[0]) === nothing[column.meaning];
  return values === undefined || values.bytes.length === 0;
}

/** Amounts begin with the greatest, words with "a", numbers that name with the smallest. */
function sortEntries(sums: TopSums, by: string, words: readonly ShownColumn[], context: Context): Entry[] {
  const entries = [...sums.entries.values()];
  const shown = words.find(({ column }) => column.name === by);
  if (!shown) {
    const amount = (entry: Entry) => (by === "total" ? (entry.sums[0] ?? 0) : sums.rateOf(entry, 0));
    return entries.sort((a, b) => amount(b) - amount(a) || (b.sums[0] ?? 0) - (a.sums[0] ?? 0));
  }
  const { column, index, right } = shown;
  if (right) return entries.sort((a, b) => numberAt(a.words[index], 0) - numberAt(b.words[index], 0));
  const text = new Map(entries.map((entry) => [entry, cellText(column, entry.words[index], 0, context)]));
  return entries.sort((a, b) => (text.get(a) ?? "").localeCompare(text.get(b) ?? ""));
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
  const sort = readSort(view);
  const sorted = sortEntries(sums, sort.by, words, context);
  if (sort.turned) sorted.reverse();
  const most = Math.max(...sorted.map((entry) => sums.rateOf(entry, 0)), 1e-9);
  const at = sorted.findIndex((entry) => entry.id === selected);

  const headCell = (key: string, title: string, right: boolean, track: string, help?: string): HeadCell => {
    const byAmount = key === "rate" || key === "total";
    const sorted = sort.by !== key ? undefined : byAmount === sort.turned ? "ascending" : "descending";
    const onSort = () => onView(sort.by === key && !sort.turned ? `-${key}` : key);
    return { key, title, help, right, track, sorted, onSort };
  };

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
      headCell("rate", `${title}/s`, true, "84px", "In the last second"),
      { key: "bar", title: "", right: false, track: "minmax(28px, 1fr)" },
      headCell("total", title, true, "72px", value?.help),
      { key: "spark", title: "Last minute", right: false, track: "100px" },
    ];
    const rows = visible.map((entry, row) => {
      const now = sums.rateOf(entry, 0);
      const total = entry.sums[0] ?? 0;
      return [
        ...words.map(({ column, right }, i) => (
          <Cell key={column.name} text={texts[row]?.[i] ?? ""} right={right} />
        )),
        <Cell key="rate" text={rate(now)} right />,
        <Cell key="bar">
          <span className="block h-2 rounded-xs bg-accent/75" style={{ width: `${(now / most) * 100}%` }} />
        </Cell>,
        <Cell key="total" text={count(total)} whole={total.toLocaleString("en-US")} right look="text-dim" />,
        <Cell key="spark">
          <Sparkline values={sums.sparkOf(entry)} label={`${title} a second, last minute`} />
        </Cell>,
      ];
    });
    return { head, rows };
  };

  const since = clockTime(host.bootedAt + (sums.since ?? 0)).slice(0, 8);
  return (
    <>
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
          {count(sorted.length)} {sorted.length === 1 ? "row" : "rows"} · sorted by{" "}
          {words.find(({ column }) => column.name === sort.by)?.column.title ??
            (sort.by === "total" ? "sum" : "rate")}{" "}
          · sums since {since}
        </span>
      </Foot>
    </>
  );
}
