/** Over a table of rows: its filter, what it is grouped by, which columns and which time it shows. */
import type { Column } from "../../server/protocol";
import type { Suggestion } from "../filter/completion";
import type { FilterError } from "../filter/filter-error";
import type { ShownColumn } from "./columns";
import type { EventsView } from "./events-view";
import { FilterField } from "./filter-field";
import { Popover } from "./popover";

interface EventsControlsProps {
  view: EventsView;
  /** All that the tool has words for, and those that are shown. */
  all: readonly ShownColumn[];
  shown: readonly ShownColumn[];
  amounts: readonly Column[];
  problem: FilterError | undefined;
  example: string;
  suggest(text: string, cursor: number): Suggestion[];
  onSet(change: Partial<EventsView>): void;
}

export function EventsControls(props: EventsControlsProps) {
  const { view, all, shown, amounts, problem, example, suggest, onSet } = props;
  const titleOf = (name: string) =>
    all.find(({ column }) => column.name === name)?.column.title.toLowerCase();
  const grouped = view.group.flatMap((name) => titleOf(name) ?? []);
  const columnsSet = view.columns.length > 0 || view.relative || Object.keys(view.widths).length > 0;
  return (
    <div className="flex h-[34px] shrink-0 items-center gap-x-2 px-2.5 text-[11.5px] text-dim">
      <FilterField
        text={view.filter}
        problem={problem}
        placeholder={`Filter: ${example}`}
        onFilter={(filter) => onSet({ filter })}
        suggest={suggest}
      />
      <Popover
        label={grouped.length > 0 ? `by ${grouped.join(", ")}` : "Group"}
        help="Count rows by the values of one or two columns"
        on={grouped.length > 0}
      >
        <GroupChoices view={view} all={all} amounts={amounts} onSet={onSet} />
      </Popover>
      <Popover label="Columns" help="Which columns, their order, and how time is written" on={columnsSet}>
        <ColumnChoices view={view} all={all} shown={shown} onSet={onSet} />
      </Popover>
    </div>
  );
}

type Choice = readonly [value: string, text: string];

function Select({
  label,
  value,
  choices,
  onChoose,
}: {
  label: string;
  value: string;
  choices: readonly Choice[];
  onChoose(value: string): void;
}) {
  return (
    <label className="contents">
      <span className="text-dim">{label}</span>
      <select
        value={value}
        className="cursor-pointer rounded border border-line bg-panel px-1 py-0.5 text-text"
        onChange={(event) => onChoose(event.target.value)}
      >
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

type GroupProps = Pick<EventsControlsProps, "view" | "all" | "amounts" | "onSet">;

function GroupChoices({ view, all, amounts, onSet }: GroupProps) {
  const [first = "", second = ""] = view.group;
  // Every row has a time of its own.
  const keys = all.filter(({ column }) => column.meaning !== "ktime").map(({ column }) => column);
  const choices = (none: string, without = ""): Choice[] => [
    ["", none],
    ...keys
      .filter(({ name }) => name !== without)
      .map(({ name, title }): Choice => [name, titleIn(title, name, keys)]),
  ];
  return (
    <div className="grid grid-cols-[auto_auto] items-center gap-x-3 gap-y-1.5">
      <Select
        label="Group by"
        value={first}
        choices={choices("nothing: rows")}
        onChoose={(name) =>
          onSet({ group: name ? [name, ...view.group.slice(1).filter((s) => s !== name)] : [], by: "" })
        }
      />
      {first && (
        <Select
          label="and by"
          value={second}
          choices={choices("nothing else", first)}
          onChoose={(name) => onSet({ group: name ? [first, name] : [first], by: "" })}
        />
      )}
      {first && amounts.length > 1 && (
        <Select
          label="sums of"
          value={view.of || (amounts[0]?.name ?? "")}
          choices={amounts.map(({ name, title }): Choice => [name, title])}
          onChoose={(of) => onSet({ of })}
        />
      )}
    </div>
  );
}

/** Two columns may share a title. */
export const titleIn = (title: string, name: string, all: readonly Pick<Column, "title">[]) =>
  all.filter((other) => other.title === title).length > 1 ? `${title} (${name})` : title;

type ColumnProps = Pick<EventsControlsProps, "view" | "all" | "shown" | "onSet">;

function ColumnChoices({ view, all, shown, onSet }: ColumnProps) {
  const names = shown.map(({ column }) => column.name);
  const others = all.filter((one) => !shown.includes(one));
  const columns = all.map(({ column }) => column);
  const move = (name: string, by: -1 | 1) => onSet({ columns: moved(names, name, by) });
  return (
    <div className="grid gap-1">
      {[...shown, ...others].map((one, i) => {
        const { name, title } = one.column;
        const on = i < shown.length;
        return (
          <div key={name} className="flex items-center gap-2">
            <label className="flex flex-1 cursor-pointer items-center gap-2">
              <input
                type="checkbox"
                checked={on}
                disabled={on && shown.length === 1}
                className="accent-accent"
                onChange={() =>
                  onSet({ columns: on ? names.filter((other) => other !== name) : [...names, name] })
                }
              />
              {titleIn(title, name, columns)}
            </label>
            {on && (
              <>
                <Arrow
                  label={`${title} further left`}
                  sign="↑"
                  off={i === 0}
                  onPress={() => move(name, -1)}
                />
                <Arrow
                  label={`${title} further right`}
                  sign="↓"
                  off={i === shown.length - 1}
                  onPress={() => move(name, 1)}
                />
              </>
            )}
          </div>
        );
      })}
      <div className="mt-1 grid gap-1 border-line border-t pt-2">
        <label className="flex cursor-pointer items-center gap-2">
          <input
            type="checkbox"
            checked={view.relative}
            className="accent-accent"
            onChange={() => onSet({ relative: !view.relative })}
          />
          <span title="From the chosen row, or from the run's start">Relative time</span>
        </label>
        <button
          type="button"
          className="text-left text-dim hover:text-text disabled:opacity-50"
          disabled={view.columns.length === 0 && Object.keys(view.widths).length === 0}
          onClick={() => onSet({ columns: [], widths: {} })}
        >
          Columns as usual
        </button>
      </div>
    </div>
  );
}

function Arrow({
  label,
  sign,
  off,
  onPress,
}: {
  label: string;
  sign: string;
  off: boolean;
  onPress(): void;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      disabled={off}
      className="text-dim hover:text-text disabled:opacity-30"
      onClick={onPress}
    >
      {sign}
    </button>
  );
}

/** `name` before another, or one place to the left (-1) or right (1). */
export function moved(names: readonly string[], name: string, to: string | -1 | 1): string[] {
  const from = names.indexOf(name);
  const rest = names.filter((other) => other !== name);
  const place = typeof to === "number" ? from + to : names.indexOf(to);
  if (from < 0 || place < 0) return [...names];
  rest.splice(place, 0, name);
  return rest;
}
