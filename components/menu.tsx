/** A button that opens a short list of things to do. */
import { type KeyboardEvent, useId, useRef } from "react";
import { GlyphButton } from "./controls";

interface Item {
  text: string;
  onChoose(): void;
}

export function Menu({
  glyph,
  label,
  items,
}: {
  glyph: Parameters<typeof GlyphButton>[0]["glyph"];
  label: string;
  items: readonly Item[];
}) {
  const id = useId();
  const button = useRef<HTMLSpanElement>(null);
  const list = useRef<HTMLDivElement>(null);

  /** Below the button, its right edge under the button's: panels' heads end at the right. */
  const place = () => {
    const edge = button.current?.getBoundingClientRect();
    if (!edge || !list.current) return;
    list.current.style.top = `${edge.bottom + 2}px`;
    list.current.style.right = `${document.documentElement.clientWidth - edge.right}px`;
    list.current.querySelector("button")?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    if (!step || buttons.length === 0) return;
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
    event.preventDefault();
  };

  return (
    <>
      <span ref={button}>
        <GlyphButton glyph={glyph} label={label} popoverTarget={id} aria-haspopup="menu" />
      </span>
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        tabIndex={-1}
        onToggle={(event) => event.newState === "open" && place()}
        onKeyDown={onKeyDown}
        className="fixed inset-auto m-0 min-w-36 rounded-md border border-line bg-raised p-1 text-text"
      >
        {items.map(({ text, onChoose }) => (
          <button
            key={text}
            type="button"
            role="menuitem"
            className="block w-full rounded px-2.5 py-1 text-left hover:bg-line"
            onClick={() => {
              list.current?.hidePopover();
              onChoose();
            }}
          >
            {text}
          </button>
        ))}
      </div>
    </>
  );
}
