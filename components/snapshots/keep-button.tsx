/** Keep: what stands on the board, and all that its histories hold, as a snapshot. Also on `s`. */
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import type { Problem } from "../../server/protocol";
import type { SnapshotSummary } from "../../server/protocol/snapshots";
import { useBoard } from "../board-store";
import { Button } from "../controls";
import { clock } from "../draw/axis";
import { isTyping } from "../keys";
import { useMoment } from "../moment";
import { ProblemText } from "../problem";
import { useServer } from "../socket";
import { keepShown } from "./keep-shown";
import { contents } from "./words";

const boxId = "keep-board";

function Kept({ kept, onDone }: { kept: SnapshotSummary; onDone(): void }) {
  return (
    <div className="grid gap-3">
      <p>Kept: {contents(kept)}.</p>
      <p className="flex gap-4">
        <a href={`/snapshots/${kept.id}`} className="text-accent underline underline-offset-2">
          Open it
        </a>
        <a href={`/snapshots/${kept.id}.json`} className="text-accent underline underline-offset-2">
          Download JSON
        </a>
        <a href="/snapshots" className="text-accent underline underline-offset-2">
          All snapshots
        </a>
        <span className="flex-1" />
        <button type="button" className="text-dim hover:text-text" onClick={onDone}>
          Close
        </button>
      </p>
    </div>
  );
}

function KeepForm({ onDone }: { onDone(): void }) {
  const id = useId();
  const host = useServer((server) => server.host);
  const selected = useMoment((moment) => moment.selected);
  const [title, setTitle] = useState(() =>
    useBoard
      .getState()
      .panels.map(({ request }) => request.tool)
      .join(", ")
      .slice(0, 200),
  );
  const [notes, setNotes] = useState("");
  const [onlySelected, setOnlySelected] = useState(false);
  const [keeping, setKeeping] = useState(false);
  const [kept, setKept] = useState<SnapshotSummary>();
  const [problem, setProblem] = useState<Problem>();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  if (kept) return <Kept kept={kept} onDone={onDone} />;
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setKeeping(true);
    setProblem(undefined);
    const range = onlySelected && selected ? { from: selected.from, to: selected.to } : undefined;
    const result = await keepShown(title, notes, range);
    setKeeping(false);
    if (result.ok) setKept(result.value);
    else setProblem(result.problem);
  };
  return (
    <form className="grid gap-3" onSubmit={send}>
      <div className="grid gap-1">
        <label htmlFor={`${id}-title`} className="text-dim">
          Title
        </label>
        <input
          id={`${id}-title`}
          ref={field}
          value={title}
          maxLength={200}
          onChange={(event) => setTitle(event.target.value)}
          className="rounded-md border border-line bg-bg px-2.5 py-1"
        />
      </div>
      <div className="grid gap-1">
        <label htmlFor={`${id}-notes`} className="text-dim">
          Notes
        </label>
        <textarea
          id={`${id}-notes`}
          rows={3}
          value={notes}
          maxLength={20_000}
          onChange={(event) => setNotes(event.target.value)}
          className="resize-none rounded-md border border-line bg-bg px-2.5 py-1"
        />
      </div>
      {selected && host && (
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            className="accent-accent"
            checked={onlySelected}
            onChange={(event) => setOnlySelected(event.target.checked)}
          />
          Only the selected time,{" "}
          <span className="figures">
            {clock(host.bootedAt + selected.from)}–{clock(host.bootedAt + selected.to)}
          </span>
        </label>
      )}
      {problem && <ProblemText problem={problem} />}
      <div className="flex items-center gap-3">
        <Button type="submit" look="primary" disabled={keeping}>
          {keeping ? "Keeping…" : "Keep"}
        </Button>
        <span className="text-[11.5px] text-dim">All that the panels have in their history goes in.</span>
      </div>
    </form>
  );
}

export function KeepButton() {
  const box = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const empty = useBoard((board) => board.panels.length === 0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey } = event;
      if (key !== "s" || ctrlKey || metaKey || altKey || event.defaultPrevented || isTyping(event.target))
        return;
      if (useBoard.getState().panels.length === 0) return;
      event.preventDefault();
      box.current?.showPopover();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <Button
        popoverTarget={boxId}
        disabled={empty}
        title={empty ? "There is nothing on the board to keep" : "Keep the board as a snapshot"}
        style={{ anchorName: `--${boxId}` }}
      >
        Keep <kbd className="figures text-faint">s</kbd>
      </Button>
      <div
        ref={box}
        id={boxId}
        popover="auto"
        role="dialog"
        aria-label="Keep the board"
        onToggle={(event) => setOpen(event.newState === "open")}
        style={{ positionAnchor: `--${boxId}` }}
        className="m-auto w-[26rem] max-w-[90vw] rounded-md border border-line bg-raised p-4 whitespace-normal text-text supports-[position-area:bottom]:m-0 supports-[position-area:bottom]:mt-2 [position-area:bottom_span-left]"
      >
        {isOpen && <KeepForm onDone={() => box.current?.hidePopover()} />}
      </div>
    </>
  );
}
