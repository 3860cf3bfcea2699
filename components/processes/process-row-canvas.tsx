/** The minute behind a row of the process table, drawn below its numbers. */
import { useEffect, useMemo, useRef } from "react";
import { contextOf } from "../canvas";
import { drawProcessRow, type Plotted } from "../draw/process-row";
import { rowHeight } from "../panels/virtual-rows";
import { useTheme } from "../theme";
import type { ProcessColumn } from "./process-columns";
import { minute } from "./process-past";
import type { ProcessStore } from "./process-store";

type Colours = Parameters<typeof drawProcessRow>[3];

/** Read once for each theme rather than for each row. */
export function useColours(): Colours {
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme decides what is read
  return useMemo(() => {
    if (typeof document === "undefined") return { area: "", bar: "" };
    const style = getComputedStyle(document.documentElement);
    return { area: style.getPropertyValue("--spark"), bar: style.getPropertyValue("--accent") };
  }, [theme]);
}

interface RowCanvasProps {
  store: ProcessStore;
  /** Why a column has no numbers, by its name. */
  without: Readonly<Record<string, string>>;
  colours: Colours;
  slot: number;
  columns: readonly ProcessColumn[];
  batch: number;
}

const paddingOfRow = 4;
const gap = 6;

export function RowCanvas({ store, slot, columns, batch, without, colours }: RowCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: batch stands for what the store holds
  useEffect(() => {
    const context = contextOf(canvas.current, { width, height: rowHeight, ratio: devicePixelRatio });
    if (!context) return;
    const cells: Plotted[] = [];
    let left = 0;
    for (const { metric, name, width: room, least } of columns) {
      const values = new Float32Array(minute);
      if (metric && !without[name] && store.history(metric, slot, values)) {
        const share = name === "cpu" || name === "wait" ? store.rate(metric, slot) / 1e9 : 0;
        cells.push({ left: left + gap, width: room - 2 * gap, values, least, share });
      }
      left += room;
    }
    drawProcessRow(context, cells, rowHeight, colours);
  }, [store, slot, columns, batch, colours, width, without]);
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas takes no focus
    <canvas
      ref={canvas}
      aria-hidden="true"
      className="pointer-events-none absolute top-0"
      style={{ left: paddingOfRow, width, height: rowHeight }}
    />
  );
}
