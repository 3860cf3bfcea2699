/** One of a few words in a panel's bar. */
export function Toggle<T extends string>({
  label,
  choices,
  value,
  onChoose,
}: {
  label: string;
  choices: readonly (readonly [value: T, word: string])[];
  value: T;
  onChoose(value: T): void;
}) {
  return (
    <fieldset className="flex shrink-0 overflow-hidden rounded border border-line" aria-label={label}>
      {choices.map(([choice, word]) => (
        <button
          key={choice}
          type="button"
          aria-pressed={choice === value}
          className={`px-1.5 py-px -outline-offset-2 ${choice === value ? "bg-raised text-text" : "text-faint hover:text-text"}`}
          onClick={() => onChoose(choice)}
        >
          {word}
        </button>
      ))}
    </fieldset>
  );
}
