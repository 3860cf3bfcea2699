/** One snapshot in the list: what is in it, and what can be done with it. */
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Problem, Result } from "../../server/protocol";
import type { SnapshotSummary } from "../../server/protocol/snapshots";
import { Button } from "../controls";
import { bytes, count, dateToMinute } from "../format";
import { Sparkline } from "../panels/sparkline";
import { useOperator } from "../role";
import { deleteSnapshot, describeSnapshot, pinSnapshot } from "../socket";
import { Downloads } from "./downloads";
import { stretch } from "./words";

interface WordsProps {
  snapshot: SnapshotSummary;
  onDone(): void;
  onProblem(problem: Problem | undefined): void;
}

/** Its title and notes, to be written anew: what was seen is often understood later. */
function Words({ snapshot, onDone, onProblem }: WordsProps) {
  const [title, setTitle] = useState(snapshot.title);
  const [notes, setNotes] = useState(snapshot.notes);
  const [saving, setSaving] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setSaving(true);
    const result = await describeSnapshot(snapshot.id, title.trim(), notes);
    setSaving(false);
    onProblem(result.ok ? undefined : result.problem);
    if (result.ok) onDone();
  };
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key === "Escape") onDone();
  };
  return (
    <form className="grid max-w-prose gap-2 pb-1" onSubmit={save} onKeyDown={onKeyDown}>
      <input
        ref={field}
        aria-label="Title"
        value={title}
        maxLength={200}
        onChange={(event) => setTitle(event.target.value)}
        className="rounded-md border border-line bg-bg px-2.5 py-1"
      />
      <textarea
        aria-label="Notes"
        placeholder="Notes"
        rows={3}
        value={notes}
        maxLength={20_000}
        onChange={(event) => setNotes(event.target.value)}
        className="resize-y rounded-md border border-line bg-bg px-2.5 py-1"
      />
      <span className="flex gap-3">
        <Button type="submit" look="primary" disabled={saving}>
          {saving ? "Saving…" : "Save"}
        </Button>
        <button type="button" className="text-dim hover:text-text" onClick={onDone}>
          Cancel
        </button>
      </span>
    </form>
  );
}

interface RowProps {
  snapshot: SnapshotSummary;
  chosen: boolean;
  onChoose(): void;
  onProblem(problem: Problem | undefined): void;
}

export function SnapshotRow({ snapshot, chosen, onChoose, onProblem }: RowProps) {
  const { id, title, notes, takenAt, hostname, panels, pinned, shipped } = snapshot;
  const operator = useOperator();
  const [asking, setAsking] = useState(false);
  const [editing, setEditing] = useState(false);
  const said = (result: Result<null>) => onProblem(result.ok ? undefined : result.problem);
  return (
    <tr className="border-line border-b align-top hover:bg-raised">
      <td className="py-2.5 pl-4">
        <input
          type="checkbox"
          aria-label={`Compare ${title}`}
          className="mt-0.5 accent-accent"
          checked={chosen}
          onChange={onChoose}
        />
      </td>
      <td className="min-w-0 py-2 pr-4 pl-3">
        {editing ? (
          <Words snapshot={snapshot} onDone={() => setEditing(false)} onProblem={onProblem} />
        ) : (
          <>
            <a href={`/snapshots/${id}`} className="font-medium hover:text-accent">
              {title || "Without a title"}
            </a>
            {shipped && <span className="ml-2 text-[11.5px] text-dim">came with the server</span>}
            {notes && <p className="line-clamp-2 max-w-prose whitespace-pre-wrap text-dim">{notes}</p>}
          </>
        )}
      </td>
      <td className="py-2 pr-4">
        <div className="grid grid-cols-[auto_auto_auto] justify-start gap-x-3">
          {panels.map(({ tool, rows, activity }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a panel is known by its place
            <div key={index} className="contents">
              <span className="figures">{tool}</span>
              <Sparkline values={Float64Array.from(activity)} label={`${tool} over time`} />
              <span className="figures text-right text-dim">{count(rows)}</span>
            </div>
          ))}
        </div>
      </td>
      <td className="figures py-2 pr-4 whitespace-nowrap" title={stretch(snapshot)}>
        {dateToMinute(takenAt)}
      </td>
      <td className="figures py-2 pr-4 text-dim">{hostname}</td>
      <td className="figures py-2 pr-4 text-right whitespace-nowrap">{bytes(snapshot.bytes)}</td>
      <td className="py-2 pr-4 text-right whitespace-nowrap">
        <span className="inline-flex items-center gap-3">
          <Downloads snapshot={snapshot} />
          {operator && !shipped && (
            <button
              type="button"
              aria-expanded={editing}
              title="Title and notes"
              className="text-dim hover:text-text aria-expanded:text-text"
              onClick={() => setEditing(!editing)}
            >
              Edit
            </button>
          )}
          {operator && !shipped && (
            <button
              type="button"
              aria-pressed={pinned}
              title={
                pinned ? "Pinned: never deleted to make room" : "Keep for good: never deleted to make room"
              }
              className="text-dim hover:text-text aria-pressed:text-accent"
              onClick={async () => said(await pinSnapshot(id, !pinned))}
            >
              {pinned ? "Pinned" : "Pin"}
            </button>
          )}
          {operator &&
            !shipped &&
            (asking ? (
              <button
                type="button"
                className="text-bad"
                onClick={async () => said(await deleteSnapshot(id))}
                onBlur={() => setAsking(false)}
              >
                Delete for good
              </button>
            ) : (
              <button type="button" className="text-dim hover:text-text" onClick={() => setAsking(true)}>
                Delete
              </button>
            ))}
        </span>
      </td>
    </tr>
  );
}
