/** Two histograms: what became more and less, second by second, and both distributions with what their percentiles did. */
import { type Ref, useEffect, useMemo, useRef } from "react";
import { contextOf, useSurface } from "../canvas";
import { decades, drawDifference, drawOverlaid } from "../draw/difference";
import { occupied, quantiles } from "../draw/slots";
import { count, nsec } from "../format";
import { HeatStore, histogramColumns } from "../panels/histogram-store";
import { timeWord } from "../panels/histogram-words";
import type { Table } from "../table";
import { changeOf, heatDifference, lastsOf, totalOf } from "./histogram-difference";

const QUANTILES = [0.5, 0.9, 0.99];
const margin = { left: 64, bottom: 22 };

/** +12 %, −3.4 %, ×2.6. */
function shift(before: number, after: number): string {
  if (!(before > 0) || !(after > 0)) return "–";
  const ratio = after / before;
  if (ratio >= 2 || ratio <= 0.5) return `×${ratio.toFixed(ratio < 1 ? 2 : 1)}`;
  const percent = 100 * (ratio - 1);
  return `${percent < 0 ? "−" : "+"}${Math.abs(percent).toFixed(Math.abs(percent) < 10 ? 1 : 0)} %`;
}

export function CompareHistogram({ before, after }: { before: Table; after: Table }) {
  const columns = histogramColumns(after.columns);
  const versions = `${before.version} ${after.version}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the versions stand for what the tables hold
  const compared = useMemo(() => {
    if (!columns) return undefined;
    const stores = [before, after].map((table) => new HeatStore(columns, undefined, table.batches)) as [
      HeatStore,
      HeatStore,
    ];
    const totals = stores.map(totalOf) as [Float64Array, Float64Array];
    return { stores, totals, grid: heatDifference(...stores) };
  }, [before, after, versions, columns?.slot, columns?.count]);
  const heat = useSurface();
  const overlaid = useSurface();
  const heatCanvas = useRef<HTMLCanvasElement>(null);
  const overlaidCanvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const pen = contextOf(heatCanvas.current, heat);
    if (!pen || !compared || !heat.palette) return;
    const { grid } = compared;
    const frame = {
      left: margin.left,
      top: 6,
      width: heat.width - margin.left - 8,
      height: heat.height - margin.bottom - 6,
    };
    const { palette } = heat;
    pen.fillStyle = palette.bg;
    pen.fillRect(frame.left, frame.top, frame.width, frame.height);
    drawDifference(pen, grid, frame, palette, changeOf);
    pen.fillStyle = palette.dim;
    pen.font = `11px ${palette.font}`;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (const { value, share } of decades(grid.low, grid.slots))
      pen.fillText(nsec(value), frame.left - 8, frame.top + share * frame.height);
    pen.textBaseline = "top";
    pen.textAlign = "left";
    pen.fillText("0 s", frame.left, frame.top + frame.height + 6);
    pen.textAlign = "right";
    pen.fillText(
      `${grid.seconds} s since each began`,
      frame.left + frame.width,
      frame.top + frame.height + 6,
    );
  }, [compared, heat]);
  useEffect(() => {
    const pen = contextOf(overlaidCanvas.current, overlaid);
    if (!pen || !compared || !overlaid.palette) return;
    const { totals } = compared;
    const both = totals[0].map((value, slot) => value + (totals[1][slot] as number));
    const { lo, hi } = occupied(both) ?? { lo: 0, hi: 8 };
    const axis = { low: Math.max(0, lo - 4), slots: hi - Math.max(0, lo - 4) + 4 };
    const { palette } = overlaid;
    const frame = {
      left: 8,
      top: 6,
      width: overlaid.width - 16,
      height: overlaid.height - margin.bottom - 6,
    };
    drawOverlaid(pen, totals[0], totals[1], axis, frame, palette);
    pen.fillStyle = palette.dim;
    pen.font = `11px ${palette.font}`;
    pen.textAlign = "center";
    pen.textBaseline = "top";
    for (const { value, share } of decades(axis.low, axis.slots)) {
      const x = frame.left + (1 - share) * frame.width;
      pen.fillRect(Math.round(x), frame.top + frame.height, 1, 3);
      pen.fillText(nsec(value), x, frame.top + frame.height + 6);
    }
  }, [compared, overlaid]);
  if (!columns || !compared) return null;
  const { totals, stores } = compared;
  const [was, is] = totals.map((counts) => quantiles(counts, QUANTILES)) as [number[], number[]];
  const all = totals.map((counts) => counts.reduce((sum, value) => sum + value, 0)) as [number, number];
  const rates = all.map((of, i) => of / Math.max(1, lastsOf(stores[i] as HeatStore) / 1000)) as [
    number,
    number,
  ];
  return (
    <div className="grid min-h-0 flex-1 grid-rows-[minmax(0,3fr)_minmax(0,2fr)] gap-3 p-3">
      <section
        aria-label="What became more and less"
        className="flex min-h-0 flex-col rounded-lg border border-line bg-panel"
      >
        <h2 className="flex items-baseline gap-4 border-line border-b px-3 py-2 font-semibold">
          What became more and less
          <span className="flex items-center gap-3 font-normal text-[11.5px] text-dim">
            <Swatch colour={heat.palette?.diverging[0]?.css} text="gone" />
            <Swatch colour={heat.palette?.diverging[10]?.css} text="as before" />
            <Swatch colour={heat.palette?.diverging[20]?.css} text="new" />
          </span>
        </h2>
        <Drawing box={heat.ref} canvas={heatCanvas} label="Difference heatmap" />
      </section>
      <section
        aria-label="Both distributions"
        className="grid min-h-0 grid-cols-[minmax(0,1fr)_auto] rounded-lg border border-line bg-panel"
      >
        <div className="flex min-h-0 flex-col">
          <h2 className="flex items-baseline gap-4 px-3 pt-2 font-semibold">
            Both distributions
            <span className="flex items-center gap-3 font-normal text-[11.5px] text-dim">
              <Swatch colour={overlaid.palette?.faint} text="before" />
              <Swatch colour={overlaid.palette?.accent} text="after" />
              by share
            </span>
          </h2>
          <Drawing box={overlaid.ref} canvas={overlaidCanvas} label="Overlaid distributions" />
        </div>
        <table className="figures m-3 self-start text-right">
          <thead className="font-sans text-[11.5px] text-dim">
            <tr>
              <td />
              <th className="px-3 font-normal">Before</th>
              <th className="px-3 font-normal">After</th>
              <th className="pl-3 font-normal">Shift</th>
            </tr>
          </thead>
          <tbody>
            {QUANTILES.map((quantile, i) => (
              <tr key={quantile}>
                <th className="text-left font-normal text-dim">p{100 * quantile}</th>
                <td className="px-3">{timeWord(was[i] ?? Number.NaN)}</td>
                <td className="px-3">{timeWord(is[i] ?? Number.NaN)}</td>
                <td className="pl-3 text-accent">{shift(was[i] ?? 0, is[i] ?? 0)}</td>
              </tr>
            ))}
            <tr>
              <th className="text-left font-normal text-dim">a second</th>
              <td className="px-3">{count(rates[0])}</td>
              <td className="px-3">{count(rates[1])}</td>
              <td className="pl-3">{shift(...rates)}</td>
            </tr>
            <tr>
              <th className="text-left font-normal text-dim">in all</th>
              <td className="px-3">{count(all[0])}</td>
              <td className="px-3">{count(all[1])}</td>
              <td />
            </tr>
          </tbody>
        </table>
      </section>
    </div>
  );
}

function Drawing({
  box,
  canvas,
  label,
}: {
  box: Ref<HTMLDivElement>;
  canvas: Ref<HTMLCanvasElement>;
  label: string;
}) {
  return (
    <div ref={box} className="figures relative m-2 min-h-0 flex-1 overflow-hidden">
      <canvas ref={canvas} role="img" aria-label={label} className="absolute inset-0 size-full" />
    </div>
  );
}

function Swatch({ colour, text }: { colour: string | undefined; text: string }) {
  return (
    <span className="flex items-center gap-1.5">
      <span className="size-2.5 rounded-sm" style={{ backgroundColor: colour }} />
      {text}
    </span>
  );
}
