/** The rates of those who do most, as lines over the last minutes, above the table that names them. */
import { memo } from "react";
import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from "recharts";
import { useSurface } from "../canvas";
import { clock, timeTicks, valueTicks } from "../draw/axis";
import { rate } from "../format";

export interface RateLine {
  id: string;
  name: string;
  /** Oldest first; as many as there are times. */
  rates: Float64Array;
}

interface Props {
  lines: readonly RateLine[];
  /** Milliseconds since the epoch, oldest first. */
  times: readonly number[];
  /** What is counted: "Calls". */
  unit: string;
}

const valueWidth = 64;
const timeTickPixels = 100;

export function TopLines({ lines, times, unit, colours }: Props & { colours: ReadonlyMap<string, string> }) {
  const surface = useSurface();
  return (
    <figure
      aria-label={`${unit} a second of ${lines.map(({ name }) => name).join(", ")}`}
      className="figures shrink-0 basis-[45%] overflow-hidden border-line border-b pt-3"
    >
      <div ref={surface.ref} className="size-full">
        {surface.width > 0 && (
          <Chart {...{ lines, times, unit, colours }} width={surface.width} height={surface.height} />
        )}
      </div>
    </figure>
  );
}

/** recharts is dear: drawn again only for another second or size. */
const Chart = memo(
  function Chart({
    lines,
    times,
    unit,
    colours,
    width,
    height,
  }: Props & { colours: ReadonlyMap<string, string>; width: number; height: number }) {
    const rows = times.map((at, i) => ({ ...lines.map(({ rates }) => rates[i] ?? 0), at }));
    const ticks = valueTicks(Math.max(...lines.flatMap(({ rates }) => [...rates]), 0));
    const [from = 0, to = 0] = [times[0], times.at(-1)];
    const text = { fill: "var(--dim)", fontSize: 10.5 };
    return (
      <LineChart
        width={width}
        height={height}
        data={rows}
        margin={{ top: 2, right: 12, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="at"
          type="number"
          domain={[from, to]}
          ticks={timeTicks(from, to, (width - valueWidth) / timeTickPixels)}
          tickFormatter={clock}
          tick={text}
          tickLine={false}
          axisLine={{ stroke: "var(--line)" }}
          height={22}
        />
        <YAxis
          ticks={ticks}
          domain={[0, ticks.at(-1) ?? 1]}
          tickFormatter={(value: number) => `${rate(value)}/s`}
          tick={text}
          tickLine={false}
          axisLine={false}
          width={valueWidth}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: "var(--dim)" }}
          content={({ payload, label }) => (
            <div className="rounded border border-line bg-raised px-2 py-1 text-[11px] whitespace-nowrap text-dim">
              {clock(Number(label))}
              {payload?.map(({ dataKey, color, value }) => (
                <div key={String(dataKey)} className="flex gap-2">
                  <span className="mt-[5px] size-[7px] rounded-full" style={{ background: color }} />
                  {lines[Number(dataKey)]?.name}
                  <span className="ml-auto pl-3 text-text">
                    {rate(Number(value))} {unit.toLowerCase()}/s
                  </span>
                </div>
              ))}
            </div>
          )}
        />
        {lines.map(({ id }, i) => (
          <Line
            key={id}
            dataKey={String(i)}
            stroke={colours.get(id) ?? ""}
            strokeWidth={1.5}
            dot={false}
            activeDot={{ r: 2.5, strokeWidth: 0 }}
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    );
  },
  (before, now) =>
    before.times.at(-1) === now.times.at(-1) &&
    before.width === now.width &&
    before.height === now.height &&
    before.lines.every(({ id }, i) => now.lines[i]?.id === id) &&
    before.colours.get(before.lines[0]?.id ?? "") === now.colours.get(now.lines[0]?.id ?? ""),
);
