/** A text field that offers what the host has: processes, control groups, system calls, functions. */
import { useEffect, useId, useRef, useState } from "react";
import type { Problem, Result } from "../server/protocol";
import { ProblemText } from "./problem";

export interface Offer {
  /** What the field holds once it is chosen. */
  value: string;
  text: string;
  detail?: string;
}

interface PickerProps {
  id: string;
  value: string;
  placeholder: string;
  describedBy?: string | undefined;
  required?: boolean;
  onChange(value: string): void;
  search(text: string): Promise<Result<Offer[]>>;
}

const typingPauseMs = 120;

export function Picker({ id, value, placeholder, describedBy, required, onChange, search }: PickerProps) {
  const [open, setOpen] = useState(false);
  const [offers, setOffers] = useState<Offer[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const [active, setActive] = useState(-1);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const ask = useRef(search);
  ask.current = search;

  useEffect(() => {
    if (!open) return;
    let current = true;
    const timer = setTimeout(async () => {
      const result = await ask.current(value);
      if (!current) return;
      setOffers(result.ok ? result.value : []);
      setProblem(result.ok ? undefined : result.problem);
      setActive(-1);
    }, typingPauseMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [open, value]);

  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  });

  const choose = (offer: Offer) => {
    onChange(offer.value);
    // A choice that leads on (a file, then its functions) keeps the list open.
    setOpen(/[:,] ?$/.test(offer.value));
  };

  return (
    <div className="relative">
      <input
        id={id}
        type="text"
        role="combobox"
        aria-expanded={open}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={open && active >= 0 ? `${listId}-${active}` : undefined}
        aria-describedby={describedBy}
        required={required}
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        className="figures w-full rounded-md border border-line bg-bg px-2.5 py-1.5"
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
          setOpen(true);
        }}
        onClick={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            if (!open) setOpen(true);
            else if (offers.length > 0) {
              const step = event.key === "ArrowDown" ? 1 : -1;
              setActive((active + step + offers.length) % offers.length);
            }
          } else if (event.key === "Enter" && open && offers[active]) {
            event.preventDefault();
            choose(offers[active]);
          } else if (event.key === "Escape" && open) {
            event.stopPropagation();
            setOpen(false);
          }
        }}
      />
      {open && (offers.length > 0 || problem) && (
        <div
          ref={list}
          id={listId}
          role="listbox"
          tabIndex={-1}
          className="absolute inset-x-0 top-full z-20 mt-1 max-h-64 overflow-y-auto rounded-md border border-line bg-raised py-1"
          // Pressing the mouse here must not take the focus from the field, which would close the list.
          onMouseDown={(event) => event.preventDefault()}
        >
          {problem && (
            <div className="px-2.5 py-1">
              <ProblemText problem={problem} />
            </div>
          )}
          {offers.map((offer, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
            <div
              key={offer.value}
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              className="flex gap-3 px-2.5 py-[3px] hover:bg-line aria-selected:bg-line"
              title={offer.detail ? `${offer.text}  ${offer.detail}` : offer.text}
              onClick={() => choose(offer)}
            >
              <span className="figures shrink-0 max-w-full break-all">{offer.text}</span>
              {offer.detail && <span className="truncate text-dim text-[11.5px]">{offer.detail}</span>}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
