import { useEffect, useRef, useState } from "react";
import { visible } from "../format";
import type { FlameSetting } from "./flame-view";

const TYPING_MS = 150;

/** Search, direction, and the way back from a zoom. */
export function FlameControls({
  setting,
  problem,
  zoomed,
  onSet,
  onReset,
}: {
  setting: FlameSetting;
  problem: string | undefined;
  /** Name of what fills the width; undefined: everything. */
  zoomed: string | undefined;
  onSet(change: Partial<FlameSetting>): void;
  onReset(): void;
}) {
  return (
    <div className="flex h-[34px] shrink-0 items-center gap-x-3 px-2.5 text-[11.5px] text-dim">
      <SearchField text={setting.search} problem={problem} onSearch={(search) => onSet({ search })} />
      {problem && (
        <span role="alert" className="min-w-0 truncate text-bad" title={problem}>
          Not a pattern: {problem.replace(/^Invalid regular expression: \/.*\/\w*: /s, "")}
        </span>
      )}
      <span className="flex-1" />
      {zoomed !== undefined && (
        <button
          type="button"
          className="flex min-w-0 items-center gap-1.5 text-accent hover:underline"
          title={`Back from ${visible(zoomed)} to everything`}
          onClick={onReset}
        >
          <span className="shrink-0">Reset zoom</span>
          <span className="figures max-w-40 truncate text-[11.5px] text-dim">{visible(zoomed)}</span>
        </button>
      )}
      <fieldset className="flex shrink-0 overflow-hidden rounded border border-line" aria-label="Direction">
        <Direction
          word="Flame"
          help="Callees above their callers"
          on={!setting.icicle}
          onChoose={() => onSet({ icicle: false })}
        />
        <Direction
          word="Icicle"
          help="Callees below their callers"
          on={setting.icicle}
          onChoose={() => onSet({ icicle: true })}
        />
      </fieldset>
    </div>
  );
}

function Direction({
  word,
  help,
  on,
  onChoose,
}: {
  word: string;
  help: string;
  on: boolean;
  onChoose(): void;
}) {
  return (
    <button
      type="button"
      aria-pressed={on}
      title={help}
      className={`px-1.5 py-px -outline-offset-2 ${on ? "bg-raised text-text" : "text-faint hover:text-text"}`}
      onClick={onChoose}
    >
      {word}
    </button>
  );
}

/** The field follows what is typed at once, the address bar when typing pauses. */
function SearchField({
  text,
  problem,
  onSearch,
}: {
  text: string;
  problem: string | undefined;
  onSearch(text: string): void;
}) {
  const [typed, setTyped] = useState(text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <input
      type="search"
      value={typed}
      placeholder="Search: a regular expression"
      aria-label="Search frames"
      aria-invalid={problem !== undefined}
      spellCheck={false}
      className="figures w-56 min-w-24 shrink rounded border border-line bg-bg px-2 py-0.5 text-[11.5px] text-text aria-invalid:border-bad"
      onChange={(event) => {
        const next = event.target.value;
        setTyped(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => onSearch(next), TYPING_MS);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || typed === "") return;
        event.preventDefault();
        clearTimeout(timer.current);
        setTyped("");
        onSearch("");
      }}
    />
  );
}
