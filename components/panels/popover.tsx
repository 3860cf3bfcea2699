/** A button that opens a small box below itself; Escape, or a press outside, closes it. */
import { type ReactNode, useEffect, useRef, useState } from "react";

export function Popover({
  label,
  help,
  on,
  children,
}: {
  label: ReactNode;
  help: string;
  /** It differs from the usual. */
  on: boolean;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is for what is inside
    <div
      ref={box}
      className="relative min-w-0 shrink-0"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        event.preventDefault();
        setOpen(false);
        box.current?.querySelector("button")?.focus();
      }}
    >
      <button
        type="button"
        aria-expanded={open}
        title={help}
        className={`max-w-40 truncate rounded px-1 py-0.5 hover:text-text ${on ? "text-accent" : "text-dim"}`}
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      {open && (
        <div className="absolute top-full right-0 z-30 mt-1 max-h-64 w-max min-w-44 overflow-y-auto rounded-md border border-line bg-raised p-2 text-text">
          {children}
        </div>
      )}
    </div>
  );
}
