/** What every canvas needs to know of where it stands: its size, the screen's pixels, the theme's colours. */
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { type Palette, readPalette } from "./draw/palette";
import { useTheme } from "./theme";

export interface Surface {
  /** For the element that the canvases fill. */
  ref: (element: HTMLElement | null) => void;
  /** CSS pixels; 0 until it is known. */
  width: number;
  height: number;
  /** Device pixels per CSS pixel. */
  ratio: number;
  palette: Palette | undefined;
}

export function useSurface(): Surface {
  const [element, ref] = useState<HTMLElement | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [fonts, setFonts] = useState(false);
  const theme = useTheme();
  const ratio = useSyncExternalStore(
    subscribeToRatio,
    () => devicePixelRatio,
    () => 1,
  );
  useEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(() =>
      setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  // A canvas does not draw again by itself when the font arrives.
  useEffect(() => {
    void document.fonts.ready.then(() => setFonts(true));
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: fonts is the reason to make it anew
  const palette = useMemo(
    () => (element ? readPalette(getComputedStyle(element), theme === "dark") : undefined),
    [element, theme, fonts],
  );
  return useMemo(() => ({ ref, ...size, ratio, palette }), [size, ratio, palette]);
}

function subscribeToRatio(changed: () => void) {
  let query: MediaQueryList | undefined;
  const watch = () => {
    query?.removeEventListener("change", again);
    query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener("change", again);
  };
  const again = () => {
    watch();
    changed();
  };
  watch();
  return () => query?.removeEventListener("change", again);
}

/** A cleared context in CSS pixels. */
export function contextOf(
  canvas: HTMLCanvasElement | null,
  { width, height, ratio }: Pick<Surface, "width" | "height" | "ratio">,
): CanvasRenderingContext2D | undefined {
  const context = canvas?.getContext("2d");
  if (!canvas || !context || width === 0 || height === 0) return undefined;
  const [deviceWidth, deviceHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  // Setting a size, even the same, throws the canvas's memory away.
  if (canvas.width !== deviceWidth) canvas.width = deviceWidth;
  if (canvas.height !== deviceHeight) canvas.height = deviceHeight;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
