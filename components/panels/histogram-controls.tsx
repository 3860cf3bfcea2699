import type { Column } from "../../server/protocol";
import { count } from "../format";
import type { Reading } from "./histogram-model";
import { type HistogramView, SPANS } from "./histogram-view";
import { timeWord } from "./histogram-words";

/** What is told apart, how much time is shown, and what the colours mean. */
export function HistogramControls({
  dimensions,
  view,
  onView,
  selected,
  peak,
  gradient,
}: {
  dimensions: readonly Column[];
  view: HistogramView;
  onView(change: Partial<HistogramView>): void;
  /** Of what the box holds. */
  selected: Reading | undefined;
  peak?: number;
  gradient?: string;
}) {
  return (
    <div className="flex h-[30px] shrink-0 items-center gap-x-4 px-3 pt-1 text-[11.5px] text-dim">
      {dimensions.length > 0 && (
        <Choice
          label="Tell apart"
          value={view.by}
          choices={[
            ["", "all together"],
            ...dimensions.map((d): [string, string] => [d.name, `by ${d.title.toLowerCase()}`]),
          ]}
          onChoose={(by) => onView({ by })}
        />
      )}
      <Choice
        label="Time shown"
        value={String(view.last)}
        choices={SPANS.map((s) => [String(s), `last ${s / 60} min`])}
        onChoose={(last) => onView({ last: Number(last) })}
      />
      {view.box && (
        <span className="flex min-w-0 items-center gap-3">
          <span className="figures truncate text-[11.5px]">
            {selected ? (
              <>
                selected p50 <b className="font-medium text-text">{timeWord(selected.p50)}</b> p99{" "}
                <b className="font-medium text-accent">{timeWord(selected.p99)}</b>
              </>
            ) : (
              "the selection is not in the time shown"
            )}
          </span>
          <button
            type="button"
            className="shrink-0 hover:text-text"
            onClick={() => onView({ box: undefined })}
          >
            Clear <kbd className="figures text-[11px] text-faint">Esc</kbd>
          </button>
        </span>
      )}
      <span className="flex-1" />
      {gradient && peak !== undefined && (
        <span
          className="figures flex shrink-0 items-center gap-1.5 text-[10.5px]"
          title="Count in a cell; each step of colour multiplies it"
        >
          1<span className="h-2 w-16 rounded-[1px]" style={{ background: gradient }} />
          {count(peak)}
        </span>
      )}
    </div>
  );
}

function Choice({
  label,
  value,
  choices,
  onChoose,
}: {
  label: string;
  value: string;
  choices: [value: string, text: string][];
  onChoose(value: string): void;
}) {
  return (
    <select
      aria-label={label}
      title={label}
      value={value}
      onChange={(event) => onChoose(event.target.value)}
      className="-mx-1 shrink-0 cursor-pointer rounded bg-panel px-0.5 text-dim hover:text-text"
    >
      {choices.map(([choice, text]) => (
        <option key={choice} value={choice}>
          {text}
        </option>
      ))}
    </select>
  );
}
