/** A table of stacks as a flame graph that grows while one reads it, above it when its samples were. */
import { useEffect, useMemo, useReducer, useRef } from "react";
import { useSurface } from "../canvas";
import { count, nsec, visible } from "../format";
import { onNextFrame } from "../frame";
import { type TimeRange, useMoment } from "../moment";
import { useVersion } from "../use-version";
import { FlameCanvas } from "./flame-canvas";
import { FlameChips } from "./flame-chips";
import { type FlameColumns, flameColumns } from "./flame-columns";
import { FlameControls } from "./flame-controls";
import { FlameFoot } from "./flame-foot";
import { FlameModel, type Shown, type ShownPart } from "./flame-model";
import { type Asker, FlameSearch } from "./flame-search";
import { FlameStrip } from "./flame-strip";
import { type FlameSetting, readFlameView, USUAL, writeFlameView } from "./flame-view";
import type { PanelProps } from "./panel";

export function Flame(props: PanelProps) {
  const columns = useMemo(() => flameColumns(props.table.columns), [props.table.columns]);
  if (!columns)
    return (
      <p className="m-auto p-6 text-dim">
        {props.tool.name} has no column of type stack_id: it cannot be drawn as a flame graph.
      </p>
    );
  return <StacksTogether {...props} columns={columns} />;
}

const REDRAW_MS = 250;

function StacksTogether({
  table,
  stacks,
  run,
  host,
  view,
  onView,
  columns,
}: PanelProps & { columns: FlameColumns }) {
  const version = useVersion(table, REDRAW_MS);
  const named = useVersion(stacks, REDRAW_MS);
  const setting = useMemo(() => readFlameView(view), [view]);
  const kept = useRef<FlameModel>(undefined);
  kept.current ??= new FlameModel(columns);
  const model = kept.current;
  const [round, again] = useReducer((n: number) => n + 1, 0);
  const { by, collapse, time, base, around } = setting;
  const counted = writeFlameView({ ...USUAL, by, collapse, time, base, around });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the versions stand for what table and stacks hold, counted for what of the setting counts
  const shown = useMemo(
    () => model.show(table, stacks, setting),
    [model, table, version, named, round, counted],
  );
  useEffect(() => {
    if (!shown.done) onNextFrame(again);
  }, [shown]);
  const { samples } = model;
  const search = useSearch(setting.search, samples.frames, shown);
  const { matches } = search;
  const share = useMemo(() => matches && shown.matched(matches), [shown, matches]);

  const inTime = table.columns[columns.weight]?.meaning === "nsec";
  const quantity = inTime ? nsec : (n: number) => `${count(n)} ${n === 1 ? "sample" : "samples"}`;
  const set = (change: Partial<FlameSetting>) => onView(writeFlameView({ ...setting, ...change }));
  const now = (table.batches.at(-1)?.at ?? 0) + 1;
  const setTime = (time: TimeRange | undefined) => {
    set({ time });
    useMoment.setState({ selected: time && { ...time, run: run.id } });
  };
  // A stretch of time that came with the address is the page's as well.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only at the start
  useEffect(() => {
    if (time && !useMoment.getState().selected) useMoment.setState({ selected: { ...time, run: run.id } });
  }, []);
  const nameOf = (frame: number) => samples.frames[frame]?.name ?? "";
  const zoomed = shown.parts.flatMap(({ tree }) => {
    const node = setting.zoom === undefined ? -1 : tree.nodeAt(setting.zoom);
    return node > 0 ? [tree.frame[node] as number] : [];
  })[0];
  return (
    <div className="@container flex min-h-0 flex-1 flex-col">
      <FlameControls
        setting={setting}
        faulty={search.problem !== undefined}
        columns={columns}
        onSet={set}
        onBaseline={() => {
          set({ base: time ?? { from: 0, to: Math.ceil(now) }, time: undefined });
          useMoment.setState({ selected: undefined });
        }}
      />
      <FlameChips
        setting={setting}
        problem={search.problem}
        zoomed={zoomed === undefined ? undefined : nameOf(zoomed)}
        around={shown.around === undefined ? undefined : nameOf(shown.around)}
        run={run.id}
        epoch={host.bootedAt}
        onSet={set}
        onTime={setTime}
        onAroundZoomed={() => set({ around: samples.hashes[zoomed ?? 0], zoom: undefined })}
      />
      <FlameStrip
        heat={model.heat}
        version={samples.version}
        now={now}
        run={run.id}
        gamma={inTime ? 0.4 : 1}
        time={setting.time}
        base={setting.base}
        epoch={host.bootedAt}
        quantity={quantity}
        onTime={setTime}
      />
      {shown.parts.map((part) => (
        <Part
          key={part.of}
          part={part}
          share={heightShare(part, shown)}
          {...{ shown, setting, quantity }}
          frames={samples.frames}
          name={shown.around === undefined ? "" : nameOf(shown.around)}
          matches={matches}
          onZoom={(zoom) => set({ zoom })}
          onAround={(frame) =>
            set({ around: frame === undefined ? undefined : samples.hashes[frame], zoom: undefined })
          }
        />
      ))}
      <FlameFoot
        shown={shown}
        kinds={samples.kinds}
        quantity={quantity}
        search={share === undefined ? undefined : { text: search.answered, share }}
      />
    </div>
  );
}

/** Callers and callees get height by their depths, in steps, so that they do not jump with every sample. */
function heightShare(part: ShownPart, { parts }: Shown): number {
  const weight = ({ tree }: ShownPart) => Math.ceil(Math.log2(2 + tree.depth));
  const all = parts.reduce((sum, other) => sum + weight(other), 0);
  return weight(part) / all;
}

function Part({
  part,
  share,
  shown,
  setting,
  frames,
  name,
  matches,
  quantity,
  onZoom,
  onAround,
}: {
  part: ShownPart;
  share: number;
  shown: Shown;
  setting: FlameSetting;
  frames: FlameModel["samples"]["frames"];
  /** Of the frame whose callers or callees these are. */
  name: string;
  matches: Uint8Array | undefined;
  quantity(weight: number): string;
  onZoom(path: number | undefined): void;
  onAround(frame: number | undefined): void;
}) {
  const surface = useSurface();
  const any = (part.drawn.total[0] as number) > 0;
  const label =
    part.of === "whole"
      ? "Flame graph"
      : `${part.of === "callers" ? "Callers" : "Callees"} of ${visible(name)}`;
  return (
    <div className="flex min-h-0 px-2.5 pb-1" style={{ flex: `${share} 1 0` }}>
      <div ref={surface.ref} className="figures relative min-w-0 flex-1">
        {surface.palette && any && (
          <FlameCanvas
            part={part}
            frames={frames}
            all={shown.all}
            label={label}
            icicle={part.of === "whole" ? setting.icicle : part.of === "callees"}
            order={setting.order}
            zoom={setting.zoom}
            matches={matches}
            surface={surface}
            palette={surface.palette}
            quantity={quantity}
            onZoom={onZoom}
            onAround={onAround}
          />
        )}
        {!any && part.of !== "callees" && (
          <p className="absolute inset-0 grid place-items-center font-sans text-[13px] text-dim">
            {emptyWords(setting, shown)}
          </p>
        )}
      </div>
    </div>
  );
}

function emptyWords(setting: FlameSetting, shown: Shown): string {
  if (shown.waiting > 0) return "Waiting for the names of these stacks";
  if (shown.around !== undefined) return "No sample has this frame";
  if (setting.time) return "No samples in this time";
  if (setting.base) return "Waiting for samples after the baseline";
  return "Waiting for the first samples";
}

/** One search for the life of the panel; the worker starts with the first text. */
function useSearch(text: string, frames: FlameModel["samples"]["frames"], shown: Shown): FlameSearch {
  const kept = useRef<FlameSearch>(undefined);
  kept.current ??= new FlameSearch(startWorker);
  const search = kept.current;
  const answers = useVersion(search);
  // biome-ignore lint/correctness/useExhaustiveDependencies: shown is new when there may be new frames, answers when there may be room for the next question
  useMemo(() => search.look(text, frames), [search, text, frames, shown, answers]);
  useEffect(() => () => search.close(), [search]);
  return search;
}

const startWorker = (): Asker =>
  new Worker(new URL("./flame-search-worker.ts", import.meta.url), { type: "module" });
