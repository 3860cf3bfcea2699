/** A panel's place on the grid: its head drags it onto another, its edges resize it, and keys do the same. */
import {
  type KeyboardEvent,
  type ReactNode,
  type PointerEvent as ReactPointerEvent,
  useRef,
  useState,
} from "react";
import {
  type BoardPanel,
  closePanel,
  enlarge,
  exchange,
  goToPanel,
  setSizes,
  showSizes,
  useBoard,
} from "./board-store";
import { type Axis, type Direction, GRID, grow, moveEdge, neighbour, type Place, resize } from "./layout";
import { followPointer } from "./pointer";

/** Between panels, and around them. */
export const gutter = 12;
/** Near the board's upper or lower edge a dragged panel scrolls it. */
const scrollZone = 40;

interface SlotProps {
  panel: BoardPanel;
  index: number;
  /** Of all panels; one that is hidden behind another has its place too. */
  places: readonly Place[];
  /** It fills the board: nothing to move or resize. */
  filling: boolean;
  hidden: boolean;
  rowPixels: number;
  children: ReactNode;
}

export function PanelSlot({ panel, index, places, filling, hidden, rowPixels, children }: SlotProps) {
  const slot = useRef<HTMLDivElement>(null);
  const [moving, setMoving] = useState(false);
  const place = places[index];
  if (!place) return null;

  const resizeBy = (
    press: ReactPointerEvent,
    sizes: (columns: number, rows: number) => ReturnType<typeof grow>,
  ) => {
    const { panels } = useBoard.getState();
    const columnPixels = ((slot.current?.parentElement?.clientWidth ?? 0) - gutter) / GRID;
    const lines = (dx: number, dy: number) =>
      sizes(Math.round(dx / columnPixels), Math.round(dy / rowPixels));
    let latest = lines(0, 0);
    press.preventDefault();
    followPointer(press, {
      onMove(dx, dy) {
        const next = lines(dx, dy);
        if (JSON.stringify(next) !== JSON.stringify(latest)) showSizes(next);
        latest = next;
      },
      onEnd(kept) {
        useBoard.setState({ panels });
        if (kept) setSizes(latest);
      },
    });
  };
  const edge = (axis: Axis) => (press: ReactPointerEvent) =>
    resizeBy(press, (columns, rows) => moveEdge(places, index, axis, axis === "x" ? columns : rows));
  const corner = (press: ReactPointerEvent) =>
    resizeBy(press, (columns, rows) => resize(places, index, { w: place.w + columns, h: place.h + rows }));

  const dragHead = (press: ReactPointerEvent) => {
    const { target } = press;
    const onHead =
      target instanceof Element && target.closest("header") && !target.closest("button, a, input, [popover]");
    if (!onHead || filling || places.length < 2) return;
    const element = slot.current;
    const board = element?.parentElement;
    if (!element || !board) return;
    let over: HTMLElement | undefined;
    const mark = (next: HTMLElement | undefined) => {
      over?.removeAttribute("data-over");
      next?.setAttribute("data-over", "");
      over = next;
    };
    const scrolled = board.scrollTop;
    followPointer(press, {
      onStart: () => setMoving(true),
      onMove(dx, dy, { clientX, clientY }) {
        const { top, bottom } = board.getBoundingClientRect();
        if (clientY < top + scrollZone) board.scrollBy(0, -scrollZone / 4);
        if (clientY > bottom - scrollZone) board.scrollBy(0, scrollZone / 4);
        element.style.transform = `translate(${dx}px, ${dy + board.scrollTop - scrolled}px)`;
        const under = document
          .elementsFromPoint(clientX, clientY)
          .map((e) => e.closest<HTMLElement>("[data-slot]"));
        mark(under.find((other) => other !== null && other !== element) ?? undefined);
      },
      onEnd(kept) {
        const onto = over?.dataset.slot;
        mark(undefined);
        element.style.transform = "";
        setMoving(false);
        if (!kept || onto === undefined) return;
        exchange(index, Number(onto));
        goToPanel(panel.id);
      },
    });
  };

  /** The panel itself has the focus, not something in it. */
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLElement) || !event.target.matches("[data-panel]")) return;
    const direction = directions[event.key];
    const { ctrlKey, metaKey, altKey, shiftKey } = event;
    if (ctrlKey || metaKey) return;
    if (event.key === "Enter") enlarge(filling ? undefined : panel.id);
    else if (event.key === "Delete") {
      const next = useBoard.getState().panels[index + 1] ?? useBoard.getState().panels[index - 1];
      closePanel(panel.id);
      if (next) goToPanel(next.id);
    } else if (direction && !filling) {
      const other = neighbour(places, index, direction);
      if (altKey) setSizes(grow(places, index, axisOf(direction), signOf(direction)), true);
      else if (shiftKey && other >= 0) {
        exchange(index, other);
        goToPanel(panel.id);
      } else if (!shiftKey && other >= 0) goToPanel(useBoard.getState().panels[other]?.id ?? panel.id);
    } else return;
    event.preventDefault();
  };

  const { x, y, w, h } = filling ? { x: 0, y: 0, w: GRID, h: GRID } : place;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what has the focus, and takes the keys, is the panel in it
    <div
      ref={slot}
      data-slot={index}
      hidden={hidden}
      className={`group/slot relative min-h-0 min-w-0 ${moving ? "pointer-events-none z-20 opacity-80" : ""}`}
      style={{ gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}` }}
      onPointerDown={dragHead}
      onDoubleClick={({ target }) => {
        const onHead = target instanceof Element && target.closest("header") && !target.closest("button");
        if (onHead) enlarge(filling ? undefined : panel.id);
      }}
      onKeyDown={onKeyDown}
    >
      {children}
      {!filling && (
        <>
          {x + w < GRID && (
            <div
              className={`${handle} inset-y-2 left-full w-3 cursor-col-resize before:left-[5px] before:h-full before:w-0.5`}
              onPointerDown={edge("x")}
            />
          )}
          <div
            className={`${handle} inset-x-2 top-full h-3 cursor-row-resize before:top-[5px] before:h-0.5 before:w-full`}
            onPointerDown={edge("y")}
          />
          <div
            className="-right-1.5 -bottom-1.5 absolute z-10 size-4 cursor-nwse-resize touch-none"
            onPointerDown={corner}
          />
        </>
      )}
      <p className="pointer-events-none absolute inset-0 hidden place-content-center rounded-lg border-2 border-accent bg-bg/70 group-data-over/slot:grid">
        Exchange places
      </p>
    </div>
  );
}

const handle =
  "absolute touch-none before:absolute before:rounded-full before:bg-faint before:opacity-0 hover:before:opacity-100 active:before:opacity-100";

const directions: Record<string, Direction> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};
const axisOf = (direction: Direction): Axis => (direction === "left" || direction === "right" ? "x" : "y");
const signOf = (direction: Direction) => (direction === "left" || direction === "up" ? -1 : 1);
