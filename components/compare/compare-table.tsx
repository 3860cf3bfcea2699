/** Two tables joined by key. */
import { useMemo } from "react";
import type { ToolInfo } from "../../server/protocol";
import { type Context, rate } from "../format";
import type { Table } from "../table";
import { type JoinedTable, joined } from "./joined";

/** Rows that are shown: those with the greatest differences. */
const SHOWN = 300;

interface CompareTableProps {
  tool: ToolInfo;
  before: { table: Table; context: Context };
  after: { table: Table; context: Context };
}

const signed = (value: number) => `${value < 0 ? "−" : "+"}${rate(Math.abs(value))}`;

function changeWord({ before, after }: JoinedTable["rows"][number]): string {
  if (before === 0) return "new";
  if (after === 0) return "gone";
  return `×${(after / before).toFixed(2)}`;
}

export function CompareTable({ tool, before, after }: CompareTableProps) {
  const versions = `${before.table.version} ${after.table.version}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the versions stand for what the tables hold
  const { by, counted, rows } = useMemo(() => joined(tool, before, after), [tool, versions]);
  const most = Math.max(
    ...rows.slice(0, SHOWN).map((row) => Math.abs(row.after - row.before)),
    Number.MIN_VALUE,
  );
  return (
    <section
      aria-label="Joined table"
      className="m-3 flex min-h-0 flex-1 flex-col rounded-lg border border-line bg-panel"
    >
      <div className="min-h-0 flex-1 overflow-y-auto">
        <table className="w-full border-collapse">
          <thead className="sticky top-0 bg-panel text-left text-[11.5px] text-dim">
            <tr className="border-line border-b">
              <th className="py-1.5 pl-4 font-normal">{by}</th>
              <th className="px-4 text-right font-normal">{counted}/s before</th>
              <th className="px-4 text-right font-normal">{counted}/s after</th>
              <th className="px-4 text-right font-normal">Difference</th>
              <th className="px-4 text-right font-normal">Change</th>
              <th className="w-64">
                <span className="sr-only">Less or more</span>
              </th>
            </tr>
          </thead>
          <tbody className="figures">
            {rows.slice(0, SHOWN).map((row) => {
              const difference = row.after - row.before;
              const share = `${(50 * Math.abs(difference)) / most}%`;
              return (
                <tr key={row.key} className="hover:bg-raised">
                  <td className="max-w-0 truncate py-0.5 pl-4" title={row.key}>
                    {row.key}
                  </td>
                  <td className="px-4 text-right text-dim">{rate(row.before)}</td>
                  <td className="px-4 text-right">{rate(row.after)}</td>
                  <td className="px-4 text-right">{signed(difference)}</td>
                  <td className="px-4 text-right text-dim">{changeWord(row)}</td>
                  <td className="pr-4">
                    <div className="relative h-2.5 border-line border-x" aria-hidden="true">
                      <div
                        className={`absolute inset-y-0 ${difference < 0 ? "right-1/2 bg-faint" : "left-1/2 bg-accent"}`}
                        style={{ width: share }}
                      />
                    </div>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p className="border-line border-t px-4 py-1.5 text-dim">
        {rows.length > SHOWN
          ? `The ${SHOWN} greatest differences of ${rows.length} rows`
          : `${rows.length} rows`}
        , the greatest difference first.
      </p>
    </section>
  );
}
