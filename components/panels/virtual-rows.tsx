/**
 * A table of which only the visible rows are in the document. Rows have positions that never change, from `first`
 * (older ones were dropped) to `end`; the view stands at a position or follows the end.
 */
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";
import { type HeadCell, HeadText } from "./head-text";

export const rowHeight = 22;
/** Browsers place nothing beyond 17.9 (Firefox) to 33.5 (Chromium) million pixels; above this the scrollbar is scaled. */
const tallest = 8_000_000;

export interface VirtualRowsProps {
  label: string;
  first: number;
  end: number;
  follow: boolean;
  onFollow(follow: boolean): void;
  selected?: number | undefined;
  onSelect(position: number | undefined): void;
  /** A press, or Enter on the chosen row; without it a press chooses. */
  onOpen?: ((position: number) => void) | undefined;
  /** The row that the pointer is on. */
  onPoint?: ((position: number | undefined) => void) | undefined;
  /** The rows from one position up to another, for a table of so many pixels. */
  view(from: number, to: number, width: number): { head: HeadCell[]; rows: ReactNode[][] };
}

/** A cell that is pointed at says its whole text; keeping titles up to date for all would cost more than the rows. */
function showWhole({ target }: { target: EventTarget }) {
  const cell = target instanceof Element ? target.closest<HTMLElement>("[role=gridcell]") : null;
  if (cell) cell.title = cell.dataset.whole ?? cell.textContent;
}

export function VirtualRows(props: VirtualRowsProps) {
  const { label, first, end, follow, onFollow, selected, onSelect } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [{ width, height }, setSize] = useState({ width: 0, height: 0 });
  const [stand, setStand] = useState(first);
  /** Where this component itself has put the scrollbar, to tell its events from the user's. */
  const placed = useRef(0);

  const room = Math.max(1, height - rowHeight);
  const content = (end - first) * rowHeight;
  const spacer = Math.min(content, tallest);
  const scale = spacer > room ? (content - room) / (spacer - room) : 1;
  const lowest = Math.max(first, end - room / rowHeight);
  const top = follow ? lowest : Math.min(Math.max(stand, first), lowest);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    // It tells the first size in the same frame, when the layout is done: asking for it here would lay out twice. Rendered
    // there and then, the first rows are painted in that frame too.
    const observer = new ResizeObserver(() =>
      flushSync(() => setSize({ width: element.clientWidth, height: element.clientHeight })),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const wanted = ((top - first) * rowHeight) / scale;
    // Asked only when it is to move, and its height is known: that makes the browser lay out at once.
    if (height === 0 || Math.abs(placed.current - wanted) <= 1) return;
    element.scrollTop = wanted;
    placed.current = element.scrollTop;
  });

  const moveTo = (position: number) => {
    const atEnd = position >= lowest - 0.05;
    if (atEnd !== follow) onFollow(atEnd);
    setStand(Math.min(Math.max(position, first), lowest));
  };
  const move = useRef(moveTo);
  move.current = moveTo;
  const here = useRef({ top, scaled: false });
  here.current = { top, scaled: scale > 1 };

  // React's own wheel handler cannot prevent the default: a scaled scrollbar would leap over rows.
  useEffect(() => {
    const element = scroller.current;
    const onWheel = (event: WheelEvent) => {
      if (!here.current.scaled || event.deltaY === 0 || event.shiftKey) return;
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? rowHeight : 1;
      move.current(here.current.top + (event.deltaY * unit) / rowHeight);
    };
    element?.addEventListener("wheel", onWheel, { passive: false });
    return () => element?.removeEventListener("wheel", onWheel);
  }, []);

  const onScroll = () => {
    const element = scroller.current;
    if (!element || Math.abs(element.scrollTop - placed.current) <= 1) return;
    placed.current = element.scrollTop;
    moveTo(first + (element.scrollTop * scale) / rowHeight);
  };

  const select = (position: number) => {
    const chosen = Math.min(Math.max(position, first), end - 1);
    onSelect(chosen);
    const rows = Math.floor(room / rowHeight);
    if (chosen < top) moveTo(chosen);
    else if (chosen > top + rows - 1) moveTo(chosen - rows + 1);
    else if (follow) moveTo(Math.min(top, lowest - 0.1));
  };

  const onPointer = ({ target }: { target: EventTarget }) => {
    showWhole({ target });
    const row = target instanceof Element ? target.closest("[aria-rowindex]")?.ariaRowIndex : undefined;
    props.onPoint?.(row ? first + Number(row) - 2 : undefined);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current) return;
    const page = Math.max(1, Math.floor(room / rowHeight) - 1);
    const shownEnd = Math.min(end, Math.floor(top + room / rowHeight)) - 1;
    const actions: Record<string, () => void> = {
      ArrowDown: () => select(selected === undefined ? Math.ceil(top) : selected + 1),
      ArrowUp: () => select(selected === undefined ? shownEnd : selected - 1),
      PageDown: () => moveTo(top + page),
      PageUp: () => moveTo(top - page),
      Home: () => moveTo(first),
      End: () => moveTo(lowest),
    };
    if (event.key === "Enter" && selected !== undefined && props.onOpen) props.onOpen(selected);
    else if (event.key === "Escape" && selected !== undefined) onSelect(undefined);
    else if (actions[event.key]) actions[event.key]?.();
    else return;
    event.preventDefault();
  };

  const from = Math.floor(top);
  const to = Math.min(end, Math.ceil(top + room / rowHeight) + 1);
  const { head, rows } = props.view(from, to, width);
  const keyBase = useKeyBase(from, to);
  const tracks = head.map((cell) => cell.track).join(" ");
  // A chosen row that is out of sight is not in the document.
  const active =
    selected !== undefined && selected >= from && selected < to ? `${id}-${selected}` : undefined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold a part of a million rows
    // biome-ignore lint/a11y/useKeyWithMouseEvents: with keys, the chosen row is shown whole below
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={end - first + 1}
      aria-colcount={head.length}
      aria-activedescendant={active}
      tabIndex={0}
      className="figures min-h-0 flex-1 overflow-auto [overflow-anchor:none] focus-visible:-outline-offset-2"
      onScroll={onScroll}
      onMouseOver={onPointer}
      onMouseLeave={() => props.onPoint?.(undefined)}
      onKeyDown={onKeyDown}
    >
      <div className="min-w-min" style={{ height: spacer + rowHeight }}>
        <div
          className="sticky top-0 overflow-hidden contain-content"
          style={
            { height: height || undefined, "--tracks": tracks, "--row": `${rowHeight}px` } as CSSProperties
          }
        >
          {/* biome-ignore lint/a11y/useSemanticElements: as above */}
          {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
          <div
            role="row"
            className="relative z-10 grid grid-cols-(--tracks) items-center border-line border-b bg-panel px-1 text-[11.5px] text-dim"
            style={{ height: rowHeight }}
          >
            {head.map((cell) => (
              <HeadText key={cell.key} cell={cell} />
            ))}
          </div>
          <div style={{ transform: `translateY(${(from - top) * rowHeight}px)` }}>
            {rows.map((cells, index) => {
              const position = from + index;
              return (
                // biome-ignore lint/a11y/useSemanticElements: as above
                // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys
                // biome-ignore lint/a11y/useFocusableInteractive: as above
                <div
                  key={position - keyBase}
                  id={`${id}-${position}`}
                  role="row"
                  aria-rowindex={position - first + 2}
                  aria-selected={position === selected}
                  className="grid h-(--row) grid-cols-(--tracks) items-center px-1 contain-strict hover:bg-raised aria-selected:bg-raised aria-selected:shadow-[inset_2px_0_0_var(--accent)]"
                  onClick={() => {
                    if (props.onOpen) props.onOpen(position);
                    else if (position === selected) onSelect(undefined);
                    else select(position);
                  }}
                >
                  {cells}
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}

/**
 * A row's element has its position less this as its key. As long as some rows stay in sight, theirs stay as they are, and
 * only those that came are written; where all are others, as while the table follows a storm, elements stay and only their
 * text changes.
 */
function useKeyBase(from: number, to: number): number {
  const before = useRef({ from, to, base: 0 });
  const { current } = before;
  const apart = from >= current.to || to <= current.from;
  const base = apart ? current.base + from - current.from : current.base;
  useLayoutEffect(() => {
    before.current = { from, to, base };
  });
  return base;
}
