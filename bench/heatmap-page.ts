/** Runs in the page: the panel's own drawing, one new column an update, on arrays as the panel holds them. */
import { contextOf } from "../components/canvas";
import { type Cells, cellsOf, type Timeline } from "../components/draw/heat";
import { drawHeatmap, drawQuantile, type Plot, type Scratch } from "../components/draw/heatmap";
import { readPalette } from "../components/draw/palette";
import { SLOTS } from "../components/draw/slots";

const COLUMNS = 600;
const ROWS = 64;
/** About a panel's. */
const [WIDTH, HEIGHT] = [1100, 360];
/** Slots of 16 µs to 4 ms. */
const LO = 96;

/** One update a frame: milliseconds of the page's thread that each takes, and from frame to frame. */
export async function updates(count: number): Promise<{ update: number[]; frame: number[] }> {
  const capacity = 900;
  const time: Timeline = {
    capacity,
    first: 0,
    end: 0,
    from: new Float64Array(capacity),
    to: new Float64Array(capacity),
    second: new Uint32Array(capacity),
    low: 0,
    slots: SLOTS,
  };
  const counts = new Float64Array(capacity * SLOTS);
  const addColumn = () => {
    const place = time.end % capacity;
    time.from[place] = time.end * 1000;
    time.second[place] = time.end;
    time.to[place] = ++time.end * 1000;
    time.first = Math.max(0, time.end - capacity);
    for (let slot = LO; slot < LO + ROWS; slot++) counts[place * SLOTS + slot] = Math.random() ** 8 * 5000;
  };
  for (let i = 0; i < COLUMNS; i++) addColumn();

  const canvas = document.body.appendChild(document.createElement("canvas"));
  canvas.style.cssText = `position:fixed;left:0;top:0;width:${WIDTH}px;height:${HEIGHT}px`;
  const palette = readPalette(getComputedStyle(document.body), true);
  const scratch: Scratch = { canvas: document.createElement("canvas"), image: undefined };
  const draw = () => {
    const range = { begin: time.end - COLUMNS, end: time.end, lo: LO, hi: LO + ROWS };
    const cells: Cells = cellsOf(time, counts, range, { of: "second", by: 1 }, 1, [0.5, 0.99]);
    const plot: Plot = {
      left: 62,
      top: 4,
      width: WIDTH - 62,
      height: HEIGHT - 26,
      from: range.begin * 1000,
      to: range.end * 1000,
      lo: LO,
      hi: LO + ROWS,
    };
    const context = contextOf(canvas, { width: WIDTH, height: HEIGHT, ratio: 1 });
    if (!context || cells.columns * cells.rows !== COLUMNS * ROWS) throw new Error("nothing to draw");
    const shading = { scale: palette.scales.viridis, linear: false, peak: cells.peak };
    drawHeatmap(context, scratch, cells, plot, shading, 1);
    drawQuantile(context, cells, cells.lines[0] as Float64Array, plot, palette.text, palette.halo);
    drawQuantile(context, cells, cells.lines[1] as Float64Array, plot, palette.accent, palette.halo);
  };
  const update: number[] = [];
  const frame: number[] = [];
  let last = await nextFrame();
  for (let i = 0; i < count; i++) {
    addColumn();
    const start = performance.now();
    draw();
    update.push(performance.now() - start);
    const now = await nextFrame();
    frame.push(now - last);
    last = now;
  }
  return { update, frame };
}

const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
