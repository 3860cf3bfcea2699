/** The wheel over a heatmap, which zooms its time or moves it, and must not scroll the board as well. */
import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";

/** A turn of a wheel is about 100 pixels: a fifth nearer. */
const ZOOM = 1.002;
const LINE_PIXELS = 33;
/** A wheel that is scrolling the board goes on scrolling it when a heatmap comes under the pointer. */
const SCROLL_PAUSE = 350;

/** `x`: pixels from the element's left; zooming by `factor` there, or moving by so many pixels. */
export type Turn = { x: number; factor: number } | { pixels: number };

/** True when the turn was taken. */
export function useWheel(field: RefObject<HTMLElement | null>, onTurn: (turn: Turn) => boolean) {
  const latest = useRef(onTurn);
  useLayoutEffect(() => {
    latest.current = onTurn;
  });
  // React listens to wheels passively and so could not keep the board from scrolling.
  useEffect(() => {
    const element = field.current;
    if (!element) return;
    let scrolledAt = Number.NEGATIVE_INFINITY;
    const onScroll = () => {
      scrolledAt = performance.now();
    };
    const onWheel = (event: WheelEvent) => {
      if (performance.now() - scrolledAt < SCROLL_PAUSE) return;
      if (latest.current(turnOf(event, element))) event.preventDefault();
    };
    const board = element.closest("main");
    board?.addEventListener("scroll", onScroll, { passive: true });
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      board?.removeEventListener("scroll", onScroll);
      element.removeEventListener("wheel", onWheel);
    };
  }, [field]);
}

function turnOf(event: WheelEvent, element: HTMLElement): Turn {
  const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PIXELS;
  // Browsers differ in whether Shift turns the axes itself.
  if (event.shiftKey) return { pixels: (event.deltaX || event.deltaY) * unit };
  if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) return { pixels: event.deltaX * unit };
  return { x: event.clientX - element.getBoundingClientRect().left, factor: ZOOM ** (event.deltaY * unit) };
}
