/** A snapshot as files. */
import type { SnapshotSummary } from "../../server/protocol/snapshots";
import { count } from "../format";
import { FigurePopover } from "../popover";

const link = "text-accent underline underline-offset-2";

export function Downloads({ snapshot: { id, panels } }: { snapshot: SnapshotSummary }) {
  return (
    <FigurePopover
      className="text-dim hover:text-text"
      parts={() => (
        <div className="grid gap-3 text-left whitespace-nowrap">
          <p className="flex gap-4">
            Everything
            <a className={link} href={`/snapshots/${id}.json`}>
              JSON
            </a>
            <a className={link} href={`/snapshots/${id}.json.gz`}>
              JSON, compressed
            </a>
          </p>
          <table>
            <tbody>
              {panels.map(({ tool, rows }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a panel is known by its place
                <tr key={index}>
                  <td className="pr-4">{tool}</td>
                  <td className="figures pr-4 text-right text-dim">{count(rows)} rows</td>
                  {["csv", "ndjson"].map((form) => (
                    <td key={form} className="pr-4">
                      <a className={link} href={`/snapshots/${id}/${index + 1}.${form}`}>
                        {form.toUpperCase()}
                      </a>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    >
      Download
    </FigurePopover>
  );
}
