import { useEffect, useRef, useSyncExternalStore } from "react";
import { onNextFrame } from "./frame";

interface Versioned {
  readonly version: number;
  subscribe(listener: () => void): () => void;
}

/**
 * Renders again when `source` changes: at once for the first change, then at most every `interval` ms.
 * For canvases prefer `source.subscribe` in an effect and draw without React.
 */
export function useVersion(source: Versioned, interval = 0): number {
  const shown = useRef({ source, version: source.version, at: 0 });
  if (shown.current.source !== source) shown.current = { source, version: source.version, at: 0 };
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useSyncExternalStore(
    (render) =>
      source.subscribe(() => {
        const show = () => {
          timer.current = undefined;
          shown.current = { source, version: source.version, at: performance.now() };
          render();
        };
        if (timer.current !== undefined) return;
        const wait = interval - (performance.now() - shown.current.at);
        if (wait <= 0) show();
        else timer.current = setTimeout(() => onNextFrame(show), wait);
      }),
    () => shown.current.version,
    () => 0,
  );
}
