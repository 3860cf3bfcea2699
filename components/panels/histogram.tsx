/** A table of log-linear slots as a heatmap over time, with the distribution beside it. */
import { useMemo, useRef } from "react";
import { useSurface } from "../canvas";
import { cellText, count, nsec } from "../format";
import { useVersion } from "../use-version";
import { useCellContext } from "./cell-context";
import { Foot } from "./foot";
import { HistogramBars } from "./histogram-bars";
import { HistogramCanvas } from "./histogram-canvas";
import { HistogramControls } from "./histogram-controls";
import { type HistogramModel, histogramModel, type Strip } from "./histogram-model";
import { HeatStore, type HistogramColumns, histogramColumns } from "./histogram-store";
import { type HistogramView, readHistogramView, writeHistogramView } from "./histogram-view";
import { percent, timeWord, valueRange } from "./histogram-words";
import type { PanelProps } from "./panel";

export function Histogram(props: PanelProps) {
  const columns = useMemo(() => histogramColumns(props.table.columns), [props.table.columns]);
  if (!columns)
    return (
      <p className="m-auto p-6 text-dim">
        {props.tool.name} has no column of type slot_nsec and one of type count_n: it cannot be drawn as a
        histogram.
      </p>
    );
  return <SlotsOverTime {...props} columns={columns} />;
}

function SlotsOverTime({
  table,
  stacks,
  run,
  host,
  view: viewText,
  onView,
  columns,
}: PanelProps & { columns: HistogramColumns }) {
  const version = useVersion(table, 200);
  const context = useCellContext(host, run, stacks);
  const view = useMemo(() => readHistogramView(viewText), [viewText]);
  const dimension = columns.dimensions.find((d) => table.columns[d]?.name === view.by);
  const store = useHeatStore(columns, dimension, table);
  const surface = useSurface();

  // biome-ignore lint/correctness/useExhaustiveDependencies: version stands for what the store holds
  const model = useMemo(() => {
    const column = dimension === undefined ? undefined : table.columns[dimension];
    const named = store.series.map((s) => ({
      name: column ? cellText(column, s.values, s.row, context) : "",
      counts: s.counts,
    }));
    if (store.others) named.push({ name: `others (${store.otherValues})`, counts: store.others });
    if (named.length === 0) named.push({ name: "", counts: store.total });
    return histogramModel(store, named, view, surface, surface.ratio);
  }, [store, version, context, view, surface.width, surface.height, surface.ratio]);

  const setView = (change: Partial<HistogramView>) => onView(writeHistogramView({ ...view, ...change }));
  const noun = table.columns[columns.count]?.title.toLowerCase() ?? "";
  return (
    <>
      <HistogramControls
        dimensions={columns.dimensions.flatMap((d) => table.columns[d] ?? [])}
        view={view}
        onView={setView}
        selected={model?.selection?.reading}
        {...(model && surface.palette ? { peak: model.peak, gradient: surface.palette.gradient } : {})}
      />
      <div className="flex min-h-0 flex-1 pr-3">
        <div ref={surface.ref} className="figures relative min-w-0 flex-1 overflow-hidden">
          {model && surface.palette ? (
            <HistogramCanvas
              model={model}
              time={store}
              surface={surface}
              palette={surface.palette}
              epoch={host.bootedAt}
              noun={noun}
              onBox={(box) => setView({ box })}
            />
          ) : (
            store.end === 0 && (
              <p className="absolute inset-0 grid place-items-center text-dim">
                Waiting for the first second
              </p>
            )
          )}
        </div>
        {model &&
          (dimension === undefined ? (
            <HistogramBars model={model} />
          ) : (
            <StripReadings strips={model.strips} />
          ))}
      </div>
      <HistogramFoot model={model} noun={noun} />
    </>
  );
}

/** One store as long as the panel lives, made anew only when what it tells apart changes. */
function useHeatStore(columns: HistogramColumns, dimension: number | undefined, table: PanelProps["table"]) {
  const kept = useRef<{ store: HeatStore; dimension: number | undefined }>(undefined);
  if (kept.current?.dimension !== dimension || !kept.current || kept.current.store.outgrown)
    kept.current = { store: new HeatStore(columns, dimension, table.batches), dimension };
  kept.current.store.take(table.batches);
  return kept.current.store;
}

/** Small multiples have their numbers beside them. */
function StripReadings({ strips }: { strips: readonly Strip[] }) {
  return (
    <div className="figures relative w-[132px] shrink-0 text-[11px] leading-[15px]">
      {strips.map(({ name, plot, reading }) => (
        <div
          key={name}
          className="absolute inset-x-0 overflow-hidden pl-3 text-dim"
          style={{ top: plot.top, height: plot.height }}
          title={`${name}: p50 ${timeWord(reading.p50)}, p99 ${timeWord(reading.p99)}, ${count(reading.all)}`}
        >
          <div className="flex gap-2">
            <span className="min-w-0 flex-1 truncate text-text">{name}</span>
            {count(reading.all)}
          </div>
          <div>
            p99 <b className="font-medium text-accent">{timeWord(reading.p99)}</b>
          </div>
          <div>p50 {timeWord(reading.p50)}</div>
        </div>
      ))}
    </div>
  );
}

function HistogramFoot({ model, noun }: { model: HistogramModel | undefined; noun: string }) {
  const r = model?.reading;
  const s = model?.selection;
  if (!r) return <Foot>No second has passed yet</Foot>;
  const selected =
    s &&
    `selection ${nsec((s.box.to - s.box.from) * 1e6)} × ${valueRange(s.box.lo, s.box.hi)}: ${count(s.reading.all)} ${noun}, ${percent(s.share)}${s.mostly ? `, mostly ${s.mostly.name} (${percent(s.mostly.share)})` : ""}`;
  return (
    <Foot
      end={
        <span className="figures min-w-0 truncate text-[11.5px]" title={selected}>
          {selected ?? `${count(r.all)} ${noun}`}
        </span>
      }
    >
      <span className="figures flex shrink-0 gap-4 text-[11.5px]">
        <Figure name="p50" value={timeWord(r.p50)} look="text-text" />
        {!s && <Figure name="p90" value={timeWord(r.p90)} look="" />}
        <Figure name="p99" value={timeWord(r.p99)} look="text-accent" />
        {!s && <Figure name="max" value={timeWord(r.max)} look="" help="No value was above this" />}
      </span>
    </Foot>
  );
}

function Figure({ name, value, look, help }: { name: string; value: string; look: string; help?: string }) {
  return (
    <span title={help}>
      {name} <b className={`font-medium ${look}`}>{value}</b>
    </span>
  );
}
