/** A snapshot as files. */
import type { SnapshotSummary } from "../../server/protocol/snapshots";
import { exportFormats } from "../exports/formats";
import { count } from "../format";
import { FigurePopover } from "../popover";

const link = "text-accent underline underline-offset-2";

/** Rows first: every panel has them. */
const offered = [
  ...exportFormats.filter(({ needsStacks }) => !needsStacks),
  ...exportFormats.filter(({ needsStacks }) => needsStacks),
];

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
              {panels.map(({ tool, rows, hasStacks }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a panel is known by its place
                <tr key={index}>
                  <td className="pr-4">{tool}</td>
                  <td className="figures pr-4 text-right text-dim">{count(rows)} rows</td>
                  {offered.map(({ name, title, short, extension, needsStacks }) => (
                    <td key={name} className="pr-4 last:pr-0">
                      {(hasStacks || !needsStacks) && (
                        <a className={link} title={title} href={`/snapshots/${id}/${index + 1}.${extension}`}>
                          {short}
                        </a>
                      )}
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
