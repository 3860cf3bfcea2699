import { useCallback, useRef, useSyncExternalStore } from "react";
import { cancelFrame, onNextFrame } from "./frame";

interface Versioned {
  readonly version: number;
  subscribe(listener: () => void): () => void;
}

/**
 * Renders again when `source` changes, in an animation frame: at once for the first change, then at most every
 * `interval` ms. For canvases prefer `source.subscribe` in an effect and draw without React.
 */
export function useVersion(source: Versioned, interval = 0): number {
  const shown = useRef({ source, version: source.version, at: 0 });
  if (shown.current.source !== source) shown.current = { source, version: source.version, at: 0 };
  const subscribe = useCallback(
    (render: () => void) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const show = () => {
        timer = undefined;
        shown.current = { source, version: source.version, at: performance.now() };
        render();
      };
      const changed = () => {
        if (timer !== undefined) return;
        const wait = interval - (performance.now() - shown.current.at);
        if (wait <= 0) onNextFrame(show);
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
    [source, interval],
  );
  return useSyncExternalStore(
    subscribe,
    () => shown.current.version,
    () => 0,
  );
}
