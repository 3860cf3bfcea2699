/** Everything that can be done here, found by typing: Ctrl K. */
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { create } from "zustand";
import type { Problem } from "../server/protocol";
import { allCommands, type Command } from "./palette-commands";
import { rank } from "./palette-rank";
import { ProblemText } from "./problem";

/** As many as can be looked through; more letters find the rest. */
const mostShown = 60;
/** Processes are asked for when typing pauses. */
const typingPauseMs = 120;

const usePalette = create(() => ({ open: false }));
export const openPalette = (open = true) => usePalette.setState({ open });

function onKey(event: globalThis.KeyboardEvent) {
  const { ctrlKey, metaKey, altKey, shiftKey } = event;
  if (event.key.toLowerCase() !== "k" || !(ctrlKey || metaKey) || altKey || shiftKey) return;
  event.preventDefault();
  openPalette(!usePalette.getState().open);
}

export function Palette() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = usePalette((palette) => palette.open);
  useEffect(() => {
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  useLayoutEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it
    <dialog
      ref={dialog}
      aria-label="Commands"
      className="mx-auto mt-[12vh] mb-auto w-[600px] max-w-[calc(100vw-48px)] overflow-hidden rounded-lg border border-line bg-panel text-text backdrop:bg-bg/60"
      // Told before it closes; of its end only some time later, when Ctrl K may have opened it again.
      onCancel={() => openPalette(false)}
      onClose={() => {
        if (!dialog.current?.open) openPalette(false);
      }}
      onClick={(event) => {
        if (event.target === dialog.current) openPalette(false);
      }}
    >
      {open && <Chooser onDone={() => openPalette(false)} />}
    </dialog>
  );
}

function Chooser({ onDone }: { onDone(): void }) {
  const [all] = useState(allCommands);
  const [text, setText] = useState("");
  const [step, setStep] = useState<Command["next"]>();
  const [asked, setAsked] = useState<Command[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const [active, setActive] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!step) return;
    let current = true;
    const timer = setTimeout(async () => {
      const result = await step.search(text);
      if (!current) return;
      setAsked(result.ok ? result.value : []);
      setProblem(result.ok ? undefined : result.problem);
    }, typingPauseMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [step, text]);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  });

  const found = (step ? asked : rank(all, text)).slice(0, mostShown);
  const type = (next: string) => {
    setText(next);
    setActive(0);
    setProblem(undefined);
  };
  const choose = async (command: Command | undefined) => {
    if (!command) return;
    if (command.next) {
      setStep(command.next);
      setAsked([]);
      return type("");
    }
    const failed = command.run?.();
    // What is started takes the focus: the palette must be gone by then.
    if (!(failed instanceof Promise)) return onDone();
    const why = await failed;
    if (why) setProblem(why);
    else onDone();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = found.length - 1;
    const to = { ArrowDown: active >= last ? 0 : active + 1, ArrowUp: active <= 0 ? last : active - 1 }[
      event.key
    ];
    if (to !== undefined) setActive(Math.max(0, to));
    else if (event.key === "Enter") void choose(found[active]);
    else if (event.key === "Backspace" && text === "" && step) setStep(undefined);
    else return;
    event.preventDefault();
  };

  return (
    <div className="flex max-h-[68vh] flex-col">
      <input
        // biome-ignore lint/a11y/noAutofocus: it opens to be typed in
        autoFocus
        type="text"
        role="combobox"
        aria-expanded={true}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={found[active] ? `${id}-${active}` : undefined}
        aria-label={step?.ask ?? "Command"}
        placeholder={step?.ask ?? "Start a tool, go to a panel, change the theme …"}
        autoComplete="off"
        spellCheck={false}
        className="h-11 shrink-0 border-line border-b bg-transparent px-4 outline-none"
        value={text}
        onChange={(event) => type(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={id} role="listbox" aria-label="Commands" className="min-h-0 overflow-y-auto py-1">
        {found.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          // biome-ignore lint/a11y/useFocusableInteractive: as above
          <div
            key={command.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            className="flex items-baseline gap-3 px-4 py-[5px] hover:bg-raised aria-selected:bg-raised aria-selected:shadow-[inset_2px_0_0_var(--accent)]"
            onClick={() => void choose(command)}
          >
            <span className="shrink-0 max-w-full truncate">{command.title}</span>
            <span className="ml-auto min-w-0 truncate text-[11.5px] text-dim" title={command.detail}>
              {command.detail}
            </span>
          </div>
        ))}
      </div>
      {found.length === 0 && !problem && (
        <p className="px-4 pb-3 text-dim">
          {step ? "No process is called that." : "Nothing here is called that."}
        </p>
      )}
      {problem && (
        <div className="border-line border-t px-4 py-3">
          <ProblemText problem={problem} />
        </div>
      )}
    </div>
  );
}
