/** A column's head: its name, by which the table is sorted, and its edge, by which it is widened. */
import { type KeyboardEvent, useRef } from "react";

const leastWidth = 40;

export interface HeadCell {
  key: string;
  title: string;
  help?: string | undefined;
  right: boolean;
  /** A CSS grid track. */
  track: string;
  sorted?: "ascending" | "descending" | undefined;
  onSort?: (() => void) | undefined;
  /** Dragging its edge; `done` at the end. Undefined: the usual width again. */
  onWidth?: ((width: number | undefined, done: boolean) => void) | undefined;
  /** Another column's head was dropped on it, or it moves by itself with Alt and an arrow. */
  onPlace?: ((key: string, before: string | -1 | 1) => void) | undefined;
}

export function HeadText({ cell }: { cell: HeadCell }) {
  const { key, onSort, onWidth, onPlace } = cell;
  const arrow = cell.sorted === undefined ? "" : cell.sorted === "ascending" ? " ↑" : " ↓";
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!event.altKey || !by) return;
    event.preventDefault();
    event.stopPropagation();
    onPlace?.(key, by === 1 ? 1 : -1);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold a part of a million rows
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus, and the button inside
    <span
      role="columnheader"
      aria-sort={cell.sorted}
      title={cell.help}
      className={`relative truncate px-2 ${cell.right ? "text-right" : ""} ${cell.sorted ? "text-text" : ""}`}
      draggable={onPlace !== undefined}
      onDragStart={(event) => event.dataTransfer.setData("text/x-column", key)}
      onDragOver={(event) => onPlace && event.preventDefault()}
      onDrop={(event) => {
        const dropped = event.dataTransfer.getData("text/x-column");
        if (dropped) onPlace?.(dropped, key);
      }}
    >
      {onSort ? (
        <button
          type="button"
          className="max-w-full truncate hover:text-text"
          onClick={onSort}
          onKeyDown={onKeyDown}
        >
          {cell.title}
          {arrow}
        </button>
      ) : (
        cell.title
      )}
      {onWidth && <WidthHandle title={cell.title} onWidth={onWidth} />}
    </span>
  );
}

function WidthHandle({ title, onWidth }: { title: string; onWidth: NonNullable<HeadCell["onWidth"]> }) {
  const from = useRef<{ x: number; width: number }>(undefined);
  const widthAt = ({ clientX }: { clientX: number }) =>
    from.current && Math.max(leastWidth, from.current.width + clientX - from.current.x);
  return (
    // With keys, columns are set in the list of columns.
    <span
      aria-hidden="true"
      title={`Drag: width of ${title}; double click: as usual`}
      data-width-of={title}
      draggable
      className="absolute inset-y-0 right-0 w-1.5 cursor-col-resize border-transparent border-r hover:border-faint"
      onDragStart={(event) => {
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={(event) => {
        const width = event.currentTarget.parentElement?.offsetWidth ?? 0;
        from.current = { x: event.clientX, width };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => from.current && onWidth(widthAt(event), false)}
      onPointerUp={(event) => {
        if (from.current && event.clientX !== from.current.x) onWidth(widthAt(event), true);
        from.current = undefined;
      }}
      onDoubleClick={() => onWidth(undefined, true)}
    />
  );
}
