import { useEffect, useRef, useState } from "react";
import type { FlameColumns } from "./flame-columns";
import type { By } from "./flame-samples";
import type { FlameSetting } from "./flame-view";

const TYPING_MS = 150;

interface Props {
  setting: FlameSetting;
  /** The search finds nothing because of what it is. */
  faulty: boolean;
  columns: FlameColumns;
  onSet(change: Partial<FlameSetting>): void;
  onBaseline(): void;
}

/** Search, what stacks are told apart by, and how they are drawn. */
export function FlameControls({ setting, faulty, columns, onSet, onBaseline }: Props) {
  return (
    <div className="flex h-[34px] shrink-0 items-center gap-x-3 px-2.5 text-[11.5px] text-dim">
      <SearchField text={setting.search} faulty={faulty} onSearch={(search) => onSet({ search })} />
      <span className="min-w-0 flex-1" />
      <Choice
        label="Tell apart"
        value={setting.by}
        choices={(
          [
            ["command", "by command", columns.comm],
            ["process", "by process", columns.pid],
            ["thread", "by thread", columns.tid],
            ["nothing", "all together", 0],
          ] as [By, string, number][]
        ).filter(([, , column]) => column !== -1)}
        onChoose={(by) => onSet({ by, zoom: undefined })}
      />
      <Menu>
        <Options setting={setting} onSet={onSet} />
      </Menu>
      <span className="hidden items-center gap-x-3 @3xl:flex">
        <Options setting={setting} onSet={onSet} />
      </span>
      <button
        type="button"
        className="shrink-0 hover:text-text"
        title={
          setting.time
            ? "Compare with the samples of the selected time"
            : "Compare what comes from now on with what was sampled so far"
        }
        onClick={onBaseline}
      >
        Set baseline
      </button>
    </div>
  );
}

function Options({ setting, onSet }: Pick<Props, "setting" | "onSet">) {
  return (
    <>
      <Choice
        label="Order"
        value={setting.order}
        choices={[
          ["name", "in order of names"],
          ["weight", "widest first"],
        ]}
        onChoose={(order) => onSet({ order })}
      />
      <label
        className="flex shrink-0 cursor-pointer items-center gap-1.5 hover:text-text"
        title="A frame that calls itself shows once"
      >
        <input
          type="checkbox"
          className="accent-[var(--accent)]"
          checked={setting.collapse}
          onChange={(event) => onSet({ collapse: event.target.checked, zoom: undefined })}
        />
        Collapse recursion
      </label>
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
    </>
  );
}

/** Where a panel is too narrow for the options they open below a word. */
function Menu({ children }: { children: React.ReactNode }) {
  const details = useRef<HTMLDetailsElement>(null);
  const close = () => details.current?.removeAttribute("open");
  return (
    <details
      ref={details}
      className="relative shrink-0 @3xl:hidden"
      onBlur={(event) => {
        if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) close();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !event.currentTarget.open) return;
        close();
        event.currentTarget.querySelector("summary")?.focus();
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <summary className="list-none rounded hover:text-text [&::-webkit-details-marker]:hidden">
        View ▾
      </summary>
      <div className="absolute top-full right-0 z-20 mt-1.5 grid w-max justify-items-start gap-2.5 rounded-md border border-line bg-raised px-3 py-2.5">
        {children}
      </div>
    </details>
  );
}

function Choice<T extends string>({
  label,
  value,
  choices,
  onChoose,
}: {
  label: string;
  value: T;
  choices: [value: T, text: string, ...unknown[]][];
  onChoose(value: T): void;
}) {
  return (
    <select
      aria-label={label}
      title={label}
      value={value}
      onChange={(event) => {
        const chosen = choices.find(([choice]) => choice === event.target.value);
        if (chosen) onChoose(chosen[0]);
      }}
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
  faulty,
  onSearch,
}: {
  text: string;
  faulty: boolean;
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
      aria-invalid={faulty}
      spellCheck={false}
      className="figures w-56 min-w-20 shrink rounded border border-line bg-bg px-2 py-0.5 text-[11.5px] text-text aria-invalid:border-bad"
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
