/** The filter as it is typed: applied when typing pauses, completed from what was seen, its fault shown at the character. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { Suggestion } from "../filter/completion";
import type { FilterError } from "../filter/filter-error";

const typingMs = 150;
/** Of the figures' font at 11.5 px, and the field's padding with its border. */
const [letterWidth, fieldPadding] = [6.9, 9];

interface FilterFieldProps {
  text: string;
  problem: FilterError | undefined;
  /** What it is for and an example. */
  placeholder: string;
  onFilter(text: string): void;
  suggest(text: string, cursor: number): Suggestion[];
}

export function FilterField({ text, problem, placeholder, onFilter, suggest }: FilterFieldProps) {
  const [typed, setTyped] = useState(text);
  const [suggestions, setSuggestions] = useState<Suggestion[]>([]);
  const [chosen, setChosen] = useState(-1);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  /** What comes back from the address is not typed anew: meanwhile there may be more. */
  const applied = useRef(text);
  useEffect(() => {
    if (text === applied.current) return;
    applied.current = text;
    setTyped(text);
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const open = (next: string): readonly Suggestion[] => {
    const found = suggest(next, input.current?.selectionStart ?? next.length);
    setSuggestions(found);
    setChosen(-1);
    return found;
  };
  const close = () => setSuggestions([]);
  const apply = (next: string, now = false) => {
    setTyped(next);
    clearTimeout(timer.current);
    const filter = () => {
      applied.current = next;
      onFilter(next);
    };
    if (now) filter();
    else timer.current = setTimeout(filter, typingMs);
  };
  const take = (suggestion: Suggestion) => {
    const cursor = input.current?.selectionStart ?? typed.length;
    const before = typed.slice(0, suggestion.from) + suggestion.insert;
    const next = before + typed.slice(cursor).trimStart();
    apply(next);
    requestAnimationFrame(() => {
      input.current?.setSelectionRange(before.length, before.length);
      open(next);
    });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const picked = suggestions[chosen];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const count = suggestions.length;
      if (count === 0) open(typed);
      else setChosen((chosen + (event.key === "ArrowDown" ? 1 : count + (chosen < 0 ? 0 : -1))) % count);
    } else if (event.key === "Enter" || (event.key === "Tab" && suggestions.length > 0 && !event.shiftKey)) {
      const first = event.key === "Tab" ? suggestions[0] : undefined;
      if (picked ?? first) take((picked ?? first) as Suggestion);
      else {
        apply(typed.trim(), true);
        close();
      }
    } else if (event.key === "Escape") {
      if (suggestions.length > 0) close();
      else if (typed) apply("", true);
      else return;
    } else return;
    event.preventDefault();
  };

  const offered = suggestions.length > 0;
  return (
    <div className="relative min-w-0 flex-1">
      <input
        ref={input}
        type="text"
        role="combobox"
        value={typed}
        placeholder={placeholder}
        aria-label="Filter rows"
        title={
          'comm:nginx contains · = is · ret<0 · took>10ms · path~regex · -term not · OR · ( ) · "with spaces"'
        }
        aria-invalid={problem !== undefined}
        aria-expanded={offered}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={chosen < 0 ? undefined : `${id}-${chosen}`}
        aria-describedby={problem ? `${id}-problem` : undefined}
        spellCheck={false}
        autoComplete="off"
        className="figures w-full rounded border border-line bg-bg px-2 py-0.5 text-[11.5px] text-text aria-invalid:border-bad"
        onFocus={() => void (typed === "" && open(""))}
        onBlur={() => {
          close();
          if (typed !== text) apply(typed, true);
        }}
        onClick={() => open(typed)}
        onChange={(event) => {
          const next = event.target.value;
          // The table does not jump while a column's name is being typed.
          const unfinished = open(next).some((suggestion) => suggestion.unfinished);
          apply(next);
          if (unfinished) clearTimeout(timer.current);
        }}
        onKeyDown={onKeyDown}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label="What could come next"
        hidden={!offered}
        className="absolute top-full left-0 z-30 mt-1 max-h-56 w-max min-w-48 max-w-full overflow-y-auto rounded-md border border-line bg-raised py-1"
      >
        {suggestions.map((suggestion, i) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
          <div
            key={suggestion.insert}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === chosen}
            className="flex justify-between gap-4 px-2 py-0.5 aria-selected:bg-line hover:bg-line"
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(suggestion)}
          >
            <span className="figures truncate">{suggestion.insert.trim()}</span>
            <span className="shrink-0 text-[11.5px] text-dim">{suggestion.help}</span>
          </div>
        ))}
      </div>
      {problem && !offered && typed === text && (
        <p
          id={`${id}-problem`}
          role="alert"
          className="absolute top-full right-0 left-0 z-20 mt-1 rounded-md border border-bad bg-raised px-2 py-1 text-[11.5px] text-bad wrap-anywhere"
        >
          <span
            aria-hidden="true"
            className="absolute -top-1 h-0.5 min-w-1.5 bg-bad"
            style={{
              left: `min(100% - 8px, ${fieldPadding + problem.at * letterWidth - (input.current?.scrollLeft ?? 0)}px)`,
              width: (problem.end - problem.at) * letterWidth,
              maxWidth: "100%",
            }}
          />
          {problem.message}
          {problem.at > 0 && <span className="text-dim"> (at character {problem.at + 1})</span>}
        </p>
      )}
    </div>
  );
}
