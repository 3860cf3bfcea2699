/** Groups of rows, the largest first: counts, failures, and sums and percentiles of an amount; a press goes down to the rows. */
import { useState } from "react";
import type { Column } from "../../server/protocol";
import { exactTerm } from "../filter/write";
import { type Context, cellText, count, whole } from "../format";
import type { Groups } from "../groups";
import { Cell } from "./cell";
import type { ShownColumn } from "./columns";
import type { HeadCell } from "./head-text";
import { VirtualRows } from "./virtual-rows";

/** Sorting by a percentile computes it for every group. */
const mostPercentiles = 2000;

interface GroupRowsProps {
  label: string;
  groups: Groups;
  columns: readonly ShownColumn[];
  of: Column | undefined;
  context: Context;
  /** "count", "p99", a column's name; "-" in front: the other way round. */
  by: string;
  onBy(by: string): void;
  /** Only the rows of one group, as terms of a filter. */
  onOpen(terms: string): void;
}

interface Measure {
  key: string;
  title: string;
  help: string;
  value(group: number): number;
  text(value: number): string;
  bad?: boolean;
}

export function GroupRows(props: GroupRowsProps) {
  const { groups, columns, of, context, by, onBy } = props;
  const [selected, setSelected] = useState<number>();
  const keys = groups.choice.by.flatMap((index) => columns.find((shown) => shown.index === index) ?? []);
  const measures = measuresOf(groups, of, columns, context);
  const turned = by.startsWith("-");
  const sortKey = (turned ? by.slice(1) : by) || "count";
  const ids = sorted(groups, sortKey, keys, measures, context);
  if (turned) ids.reverse();
  const most = ids.reduce((max, group) => Math.max(max, groups.counts[group] ?? 0), 1);

  const headCell = (key: string, title: string, right: boolean, track: string, help?: string): HeadCell => {
    const amount = measures.some((measure) => measure.key === key);
    const sort = sortKey !== key ? undefined : amount === turned ? "ascending" : "descending";
    const tooMany = key.startsWith("p") && amount && groups.size > mostPercentiles;
    const onSort = tooMany ? undefined : () => onBy(sortKey === key && !turned ? `-${key}` : key);
    return { key, title, help, right, track, sorted: sort, onSort };
  };

  const draw = (from: number, to: number) => {
    const head = [
      ...keys.map(({ column, right }) =>
        headCell(
          column.name,
          column.title,
          right,
          right ? "minmax(64px, 110px)" : "minmax(96px, 3fr)",
          column.help,
        ),
      ),
      ...measures.flatMap(({ key, title, help }, i) => [
        headCell(key, title, true, "minmax(64px, 88px)", help),
        ...(i === 0 ? [{ key: "bar", title: "", right: false, track: "minmax(28px, 1fr)" }] : []),
      ]),
    ];
    const rows = ids.slice(from, to).map((group) => [
      ...keys.map(({ column, right }, place) => {
        const text = cellText(column, groups.keyOf(group, place), 0, context);
        const failed = column.meaning === "errno_n" && (groups.failed[group] ?? 0) > 0;
        return <Cell key={column.name} text={text || "–"} right={right} look={failed ? "text-bad" : ""} />;
      }),
      ...measures.flatMap(({ key, value, text, bad }, i) => {
        const amount = value(group);
        return [
          <Cell
            key={key}
            text={text(amount)}
            whole={whole(amount)}
            right
            look={bad ? (amount > 0 ? "text-bad" : "text-faint") : i > 0 ? "text-dim" : ""}
          />,
          ...(i === 0
            ? [
                <Cell key="bar">
                  <span
                    className="block h-2 rounded-xs bg-accent/75"
                    style={{ width: `${(amount / most) * 100}%` }}
                  />
                </Cell>,
              ]
            : []),
        ];
      }),
    ]);
    return { head, rows };
  };

  const at = selected === undefined ? -1 : ids.indexOf(selected);
  return (
    <VirtualRows
      label={props.label}
      first={0}
      end={ids.length}
      follow={false}
      onFollow={() => {}}
      selected={at < 0 ? undefined : at}
      onSelect={(number) => setSelected(number === undefined ? undefined : ids[number])}
      onOpen={(number) => {
        const group = ids[number];
        if (group === undefined) return;
        const terms = keys.flatMap(({ column }, place) => {
          const values = groups.keyOf(group, place);
          return values ? [exactTerm(column, values, 0, context)] : [];
        });
        props.onOpen(terms.join(" "));
      }}
      view={draw}
    />
  );
}

function measuresOf(
  groups: Groups,
  of: Column | undefined,
  columns: readonly ShownColumn[],
  context: Context,
): Measure[] {
  const measures: Measure[] = [
    {
      key: "count",
      title: "Rows",
      help: "Rows of the group",
      value: (g) => groups.counts[g] ?? 0,
      text: count,
    },
  ];
  if (columns.some(({ column }) => column.meaning === "errno_n"))
    measures.push({
      key: "failed",
      title: "Failed",
      help: "Rows whose result is an error",
      value: (g) => groups.failed[g] ?? 0,
      text: count,
      bad: true,
    });
  if (!of) return measures;
  const text = (value: number) =>
    Number.isNaN(value)
      ? "–"
      : cellText(of, { kind: "numbers", values: Float64Array.of(Math.round(value)) }, 0, context);
  const percentile = (q: number) => (group: number) => groups.percentiles(group, [q])[0] ?? Number.NaN;
  const within = "within 12.5 %";
  return [
    ...measures,
    { key: "sum", title: "Sum", help: `Sum of ${of.title}`, value: (g) => groups.sums[g] ?? 0, text },
    { key: "p50", title: "p50", help: `Median of ${of.title}, ${within}`, value: percentile(0.5), text },
    {
      key: "p99",
      title: "p99",
      help: `99 of 100 have at most this ${of.title}, ${within}`,
      value: percentile(0.99),
      text,
    },
    { key: "max", title: "Max", help: `Largest ${of.title}`, value: (g) => groups.largest[g] ?? 0, text },
  ];
}

/** Amounts begin with the greatest, keys with the smallest. */
function sorted(
  groups: Groups,
  by: string,
  keys: readonly ShownColumn[],
  measures: readonly Measure[],
  context: Context,
): number[] {
  const ids = Array.from({ length: groups.size }, (_, group) => group);
  const place = keys.findIndex(({ column }) => column.name === by);
  const key = keys[place];
  if (key) {
    const texts = ids.map((group) => cellText(key.column, groups.keyOf(group, place), 0, context));
    const order = (a: string, b: string) =>
      key.right ? Number(a) - Number(b) || (a < b ? -1 : 1) : a < b ? -1 : 1;
    return ids.sort((a, b) => order(texts[a] ?? "", texts[b] ?? ""));
  }
  const wanted = measures.find((measure) => measure.key === by);
  const measure = by.startsWith("p") && groups.size > mostPercentiles ? measures[0] : (wanted ?? measures[0]);
  const values = Float64Array.from(ids, (group) => measure?.value(group) ?? 0);
  return ids.sort(
    (a, b) => (values[b] ?? 0) - (values[a] ?? 0) || (groups.counts[b] ?? 0) - (groups.counts[a] ?? 0),
  );
}
