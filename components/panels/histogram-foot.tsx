import { count } from "../format";
import { Foot } from "./foot";
import type { HistogramModel, Reading } from "./histogram-model";
import { LINES } from "./histogram-view";
import { selectionWords, timeWord } from "./histogram-words";

/** The percentiles of the time shown, and below them those of the selection, column by column. */
export function HistogramFoot({
  model,
  noun,
  lost,
  onClear,
}: {
  model: HistogramModel | undefined;
  noun: string;
  /** There is a box, but none of its time is shown. */
  lost: boolean;
  onClear(): void;
}) {
  if (!model) return <Foot>No second has passed yet</Foot>;
  const { reading, selection } = model;
  const clear = (
    <button type="button" className="-col-end-1 justify-self-end hover:text-text" onClick={onClear}>
      Clear <kbd className="figures text-[11px] text-faint">Esc</kbd>
    </button>
  );
  if (!selection && !lost)
    return (
      <Foot end={<span className="figures text-[11.5px]">{`${count(reading.all)} ${noun}`}</span>}>
        <span className="figures flex shrink-0 gap-4 text-[11.5px]">
          {LINES.map((name) => (
            <Figure key={name} name={name} reading={reading} accent={name === "p99"} />
          ))}
        </span>
      </Foot>
    );
  const words = selection && selectionWords(selection, noun);
  return (
    <footer className="figures grid shrink-0 grid-cols-[repeat(5,max-content)_minmax(0,1fr)_max-content] gap-x-4 border-line border-t px-3 py-1 text-[11.5px] leading-[20px] text-dim whitespace-nowrap">
      <span>shown</span>
      {LINES.map((name) => (
        <Figure key={name} name={name} reading={reading} accent={false} />
      ))}
      <span className="col-span-2 truncate text-right">{`${count(reading.all)} ${noun}`}</span>
      <span className="text-accent">selection</span>
      {selection ? (
        <>
          {LINES.map((name) => (
            <Figure key={name} name={name} reading={selection.reading} accent />
          ))}
          <span
            className="truncate text-right text-text @max-[860px]:col-span-full @max-[860px]:row-start-3 @max-[860px]:text-left"
            title={words}
          >
            {words}
          </span>
        </>
      ) : (
        <span className="col-span-5 truncate">none of its time is shown</span>
      )}
      {clear}
    </footer>
  );
}

function Figure({
  name,
  reading,
  accent,
}: {
  name: (typeof LINES)[number];
  reading: Reading;
  accent: boolean;
}) {
  return (
    <span title={name === "max" ? "No value was above this" : undefined}>
      {name}{" "}
      <b className={`font-medium ${accent ? "text-accent" : "text-text"}`}>{timeWord(reading[name])}</b>
    </span>
  );
}

/** The same for a picture, as lines. */
export function footWords(model: HistogramModel, noun: string): string[] {
  const line = (reading: Reading) => LINES.map((name) => `${name} ${timeWord(reading[name])}`).join("  ");
  const { reading, selection } = model;
  const all = `${line(reading)}  ${count(reading.all)} ${noun}`;
  if (!selection) return [all];
  return [all, `selection ${selectionWords(selection, noun)}`, `selection ${line(selection.reading)}`];
}
