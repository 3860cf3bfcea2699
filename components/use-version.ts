import { useCallback, useRef, useSyncExternalStore } from "react";
import { cancelFrame, onNextFrame, onThisFrame } from "./frame";

interface Versioned {
  readonly version: number;
  subscribe(listener: () => void): () => void;
}

/**
 * Renders again when `source` changes: at once for the first change, then in an animation frame, at most every
 * `interval` ms. `together`: at moments that all who ask for this interval share, as a browser pays for each frame in
 * which a canvas changes, and for all canvases. For canvases prefer `source.subscribe` in an effect and draw without React.
 */
export function useVersion(source: Versioned, interval = 0, together = false): number {
  const shown = useRef({ source, version: source.version, at: 0 });
  if (shown.current.source !== source) shown.current = { source, version: source.version, at: 0 };
  const subscribe = useCallback(
    (render: () => void) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const show = () => {
        timer = undefined;
        const now = { source, version: source.version, at: performance.now() };
        shown.current = now;
        render();
        // Counted from when that is drawn: where drawing takes long, the rest of the page has its turns all the same.
        setTimeout(() => {
          now.at = performance.now();
        });
      };
      const changed = () => {
        if (timer !== undefined) return;
        const now = performance.now();
        const wait = together ? interval - (now % interval) : interval - (now - shown.current.at);
        if (shown.current.at === 0) show();
        else if (wait <= 0) onThisFrame(show);
        else timer = setTimeout(() => onNextFrame(show), wait);
      };
      const unsubscribe = source.subscribe(changed);
      // What came between rendering and subscribing.
      if (source.version !== shown.current.version) changed();
      return () => {
        unsubscribe();
        clearTimeout(timer);
        cancelFrame(show);
      };
    },
    [source, interval, together],
  );
  return useSyncExternalStore(
    subscribe,
    () => shown.current.version,
    () => 0,
  );
}
