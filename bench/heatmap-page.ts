/** Runs in the page: the panel's own store and drawing, one new column an update. */
import { contextOf } from "../components/canvas";
import { type Cells, cellsOf } from "../components/draw/heat";
import type { Plot } from "../components/draw/heatmap";
import { drawLines, LineLayer } from "../components/draw/lines";
import { readPalette } from "../components/draw/palette";
import { Raster } from "../components/draw/raster";
import { HeatStore } from "../components/panels/histogram-store";
import type { Batch } from "../components/table";

const COLUMNS = 600;
const ROWS = 64;
/** About a panel's. */
const [WIDTH, HEIGHT] = [1100, 360];
/** Slots of 16 µs to 4 ms. */
const LO = 96;

/** A second with a count in each of the slots. */
function batch(second: number): Batch {
  const slots = Uint32Array.from({ length: ROWS }, (_, row) => LO + row);
  const counts = BigUint64Array.from(slots, () => BigInt(Math.ceil(Math.random() ** 8 * 5000)));
  return {
    first: second * ROWS,
    position: second * ROWS,
    at: (second + 1) * 1000,
    bytes: 0,
    rows: ROWS,
    columns: [
      { kind: "numbers", values: slots },
      { kind: "numbers", values: counts },
    ],
  };
}

/** One update a frame: milliseconds of the page's thread that each takes, and from frame to frame. */
export async function updates(count: number): Promise<{ update: number[]; frame: number[] }> {
  let second = 0;
  const store = new HeatStore({ slot: 0, count: 1, dimensions: [] }, undefined, []);
  while (second < COLUMNS) store.take([batch(second++)]);

  const canvas = document.body.appendChild(document.createElement("canvas"));
  canvas.style.cssText = `position:fixed;left:0;top:0;width:${WIDTH}px;height:${HEIGHT}px`;
  const palette = readPalette(getComputedStyle(document.body), true);
  const raster = new Raster();
  const layer = new LineLayer();
  let before: Cells | undefined;
  const draw = (news: Batch) => {
    store.take([news]);
    const range = { begin: store.end - COLUMNS, end: store.end, lo: LO, hi: LO + ROWS };
    const cells = cellsOf(store, store.total, range, { of: "second", by: 1 }, 1, [0.5, 0.99], before);
    before = cells;
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
    // As in the panel, where the colours stay while the highest count wanders.
    const peak = 2 ** Math.ceil(Math.log2(cells.peak));
    raster.draw(context, cells, plot, { scale: palette.scales.viridis, linear: false, peak }, 1);
    const [p50, p99] = cells.lines as [Float64Array, Float64Array];
    const lines = [
      { positions: p50, colour: palette.text, dashed: false },
      { positions: p99, colour: palette.accent, dashed: false },
    ];
    drawLines(context, cells, plot, lines, palette.halo, 1, layer);
  };
  const update: number[] = [];
  const frame: number[] = [];
  let last = await nextFrame();
  for (let i = 0; i < count; i++) {
    const news = batch(second++);
    const start = performance.now();
    draw(news);
    update.push(performance.now() - start);
    const now = await nextFrame();
    frame.push(now - last);
    last = now;
  }
  canvas.remove();
  return { update, frame };
}

const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
