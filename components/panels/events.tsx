/** Rows as they come: follows the newest, stands still once scrolled, and shows the chosen row whole. */
import { useEffect, useRef, useState } from "react";
import { numberAt } from "../batch";
import { type Context, cellText, count } from "../format";
import type { Batch, Table } from "../table";
import { useVersion } from "../use-version";
import { Cell } from "./cell";
import { useCellContext } from "./cell-context";
import { fitting, type ShownColumn, shownColumns, tracks } from "./columns";
import { Foot } from "./foot";
import type { PanelProps } from "./panel";
import { type HeadCell, VirtualRows } from "./virtual-rows";

/** Faster than this nobody reads; the first row comes at once all the same. */
const refreshMs = 80;

/** Only the result of a call that failed is coloured, not its row. */
function cellColour({ column, index }: ShownColumn, batch: Batch, row: number): string {
  if (column.meaning === "errno_n") return numberAt(batch.columns[index], row) < 0 ? "text-bad" : "";
  return column.meaning === "ktime" || column.meaning === "open_flags" ? "text-dim" : "";
}

export function Events({ tool, run, table, stacks, host, paused }: PanelProps) {
  useVersion(table, refreshMs);
  const context = useCellContext(host, run, stacks);
  const [follow, setFollow] = useState(true);
  const [seenEnd, setSeenEnd] = useState(0);
  const [selected, setSelected] = useState<number>();
  const columns = shownColumns(tool);
  const letters = useRef(new Map<string, number>());
  const first = table.end - table.rows;
  const unseen = Math.max(0, table.end - Math.max(seenEnd, first));

  const onFollow = (next: boolean) => {
    setFollow(next);
    setSeenEnd(table.end);
  };

  const view = (from: number, to: number, width: number) => {
    const seen = visibleTexts(table, columns, from, to, context);
    columns.forEach(({ column }, i) => {
      const longest = Math.max(column.title.length, ...seen.map(({ texts }) => texts[i]?.length ?? 0));
      letters.current.set(column.name, Math.max(letters.current.get(column.name) ?? 0, longest));
    });
    const fit = fitting(columns, letters.current, width);
    const widths = tracks(fit, letters.current);
    const head = fit.map(({ column, right }, i): HeadCell => {
      const { name, title, help } = column;
      return { key: name, title, help, right, track: widths[i] ?? "auto" };
    });
    const leftOut = columns.filter((shown) => !fit.includes(shown)).map(({ column }) => column.title);
    if (leftOut.length > 0) {
      const help = `No room here for ${leftOut.join(", ")}: choose a row to read them, or enlarge the panel`;
      head.push({ key: "left out", title: `+${leftOut.length}`, help, right: true, track: "32px" });
    }
    const rows = seen.map(({ batch, row, texts }) =>
      fit.map((shown) => (
        <Cell
          key={shown.column.name}
          text={texts[columns.indexOf(shown)] ?? ""}
          right={shown.right}
          look={cellColour(shown, batch, row)}
        />
      )),
    );
    return { head, rows };
  };

  const kept = `${count(table.rows)} rows kept`;
  const of = run.count > table.rows ? ` of ${count(run.count)}` : "";
  return (
    <>
      <div className="relative flex min-h-0 flex-1 flex-col">
        <VirtualRows
          label={tool.title}
          first={first}
          end={table.end}
          follow={follow}
          onFollow={onFollow}
          selected={selected}
          onSelect={setSelected}
          view={view}
        />
        {!follow && !paused && unseen > 0 && (
          <button
            type="button"
            className="absolute right-4 bottom-3 rounded-full border border-line bg-raised px-3 py-1 text-accent hover:border-faint"
            onClick={() => onFollow(true)}
          >
            {count(unseen)} new {unseen === 1 ? "row" : "rows"} ↓
          </button>
        )}
      </div>
      {selected !== undefined && (
        <Whole
          table={table}
          columns={columns}
          position={selected}
          context={context}
          onGone={() => setSelected(undefined)}
        />
      )}
      <Foot end={<span>Arrow keys choose a row, End follows</span>}>
        <span>
          {paused ? "Paused" : follow ? "Following" : "Standing still"} · {kept}
          {of}
        </span>
      </Foot>
    </>
  );
}

function visibleTexts(
  table: Table,
  columns: readonly ShownColumn[],
  from: number,
  to: number,
  context: Context,
) {
  const seen: { batch: Batch; row: number; texts: string[] }[] = [];
  let batch: Batch | undefined;
  for (let position = from; position < to; position++) {
    if (!batch || position >= batch.position + batch.rows) batch = table.locate(position);
    if (!batch) continue;
    const row = position - batch.position;
    seen.push({ batch, row, texts: textsOf(batch, row, columns, context) });
  }
  return seen;
}

const textsOf = (batch: Batch, row: number, columns: readonly ShownColumn[], context: Context) =>
  columns.map(({ column, index }) => cellText(column, batch.columns[index], row, context));

interface WholeProps {
  table: Table;
  columns: readonly ShownColumn[];
  position: number;
  context: Context;
  onGone(): void;
}

/** Every field of one row, uncut. */
function Whole({ table, columns, position, context, onGone }: WholeProps) {
  const batch = table.locate(position);
  const gone = batch === undefined;
  useEffect(() => {
    if (gone) onGone();
  });
  if (!batch) return null;
  const texts = textsOf(batch, position - batch.position, columns, context);
  return (
    <dl
      aria-label="The chosen row"
      className="figures flex max-h-[40%] shrink-0 flex-wrap gap-x-5 gap-y-0.5 overflow-y-auto border-line border-t bg-raised px-3 py-2"
    >
      {columns.map(({ column }, i) => (
        <div key={column.name} className="flex min-w-0 gap-2">
          <dt className="shrink-0 text-dim" title={column.help}>
            {column.title}
          </dt>
          <dd className="min-w-0 break-all select-text whitespace-pre-wrap">{texts[i] || "–"}</dd>
        </div>
      ))}
    </dl>
  );
}
