/** Every field of one row, uncut, beside the table or below it; a field is one press from a filter. */
import { useEffect } from "react";
import { GlyphButton } from "../controls";
import { rowsAs } from "../exports/rows";
import { exactTerm } from "../filter/write";
import type { Context } from "../format";
import type { Table } from "../table";
import type { ShownColumn } from "./columns";
import { CopyButtons } from "./copy-buttons";
import { cellColour } from "./event-rows";
import { placeAt, textsOf } from "./row-texts";

interface RowDrawerProps {
  table: Table;
  columns: readonly ShownColumn[];
  position: number;
  context: Context;
  onFilter(term: string): void;
  onClose(): void;
}

export function RowDrawer({ table, columns, position, context, onFilter, onClose }: RowDrawerProps) {
  const place = placeAt(table, position);
  const gone = place === undefined;
  useEffect(() => {
    if (gone) onClose();
  });
  if (!place) return null;
  const texts = textsOf(place.batch, place.row, columns, context);
  return (
    <section
      aria-label="The chosen row"
      className="flex max-h-[45%] shrink-0 flex-col border-line border-t bg-raised"
    >
      <div className="flex h-7 shrink-0 items-center gap-3 pr-1 pl-3 text-[11.5px] text-dim">
        <span>Chosen row</span>
        <span className="flex-1" />
        <CopyButtons rows={1} text={(format) => rowsAs(format, [place], columns, context)} />
        <GlyphButton glyph="close" label="Close (Esc)" onClick={onClose} />
      </div>
      <dl className="figures grid min-h-0 grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5 overflow-y-auto px-3 pb-2">
        {columns.map((shown, i) => {
          const { column, index } = shown;
          const values = place.batch.columns[index];
          return (
            <div key={column.name} className="contents">
              <dt className="text-dim" title={column.help}>
                {column.title}
              </dt>
              <dd className={`group/field flex min-w-0 gap-2 ${cellColour(shown, place.batch, place.row)}`}>
                <span className="min-w-0 break-all select-text whitespace-pre-wrap">{texts[i] || "–"}</span>
                {values && (
                  <button
                    type="button"
                    title={`Only rows with this ${column.title}`}
                    aria-label={`Only rows with this ${column.title}`}
                    className="shrink-0 self-start font-sans text-[11.5px] text-faint opacity-0 hover:text-text focus-visible:opacity-100 group-hover/field:opacity-100"
                    onClick={() => onFilter(exactTerm(column, values, place.row, context))}
                  >
                    filter
                  </button>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
