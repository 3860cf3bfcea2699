/** The audit log's newest lines as a table. */
import { useMemo, useState } from "react";
import type { AuditEntry } from "../../server/protocol/access";
import { visible } from "../format";
import { SortedTable, type TableColumn } from "../kernel/sorted-table";

/** `id`: the row's own; `of`: what was asked for, and the run or link that came of it. */
type Row = Omit<AuditEntry, "id"> & { id: number; of: string };

const asked = (entry: AuditEntry): string => {
  const words = entry.with === undefined ? "" : JSON.stringify(entry.with);
  return visible(entry.id === undefined ? words : `${words} → ${entry.id}`);
};

const columns: TableColumn<Row>[] = [
  {
    key: "at",
    title: "When",
    track: "160px",
    value: ({ at }) => -Date.parse(at),
    text: ({ at }) => at.slice(0, 19).replace("T", " "),
  },
  { key: "who", title: "Who", track: "148px", value: ({ who }) => who, text: ({ who }) => visible(who) },
  { key: "from", title: "From", track: "100px", value: ({ from }) => from, text: ({ from }) => from },
  { key: "what", title: "What", track: "84px", value: ({ what }) => what, text: ({ what }) => visible(what) },
  { key: "of", title: "With", track: "minmax(160px, 2fr)", value: ({ of }) => of, text: ({ of }) => of },
  {
    key: "outcome",
    title: "Outcome",
    track: "minmax(120px, 1fr)",
    value: ({ outcome }) => outcome,
    text: ({ outcome, more }) =>
      more ? `${visible(outcome)} (and ${more} refusals before)` : visible(outcome),
    look: ({ outcome }) => (outcome === "ok" ? "text-dim" : "text-warn"),
  },
];

export function AuditLog({ entries }: { entries: readonly AuditEntry[] }) {
  const [selected, setSelected] = useState<number>();
  const rows = useMemo(
    () => entries.map((entry, i): Row => ({ ...entry, id: entries.length - i, of: asked(entry) })),
    [entries],
  );
  const chosen = rows.find(({ id }) => id === selected);
  return (
    <>
      <SortedTable
        label="Audit log"
        rows={rows}
        columns={columns}
        sort="-at"
        selected={selected}
        onSelect={setSelected}
      />
      {chosen && (
        <pre className="figures max-h-40 shrink-0 overflow-auto border-line border-t bg-panel px-4 py-2 whitespace-pre-wrap select-text wrap-anywhere">
          {chosen.of}
          {"\n"}
          {chosen.outcome}
        </pre>
      )}
    </>
  );
}
