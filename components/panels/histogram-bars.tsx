/** The distribution of the time shown, bar by bar beside the heatmap's rows, and that of the selection over it. */
import { memo } from "react";
import { Bar, BarChart, type BarShapeProps, Tooltip, XAxis, YAxis } from "recharts";
import { logWidth } from "../draw/slots";
import { count } from "../format";
import { barsOf, type HistogramModel, stepFor } from "./histogram-model";
import { percent, valueRange } from "./histogram-words";

const WIDTH = 112;
const MOST_BARS = 64;

interface BarDatum {
  slot: number;
  all: number;
  selected: number;
  /** Lengths. Slots are not equally wide on a log axis: by count alone an even distribution would look like a saw. */
  allLength: number;
  selectedLength: number;
}

/** Drawn again only for another model: recharts is by far the dearest part of a panel. */
export const HistogramBars = memo(function HistogramBars({ model }: { model: HistogramModel }) {
  const plot = model.strips[0]?.plot;
  if (!plot) return null;
  const step = Math.max(model.slotStep, stepFor(plot.hi - plot.lo, MOST_BARS));
  const all = barsOf(model.sums, plot.lo, plot.hi, step);
  const selected = model.selection ? barsOf(model.selection.sums, plot.lo, plot.hi, step) : undefined;
  const times = selected ? enlargement(Math.max(...all), Math.max(...selected)) : 1;
  const bars = all.map((value, i): BarDatum => {
    const slot = plot.hi - (i + 1) * step;
    const perWidth = step / logWidth(slot, slot + step);
    const chosen = selected?.[i] ?? 0;
    return {
      slot,
      all: value,
      selected: chosen,
      allLength: value * perWidth,
      selectedLength: chosen * perWidth * times,
    };
  });
  return (
    <div className="figures shrink-0 pl-3" style={{ paddingTop: plot.top, width: WIDTH + 12 }}>
      <Bars bars={bars} height={Math.round(plot.height)} step={step} hasSelection={selected !== undefined} />
      <p className="pt-1 whitespace-nowrap text-[10.5px] text-dim">
        all
        {selected && <span className="text-accent"> · selection{times > 1 && ` ×${count(times)}`}</span>}
      </p>
    </div>
  );
});

/** The power of two that brings the selection to at most half of the whole. */
export function enlargement(all: number, selected: number): number {
  if (selected <= 0 || selected >= all / 2) return 1;
  return 2 ** Math.floor(Math.log2(all / 2 / selected));
}

/** recharts' own rectangle is a component that asks for media queries and animations; there are 128 of them. */
function PlainBar({ x, y, width, height, fill }: BarShapeProps) {
  return <rect x={x} y={y} width={width} height={height} fill={fill} />;
}

function Bars({
  bars,
  height,
  step,
  hasSelection,
}: {
  bars: BarDatum[];
  height: number;
  step: number;
  hasSelection: boolean;
}) {
  const sum = bars.reduce((all, bar) => all + bar.all, 0);
  return (
    <BarChart
      layout="vertical"
      width={WIDTH}
      height={height}
      data={bars}
      margin={{ top: 0, right: 0, bottom: 0, left: 0 }}
      barCategoryGap={height / bars.length > 4 ? 1 : 0}
      accessibilityLayer={false}
    >
      <XAxis type="number" hide domain={[0, "dataMax"]} />
      <YAxis type="category" dataKey="slot" hide />
      <YAxis type="category" dataKey="slot" hide yAxisId={1} />
      <Tooltip
        isAnimationActive={false}
        cursor={false}
        offset={-120}
        content={({ payload }) => {
          const bar = payload?.[0]?.payload as BarDatum | undefined;
          if (!bar) return null;
          return (
            <div className="rounded border border-line bg-raised px-2 py-1 text-[11px] whitespace-nowrap text-dim">
              {valueRange(bar.slot, bar.slot + step)}
              <div className="text-text">
                {count(bar.all)} · {percent(sum > 0 ? bar.all / sum : 0)}
              </div>
              {bar.selected > 0 && <div className="text-accent">{count(bar.selected)} selected</div>}
            </div>
          );
        }}
      />
      <Bar yAxisId={0} dataKey="allLength" fill="var(--faint)" shape={PlainBar} isAnimationActive={false} />
      {hasSelection && (
        <Bar
          yAxisId={1}
          dataKey="selectedLength"
          fill="var(--accent)"
          shape={PlainBar}
          isAnimationActive={false}
        />
      )}
    </BarChart>
  );
}
