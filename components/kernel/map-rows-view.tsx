/** The keys and values of a map, a page at a time, by its types where it has them. */
import { useCallback, useEffect, useState } from "react";
import type { Problem } from "../../server/protocol";
import type { MapInfo, MapRows } from "../../server/protocol/kernel";
import { Button } from "../controls";
import { count } from "../format";
import { Foot } from "../panels/foot";
import { ProblemText } from "../problem";
import { askMapCount, askMapRows } from "../socket";

const spaced = (hex: string): string => hex.replace(/..(?=.)/g, "$& ");

export function MapRowsView({ map }: { map: MapInfo }) {
  const [page, setPage] = useState<MapRows>();
  const [before, setBefore] = useState(0);
  const [entries, setEntries] = useState<number>();
  const [problem, setProblem] = useState<Problem>();
  const open = useCallback(
    async (after: string, rowsBefore: number) => {
      const result = await askMapRows(map.id, after);
      setProblem(result.ok ? undefined : result.problem);
      if (!result.ok) return;
      setPage(result.value);
      setBefore(result.value.restarted ? 0 : rowsBefore);
    },
    [map.id],
  );
  useEffect(() => {
    void open("", 0);
  }, [open]);
  const countAll = async () => {
    const result = await askMapCount(map.id);
    if (result.ok) setEntries(result.value);
    else setProblem(result.problem);
  };
  const rows = page?.rows ?? [];
  const last = rows.at(-1);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {problem && (
        <div className="border-line border-b px-3 py-2">
          <ProblemText problem={problem} />
        </div>
      )}
      {page?.restarted && (
        <p className="border-line border-b px-3 py-1 text-warn">
          The key to go on behind was deleted meanwhile: this is the beginning again.
        </p>
      )}
      <div className="min-h-0 flex-1 overflow-auto">
        <table className="figures w-full">
          <thead className="sticky top-0 bg-panel text-left text-[11.5px] text-dim">
            <tr>
              <th className="px-3 py-0.5 font-normal">Key</th>
              <th className="px-3 py-0.5 font-normal">Value</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, value, keyText, valueText, error }) => (
              <tr key={key} className="border-line border-t align-top hover:bg-raised">
                <td className="px-3 py-0.5 break-words select-text">{keyText || spaced(key)}</td>
                <td className="px-3 py-0.5 whitespace-pre-wrap wrap-anywhere select-text">
                  {error ? <span className="text-dim">{error}</span> : valueText || spaced(value)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {page && rows.length === 0 && <p className="p-3 text-dim">It is empty.</p>}
      </div>
      <Foot
        end={
          <>
            <Button disabled={before === 0} onClick={() => open("", 0)}>
              From the beginning
            </Button>
            <Button disabled={!page?.more} onClick={() => last && open(last.key, before + rows.length)}>
              Next page
            </Button>
          </>
        }
      >
        <span>
          {rows.length > 0 ? `Rows ${count(before + 1)} to ${count(before + rows.length)}` : "No rows"}
          {entries !== undefined && ` of ${count(entries)}`}
        </span>
        <button type="button" className="text-accent hover:underline" onClick={countAll}>
          {entries === undefined ? "Count them" : "Count again"}
        </button>
      </Foot>
    </div>
  );
}
