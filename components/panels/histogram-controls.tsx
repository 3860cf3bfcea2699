import { memo } from "react";
import type { Column } from "../../server/protocol";
import type { Palette } from "../draw/palette";
import { lineColour } from "./histogram-draw";
import { HistogramLegend } from "./histogram-legend";
import { type HistogramView, LINES, SPANS } from "./histogram-view";
import { spanWord } from "./histogram-words";

/** What is told apart, which time is shown, which lines, and what the colours mean. */
export const HistogramControls = memo(function HistogramControls({
  dimensions,
  view,
  onView,
  live,
  noun,
  peak,
  palette,
}: {
  dimensions: readonly Column[];
  view: HistogramView;
  onView(change: Partial<HistogramView>): void;
  /** The time shown ends with the newest column. */
  live: boolean;
  noun: string;
  /** The count of the last colour; undefined until there is one. */
  peak: number | undefined;
  palette: Palette | undefined;
}) {
  const spans = SPANS.includes(view.last) ? SPANS : [...SPANS, view.last].sort((a, b) => a - b);
  return (
    <div className="flex h-[30px] shrink-0 items-center gap-x-4 @max-[640px]:gap-x-3 overflow-hidden px-3 pt-1 text-[11.5px] text-dim whitespace-nowrap">
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
        choices={spans.map((s) => [String(s), `${live ? "last " : ""}${spanWord(s)}`])}
        onChoose={(last) => onView({ last: Number(last) })}
      />
      {!live && (
        <button
          type="button"
          className="rounded border border-line px-1.5 leading-[18px] text-accent hover:border-faint"
          title="Back to the newest column (L)"
          onClick={() => onView({ to: undefined })}
        >
          Live ▸
        </button>
      )}
      <span className="flex-1" />
      <fieldset className="@max-[480px]:hidden flex shrink-0 gap-2.5" aria-label="Lines">
        {LINES.map((line) => (
          <label
            key={line}
            title={
              line === "max"
                ? "No value of a column was above this"
                : `${line.slice(1)} of 100 values of a column are at most this`
            }
            className="figures flex cursor-pointer items-center gap-1 rounded text-[11px] text-faint hover:text-text has-checked:text-text @max-[640px]:has-checked:underline has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="checkbox"
              className="peer sr-only"
              checked={view.lines.includes(line)}
              onChange={(event) =>
                onView({
                  lines: LINES.filter((l) => (l === line ? event.target.checked : view.lines.includes(l))),
                })
              }
            />
            <span
              className="@max-[640px]:hidden w-2.5 border-t-2 opacity-30 peer-checked:opacity-100"
              style={{
                borderColor: palette && lineColour(line, palette),
                borderStyle: line === "max" ? "dashed" : "solid",
              }}
            />
            {line}
          </label>
        ))}
      </fieldset>
      {palette && peak !== undefined && (
        <HistogramLegend view={view} onView={onView} noun={noun} peak={peak} palette={palette} />
      )}
    </div>
  );
});

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
