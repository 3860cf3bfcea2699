/** The few things that can be pressed, and how they look. */
import { type ButtonHTMLAttributes, type ReactNode, useId } from "react";

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement>;

const buttonLooks = {
  plain: "border-line bg-raised text-text hover:border-faint",
  primary: "border-transparent bg-accent font-semibold text-on-accent hover:brightness-110",
};

export function Button({
  look = "plain",
  className = "",
  ...rest
}: ButtonProps & { look?: "plain" | "primary" }) {
  return (
    <button
      type="button"
      className={`rounded-md border px-3 py-[5px] whitespace-nowrap disabled:opacity-50 ${buttonLooks[look]} ${className}`}
      {...rest}
    />
  );
}

/** Sixteen units square, drawn with strokes. */
const glyphs = {
  pause: "M5.5 3.5v9M10.5 3.5v9",
  resume: "M5 3l8 5-8 5z",
  again: "M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3",
  stop: "M4 4h8v8H4z",
  enlarge: "M9 3h4v4M7 13H3V9M13 3L9 7M3 13l4-4",
  shrink: "M13 7H9V3M3 9h4v4M9 7l4-4M7 9l-4 4",
  save: "M8 2.5v7.5M4.5 7L8 10.5 11.5 7M3 13.5h10",
  close: "M4 4l8 8M12 4l-8 8",
};

/** `label` is its name for everyone: read aloud, and shown when pointed at. */
export function GlyphButton({
  glyph,
  label,
  className = "",
  ...rest
}: ButtonProps & { glyph: keyof typeof glyphs; label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`grid size-6 shrink-0 place-items-center rounded text-faint hover:bg-raised hover:text-text ${className}`}
      {...rest}
    >
      <svg
        width="14"
        height="14"
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        aria-hidden="true"
      >
        <path d={glyphs[glyph]} />
      </svg>
    </button>
  );
}

export function Chip({ children, title }: { children: ReactNode; title?: string | undefined }) {
  return (
    <span
      title={title}
      className="min-w-0 shrink truncate rounded-full border border-line px-2 text-[11.5px] text-dim leading-[18px]"
    >
      {children}
    </span>
  );
}

/** One of a few, as a row of radio buttons. */
export function Segments<T extends string>({
  label,
  choices,
  value,
  onChoose,
}: {
  label: string;
  choices: readonly { value: T; text: string }[];
  value: T;
  onChoose(value: T): void;
}) {
  const group = useId();
  return (
    <fieldset className="flex overflow-hidden rounded-md border border-line" aria-label={label}>
      {choices.map((choice) => (
        <label
          key={choice.value}
          className="cursor-pointer px-2.5 py-1 text-dim hover:text-text has-checked:bg-raised has-checked:text-text has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:-outline-offset-2"
        >
          <input
            type="radio"
            className="sr-only"
            name={group}
            checked={choice.value === value}
            onChange={() => onChoose(choice.value)}
          />
          {choice.text}
        </label>
      ))}
    </fieldset>
  );
}

const dots = {
  ok: "bg-ok",
  warn: "bg-warn",
  bad: "bg-bad",
  off: "border border-faint",
};

export type DotLook = keyof typeof dots;

export function Dot({ look, label }: { look: DotLook; label?: string }) {
  return (
    <span
      className={`inline-block size-[7px] shrink-0 rounded-full ${dots[look]}`}
      {...(label ? { role: "img", "aria-label": label, title: label } : { "aria-hidden": true })}
    />
  );
}
