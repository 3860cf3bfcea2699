/** A table of log-linear slots as a heatmap over time, with the distribution beside it. */
import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSurface } from "../canvas";
import { readFinely } from "../feeds";
import { cellText } from "../format";
import { useMoment } from "../moment";
import { useVersion } from "../use-version";
import { useCellContext } from "./cell-context";
import { HistogramCanvas } from "./histogram-canvas";
import { HistogramControls } from "./histogram-controls";
import { footWords, HistogramFoot } from "./histogram-foot";
import { type HistogramModel, histogramModel } from "./histogram-model";
import { HeatStore, type HistogramColumns, histogramColumns } from "./histogram-store";
import { type Box, type HistogramView, readHistogramView, USUAL, writeHistogramView } from "./histogram-view";
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

/** A new column of 100 ms is seen at once; of a second, soon enough. */
const REDRAW_MS = { fine: 50, coarse: 250 };

/** A run's figures change every second, as its table does: not drawn again for those. */
const sameHistogram = (a: HistogramProps, b: HistogramProps) =>
  (["table", "stacks", "host", "view", "onView", "columns"] as const).every((name) => a[name] === b[name]) &&
  a.run.id === b.run.id &&
  a.run.startedAt === b.run.startedAt &&
  a.run.functions?.join() === b.run.functions?.join();

type HistogramProps = PanelProps & { columns: HistogramColumns };

const SlotsOverTime = memo(function SlotsOverTime({
  table,
  stacks,
  run,
  host,
  view: viewText,
  onView,
  columns,
}: HistogramProps) {
  const [view, setView] = useView(viewText, onView);
  const version = useVersion(table, view.fine ? REDRAW_MS.fine : REDRAW_MS.coarse, true);
  const context = useCellContext(host, run, stacks);
  const dimension = columns.dimensions.find((d) => table.columns[d]?.name === view.by);
  const store = useHeatStore(columns, dimension, table);
  const surface = useSurface();
  const { palette } = surface;
  useSelectedMoment(view.box, run.id, () => setView({ box: undefined }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run is told apart by its id and start
  useEffect(() => (view.fine ? readFinely(run) : undefined), [run.id, run.startedAt, view.fine]);

  const last = useRef<HistogramModel>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: version stands for what the store holds
  const model = useMemo(() => {
    const column = dimension === undefined ? undefined : table.columns[dimension];
    const named = store.series.map((s) => ({
      name: column ? cellText(column, s.values, s.row, context) : "",
      counts: s.counts,
    }));
    if (store.others) named.push({ name: `others (${store.otherValues})`, counts: store.others });
    if (named.length === 0) named.push({ name: "", counts: store.total });
    last.current = histogramModel(store, named, view, surface, surface.ratio, last.current);
    return last.current;
  }, [store, version, context, view, surface.width, surface.height, surface.ratio]);

  const dimensions = useMemo(
    () => columns.dimensions.flatMap((d) => table.columns[d] ?? []),
    [columns, table.columns],
  );
  const noun = table.columns[columns.count]?.title.toLowerCase() ?? "";
  const usual = { last: USUAL.last, to: undefined };
  return (
    <div className="@container flex min-h-0 flex-1 flex-col">
      <HistogramControls
        dimensions={dimensions}
        view={view}
        onView={setView}
        live={model?.window.live ?? true}
        noun={noun}
        peak={model?.peak}
        palette={palette}
      />
      <div className="flex min-h-0 flex-1 pr-3">
        <div ref={surface.ref} className="figures relative min-w-0 flex-1 overflow-hidden">
          {model && palette ? (
            <HistogramCanvas
              model={model}
              surface={surface}
              palette={palette}
              view={view}
              epoch={host.bootedAt}
              noun={noun}
              words={footWords(model, noun)}
              onBox={(box) => setView({ box })}
              onWindow={(setting, settled) => setView(setting, settled)}
              onUsual={() => setView(usual)}
            />
          ) : (
            store.end === 0 && (
              <p className="absolute inset-0 grid place-items-center text-dim">
                Waiting for the first second
              </p>
            )
          )}
        </div>
      </div>
      <HistogramFoot
        model={model}
        noun={noun}
        lost={view.box !== undefined && model?.selection === undefined}
        onClear={() => setView({ box: undefined })}
      />
    </div>
  );
}, sameHistogram);

/** A browser allows some hundred changes of the address in half a minute; a wheel makes more. */
const SETTLE_MS = 250;

/** The view that is shown, and the way to change it: what is not settled yet reaches the address a little later. */
function useView(text: string, onView: (text: string) => void) {
  const kept = useMemo(() => readHistogramView(text), [text]);
  const [moving, setMoving] = useState<HistogramView>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const view = moving ?? kept;
  const latest = useRef(view);
  latest.current = view;
  useEffect(() => () => clearTimeout(timer.current), []);
  const setView = useCallback(
    (change: Partial<HistogramView>, settled = true) => {
      const next = { ...latest.current, ...change };
      latest.current = next;
      clearTimeout(timer.current);
      const settle = () => {
        setMoving(undefined);
        onView(writeHistogramView(next));
      };
      if (settled) return settle();
      setMoving(next);
      timer.current = setTimeout(settle, SETTLE_MS);
    },
    [onView],
  );
  return [view, setView] as const;
}

/** Other panels may show what lies in the box's time; cleared elsewhere, the box goes as well. */
function useSelectedMoment(box: Box | undefined, run: number, onClear: () => void) {
  const { from, to } = box ?? {};
  const clear = useRef(onClear);
  clear.current = onClear;
  useEffect(() => {
    if (from === undefined || to === undefined) return;
    const selected = { from, to, run };
    useMoment.setState({ selected });
    const stop = useMoment.subscribe((now, before) => {
      if (before.selected === selected && now.selected === undefined) clear.current();
    });
    return () => {
      stop();
      if (useMoment.getState().selected === selected) useMoment.setState({ selected: undefined });
    };
  }, [from, to, run]);
}

/** One store as long as the panel lives, made anew only when what it tells apart changes. */
function useHeatStore(columns: HistogramColumns, dimension: number | undefined, table: PanelProps["table"]) {
  const kept = useRef<{ store: HeatStore; dimension: number | undefined }>(undefined);
  if (kept.current?.dimension !== dimension || !kept.current || kept.current.store.outgrown)
    kept.current = { store: new HeatStore(columns, dimension, table.batches), dimension };
  kept.current.store.take(table.batches);
  return kept.current.store;
}
