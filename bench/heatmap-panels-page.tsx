/** Runs in the page: the real histogram panel, ten at a time, fed as the socket feeds them; and a heatmap of recharts' cells. */
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { Rectangle, Scatter, ScatterChart, type ScatterShapeProps, XAxis, YAxis } from "recharts";
import { Histogram } from "../components/panels/histogram";
import type { PanelProps } from "../components/panels/panel";
import { TableStore } from "../components/table";
import type { Column } from "../server/protocol";

const COLUMNS = 900;
const ROWS = 128;
/** Slots of 1 µs to 65 ms. */
const LO = 64;
/** So that a cell has its own pixels: 900 columns and 128 rows of three, and what stands around them. */
const [WIDTH, HEIGHT] = [1110, 500];

const column = (name: string, meaning: string, type: Column["type"], key: boolean): Column => ({
  name,
  meaning,
  type,
  key,
  size: type === "u64" ? 8 : 4,
  title: name,
  place: 0,
});
const schema = [column("slot", "slot_nsec", "u32", true), column("count", "count_n", "u64", false)];

/** One batch: a count in each of the slots, as the server would send it. */
function batch(): ArrayBuffer {
  const data = new ArrayBuffer(8 + 4 * ROWS + 8 * ROWS);
  new Uint32Array(data, 0, 1)[0] = ROWS;
  const slots = new Uint32Array(data, 8, ROWS);
  const counts = new BigUint64Array(data, 8 + 4 * ROWS, ROWS);
  for (let row = 0; row < ROWS; row++) {
    slots[row] = LO + row;
    counts[row] = BigInt(Math.ceil(Math.random() ** 8 * 5000));
  }
  return data;
}

interface Panel {
  table: TableStore;
  feed(): void;
  render(): void;
}

function openPanel(place: HTMLElement): Panel {
  const element = place.appendChild(document.createElement("section"));
  element.className = "@container";
  element.style.cssText = `width:${WIDTH}px;height:${HEIGHT}px;display:flex;flex-direction:column;background:var(--panel)`;
  const table = new TableStore(schema);
  let second = 0;
  const feed = () => {
    const data = batch();
    table.append([[second * ROWS, ++second * 1000, data.byteLength]], data);
  };
  for (let i = 0; i < COLUMNS; i++) feed();
  const root = createRoot(element);
  const known = { tool: { name: "biolatency" }, stacks: { frames: [], stacks: new Map() } };
  const host = { bootedAt: 0, errnos: {}, syscalls: {} };
  const onView = () => {};
  const render = () => {
    // A new run each second, as the server tells its figures; all else is the same as on a board.
    const run = { id: 1, startedAt: 0 };
    const props = { ...known, run, table, host, paused: false, view: "last:900", onView };
    root.render(<Histogram {...(props as unknown as PanelProps)} />);
  };
  render();
  return { table, feed, render };
}

let panels: Panel[] = [];

/** Opens so many and feeds each once a second from then on. Resolves when all are drawn. */
export async function open(count: number): Promise<number> {
  const place = document.body.appendChild(document.createElement("div"));
  place.style.cssText =
    "position:fixed;inset:0;z-index:9;background:var(--bg);display:grid;grid-template-columns:repeat(2,max-content);gap:8px;align-content:start";
  panels = Array.from({ length: count }, () => openPanel(place));
  while (place.querySelectorAll('[role="application"]').length < count) await sleep(50);
  // Together, as the server reads all runs in one tick (server/runs/clock.ts).
  setInterval(() => {
    for (const { feed, render } of panels) {
      feed();
      render();
    }
  }, 1000);
  await sleep(1500);
  return count;
}

/** Columns that all panels have taken in: a bench whose panels stood still would measure nothing. */
export const taken = (): number => panels.reduce((all, { table }) => all + table.batches.length, 0);

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Cell {
  x: number;
  y: number;
  count: number;
}

/** Milliseconds of the page's thread for each update of a heatmap of so many cells made of recharts' rectangles. */
export function recharts(columns: number, rows: number, updates: number): number[] {
  const element = document.body.appendChild(document.createElement("div"));
  const root = createRoot(element);
  const cell = ({ cx, cy, payload }: ScatterShapeProps) => (
    <Rectangle
      x={cx ?? 0}
      y={cy ?? 0}
      width={2}
      height={5}
      fill={`hsl(${(payload as Cell).count % 360} 60% 50%)`}
    />
  );
  const times: number[] = [];
  for (let update = 0; update <= updates; update++) {
    const cells: Cell[] = Array.from({ length: columns * rows }, (_, i) => ({
      x: Math.floor(i / rows) + update,
      y: i % rows,
      count: Math.ceil(Math.random() ** 8 * 5000),
    }));
    const start = performance.now();
    flushSync(() =>
      root.render(
        <ScatterChart width={1100} height={360}>
          <XAxis type="number" dataKey="x" domain={["dataMin", "dataMax"]} />
          <YAxis type="number" dataKey="y" />
          <Scatter data={cells} shape={cell} isAnimationActive={false} />
        </ScatterChart>,
      ),
    );
    // The first one is not an update.
    if (update > 0) times.push(performance.now() - start);
  }
  root.unmount();
  element.remove();
  return times;
}
