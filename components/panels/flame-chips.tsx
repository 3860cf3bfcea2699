/** What narrows the graph, each with its way back; a line only while there is something. */
import { GlyphButton } from "../controls";
import { clockTime, visible } from "../format";
import { type TimeRange, useMoment } from "../moment";
import { words } from "./flame-strip";
import type { FlameSetting } from "./flame-view";

interface Props {
  setting: FlameSetting;
  /** Why the search finds nothing. */
  problem: string | undefined;
  /** Names of what fills the width, and of whose callers and callees are shown. */
  zoomed: string | undefined;
  around: string | undefined;
  run: number;
  /** Wall clock minus CLOCK_MONOTONIC, milliseconds. */
  epoch: number;
  onSet(change: Partial<FlameSetting>): void;
  onTime(time: TimeRange | undefined): void;
  onAroundZoomed(): void;
}

export function FlameChips(props: Props) {
  const { setting, problem, zoomed, around, run, epoch, onSet, onTime } = props;
  const { time, base } = setting;
  const selected = useMoment((moment) => moment.selected);
  const others =
    selected && selected.run !== run && (selected.from !== time?.from || selected.to !== time?.to)
      ? selected
      : undefined;
  if (!problem && !zoomed && around === undefined && !time && !base && !others) return null;
  return (
    <div className="flex min-h-[26px] shrink-0 flex-wrap items-center gap-x-3 gap-y-0.5 px-2.5 pb-1 text-[11.5px] text-dim">
      {problem && (
        <span role="alert" className="min-w-0 truncate text-bad" title={problem}>
          {problem}
        </span>
      )}
      {time && <Chip value={words(time, epoch)} clear="Back to live" onClear={() => onTime(undefined)} />}
      {base && (
        <Chip
          word={time ? "against" : "since"}
          value={
            base.from > 0 ? words(base, epoch) : `the baseline of ${clockTime(base.to + epoch).slice(0, 8)}`
          }
          clear="Clear the baseline"
          onClear={() => onSet({ base: undefined })}
        />
      )}
      {others && (
        <button
          type="button"
          className="shrink-0 text-accent hover:underline"
          title={`Look at ${words(others, epoch)} here too`}
          onClick={() => onSet({ time: { from: others.from, to: others.to } })}
        >
          Same time as selected
        </button>
      )}
      {around !== undefined && (
        <Chip
          word="callers and callees of"
          value={visible(around)}
          clear="Back to the whole"
          onClear={() => onSet({ around: undefined, zoom: undefined })}
        />
      )}
      {zoomed !== undefined && (
        <>
          <Chip
            word="zoom"
            value={visible(zoomed)}
            clear="Reset zoom"
            onClear={() => onSet({ zoom: undefined })}
          />
          <button
            type="button"
            className="shrink-0 hover:text-text"
            title="What calls this frame, and what it calls (c, or Shift and a click)"
            onClick={props.onAroundZoomed}
          >
            Callers and callees
          </button>
        </>
      )}
    </div>
  );
}

function Chip({
  word,
  value,
  clear,
  onClear,
}: {
  word?: string;
  value: string;
  clear: string;
  onClear(): void;
}) {
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      {word && <span className="shrink-0">{word}</span>}
      <b className="figures min-w-0 max-w-64 truncate font-medium text-[11.5px] text-accent" title={value}>
        {value}
      </b>
      <GlyphButton glyph="close" label={clear} className="-mx-1 size-5!" onClick={onClear} />
    </span>
  );
}
