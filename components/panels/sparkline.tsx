import { useEffect, useRef } from "react";
import { drawSparkline } from "../draw/sparkline";
import { useTheme } from "../theme";

const width = 84;
const height = 16;

export function Sparkline({ values, label }: { values: Float64Array; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colour that is read
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    const ratio = devicePixelRatio;
    if (element.width !== width * ratio) {
      element.width = width * ratio;
      element.height = height * ratio;
    }
    const colour = getComputedStyle(element).color;
    drawSparkline(context, values, Math.max(...values), element.width, element.height, colour);
  }, [values, theme]);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      className="block text-faint"
      style={{ width, height }}
    />
  );
}
