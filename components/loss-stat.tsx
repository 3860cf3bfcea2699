/** What is missing from a panel, where it went missing; zero is said too. */
import type { RunInfo } from "../server/protocol";
import { bytes, count } from "./format";
import { FigurePopover } from "./popover";
import type { Table } from "./table";
import { useVersion } from "./use-version";

export function LossStat({ run, table }: { run: RunInfo; table: Table }) {
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
  const parts = () => (
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
  );
  return (
    <FigurePopover
      className={`figures text-[11.5px] ${lost + table.notSent > 0 ? "text-warn" : "text-dim"}`}
      parts={parts}
    >
      {words.filter(Boolean).join(" · ")}
    </FigurePopover>
  );
}
