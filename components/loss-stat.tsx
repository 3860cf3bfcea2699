/** What is missing from a panel, where it went missing; zero is said too. */
import { useId } from "react";
import type { RunInfo } from "../server/protocol";
import { bytes, count } from "./format";
import type { Table } from "./table";
import { useVersion } from "./use-version";

export function LossStat({ run, table }: { run: RunInfo; table: Table }) {
  const id = useId();
  useVersion(table, 1000);
  const { ring, map, stack } = run.loss;
  const lost = ring + map + stack;
  const words = [
    lost > 0 || table.notSent === 0 ? `${count(lost)} lost` : "",
    table.notSent > 0 ? `${count(table.notSent)} not sent` : "",
  ];
  const lines: [number, string][] = [
    [ring, "events found the kernel's ring full"],
    [map, "updates found a kernel map full"],
    [stack, "stacks could not be kept"],
    [table.notSent, "rows were not sent: this page was too slow"],
    [
      table.dropped,
      `rows were dropped here to stay within ${count(table.maxRows)} rows and ${bytes(table.maxBytes)}`,
    ],
  ];
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        style={{ anchorName: `--${id}` }}
        className={`figures rounded text-[11.5px] ${lost + table.notSent > 0 ? "text-warn" : "text-dim"}`}
      >
        {words.filter(Boolean).join(" · ")}
      </button>
      <div
        id={id}
        popover="auto"
        style={{ positionAnchor: `--${id}` }}
        className="m-auto rounded-md border border-line bg-raised p-3 supports-[position-area:bottom]:m-0 supports-[position-area:bottom]:mt-1 text-text [position-area:bottom_span-left]"
      >
        <table>
          <tbody>
            {lines.map(([amount, what]) => (
              <tr key={what}>
                <td className={`figures pr-3 text-right ${amount > 0 ? "text-warn" : "text-dim"}`}>
                  {count(amount)}
                </td>
                <td className="text-dim">{what}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
