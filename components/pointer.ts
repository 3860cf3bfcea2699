/** Dragging, the same for everything that can be dragged on the board. */
import type { PointerEvent as ReactPointerEvent } from "react";

export interface Drag {
  /** Called when the pointer has first moved by more than a hand's tremble. */
  onStart?(): void;
  /** Pixels since the press, and where the pointer is. */
  onMove(dx: number, dy: number, at: { clientX: number; clientY: number }): void;
  /** `kept`: let go; otherwise given up, by Escape or by the browser. Not called for a press without a drag. */
  onEnd(kept: boolean): void;
}

const tremble = 4;

/** Follows the pointer from a press until it is let go; Escape gives up. */
export function followPointer(press: ReactPointerEvent, { onStart, onMove, onEnd }: Drag) {
  if (press.button !== 0) return;
  const { clientX, clientY, pointerId } = press;
  const listening = new AbortController();
  let started = false;
  const move = (event: PointerEvent) => {
    if (event.pointerId !== pointerId) return;
    const [dx, dy] = [event.clientX - clientX, event.clientY - clientY];
    if (!started && Math.hypot(dx, dy) <= tremble) return;
    if (!started) onStart?.();
    started = true;
    onMove(dx, dy, event);
  };
  const end = (kept: boolean) => {
    listening.abort();
    if (started) onEnd(kept);
  };
  const { signal } = listening;
  addEventListener("pointermove", move, { signal });
  addEventListener("pointerup", () => end(true), { signal });
  addEventListener("pointercancel", () => end(false), { signal });
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      end(false);
    },
    { signal, capture: true },
  );
}
