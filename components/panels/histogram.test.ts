import { expect, test } from "vitest";
import type { Column } from "../../server/protocol";
import { barsOf, enlargement, lengthsOf } from "../draw/bars";
import { columnAt, columnsBetween, sumColumns } from "../draw/heat";
import { positionAt, timeAt, xOf, yOf } from "../draw/heatmap";
import { quantiles, SLOTS, slotOf, total } from "../draw/slots";
import type { Batch } from "../table";
import { columnStep, histogramModel, readingOf, stepFor } from "./histogram-model";
import { boxBetween, inside, readSpot, step } from "./histogram-spot";
import { HeatStore, histogramColumns } from "./histogram-store";
import { type HistogramView, readHistogramView, USUAL, writeHistogramView } from "./histogram-view";
import { keptTime, moved, secondsShown, windowOf, zoomed } from "./histogram-window";
import { clockRange } from "./histogram-words";

const column = (name: string, meaning: string, type: Column["type"], key: boolean): Column => ({
  name,
  meaning,
  type,
  key,
  size: 4,
  title: name,
  place: 0,
});
const schema = [
  column("disk", "dev_n", "u32", true),
  column("slot", "slot_nsec", "u32", true),
  column("count", "count_n", "u64", false),
];

/** Rows: [disk, slot, count]. */
function batch(at: number, ...rows: [number, number, number | bigint][]): Batch {
  return {
    at,
    first: 0,
    position: 0,
    bytes: 0,
    rows: rows.length,
    columns: [
      { kind: "numbers", values: Uint32Array.from(rows, (r) => r[0]) },
      { kind: "numbers", values: Uint32Array.from(rows, (r) => r[1]) },
      { kind: "numbers", values: BigUint64Array.from(rows, (r) => BigInt(r[2])) },
    ],
  };
}

/** As a server sends them: numbered on, but for what it leaves out. */
function numbered(batches: Batch[], leftOut = new Set<Batch>()): Batch[] {
  let first = 0;
  for (const batch of batches) {
    batch.first = first;
    first += batch.rows;
  }
  return batches.filter((batch) => !leftOut.has(batch));
}

const found = histogramColumns(schema);
if (!found) throw new Error("the schema of this test is a histogram's");
const whole = (store: HeatStore) => ({ begin: store.first, end: store.end, lo: 0, hi: SLOTS });

test("a table without a slot or a count is no histogram", () => {
  expect(found).toEqual({ slot: 1, count: 2, dimensions: [0] });
  expect(histogramColumns(schema.slice(0, 2))).toBeUndefined();
});

test("batches become columns once, however often they are offered", () => {
  const batches = numbered([batch(1000, [1, 50, 3]), batch(2000), batch(3000, [1, 50, 1], [2, 60, 2])]);
  const store = new HeatStore(found, undefined, batches);
  store.take(batches);
  batches.push(batch(4000, [1, 70, 5]));
  store.take(batches);
  store.take(batches.slice(2));
  expect(store.end).toBe(4);
  const sums = sumColumns(store, store.total, whole(store));
  expect([sums[50], sums[60], sums[70], total(sums)]).toEqual([4, 2, 5, 11]);
});

test("a batch of no rows is a watched second, one that was not sent is a gap", () => {
  const unsent = batch(6000, [1, 50, 3]);
  const batches = numbered(
    [batch(1000, [1, 50, 3]), batch(2010), batch(2990), unsent, batch(9000)],
    new Set([unsent]),
  );
  const store = new HeatStore(found, undefined, batches);
  expect(columnAt(store, 1500)).toBe(1);
  expect(columnAt(store, 2500)).toBe(2);
  expect(columnAt(store, 5000)).toBeUndefined();
  expect(columnAt(store, 8500)).toBe(3);
});

test("a late batch holds all since the one before: it is wide, not a gap", () => {
  const batches = numbered([batch(1000, [1, 50, 3]), batch(3700, [1, 50, 9]), batch(4000)]);
  const store = new HeatStore(found, undefined, batches);
  expect([store.from[1], store.to[1]]).toEqual([1000, 3700]);
  expect([store.from[2], store.to[2]]).toEqual([3700, 4000]);
});

test("a clock that stands still or runs back adds no column and breaks no order", () => {
  const store = new HeatStore(found, undefined, [batch(5000, [1, 50, 1])]);
  store.take([batch(5000, [1, 50, 1])]);
  store.take([batch(4000, [1, 50, 1])]);
  expect(store.end).toBe(1);
  store.take([batch(6000, [1, 50, 1])]);
  expect([store.from[1], store.to[1]]).toEqual([5000, 6000]);
});

test("what is older than is kept is forgotten, with what it held", () => {
  const batches = Array.from({ length: 25 }, (_, i) => batch((i + 1) * 1000, [1, i, 1]));
  const store = new HeatStore(found, undefined, batches, 10_000);
  expect([store.first, store.end]).toEqual([15, 25]);
  expect(total(sumColumns(store, store.total, whole(store)))).toBe(10);
  expect(columnsBetween(store, 0, 1e9)).toEqual({ begin: 15, end: 25 });
});

test("the arrays grow with columns and slots, and hold what simple sums hold", () => {
  const batches = Array.from({ length: 3000 }, (_, i) =>
    batch((i + 1) * 100, [i % 3, 40 + ((i * 37) % 300), i], [4, 200, 1]),
  );
  const store = new HeatStore(found, 0, [], 250_000);
  for (let i = 0; i < batches.length; i += 100) store.take(batches.slice(0, i + 100));
  expect([store.first, store.end]).toEqual([500, 3000]);
  const kept = batches.slice(500);
  const slow = new Float64Array(SLOTS);
  for (const { columns } of kept)
    for (let row = 0; row < 2; row++) {
      const [, slots, counts] = columns.map((c) => (c.kind === "numbers" ? Number(c.values[row]) : 0));
      slow[slots ?? 0] = (slow[slots ?? 0] as number) + (counts ?? 0);
    }
  expect([...sumColumns(store, store.total, whole(store))]).toEqual([...slow]);
  const parts = store.series.map((s) => total(sumColumns(store, s.counts, whole(store))));
  expect(parts.reduce((a, b) => a + b)).toBe(total(slow));
});

test("columns of 100 ms belong to seconds, and a column of a second is one, also when timers are late", () => {
  const ends = [100, 200, 301, 400, 500, 602, 700, 800, 900, 1003, 1100, 2104, 3108, 4111, 4200, 4300];
  const store = new HeatStore(found, undefined, numbered(ends.map((at) => batch(at))));
  const seconds = Array.from(store.second.subarray(store.first, store.end));
  expect(seconds).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 5]);
});

test("six values have a series, the rest are others, and nothing is lost between them", () => {
  const rows = Array.from({ length: 10 }, (_, i): [number, number, number] => [i, 50 + i, 100 - i]);
  const store = new HeatStore(found, 0, [batch(1000, ...rows)]);
  expect(store.series.map((s) => s.key)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(store.otherValues).toBe(4);
  const parts = [store.others, ...store.series.map((s) => s.counts)].map((c) => (c ? total(c) : 0));
  expect(parts.reduce((a, b) => a + b)).toBe(total(store.total));
  expect(store.outgrown).toBe(false);
  const grown = [batch(1000, ...rows), batch(2000, [9, 50, 1000])];
  store.take(grown);
  expect(store.outgrown).toBe(true);
  expect(new HeatStore(found, 0, grown).series[0]?.key).toBe(9);
});

test("a count past 2^53 is shown to the nearest double, and hides nothing beside it", () => {
  const store = new HeatStore(found, undefined, [
    batch(1000, [1, 50, 2n ** 60n], [2, 90, 7], [1, 50, 2n ** 60n]),
  ]);
  const sums = sumColumns(store, store.total, whole(store));
  expect([sums[50], sums[90]]).toEqual([2 ** 61, 7]);
  const model = histogramModel(store, [{ name: "", counts: store.total }], view, size, 1);
  expect(slotOf(model?.reading.p99 ?? 0)).toBe(50);
  expect(model?.peak).toBe(2 ** 61);
});

const view = readHistogramView("");
const size = { width: 600, height: 300 };

test("the model shows the slots that are occupied, in whole powers of two", () => {
  const store = new HeatStore(found, undefined, [batch(1000, [1, 101, 90], [1, 170, 10])]);
  const model = histogramModel(store, [{ name: "", counts: store.total }], view, size, 1);
  expect(model?.strips[0]?.plot).toMatchObject({ lo: 96, hi: 176, from: -29_000, to: 1000 });
  expect(model?.reading.all).toBe(100);
  expect(slotOf(model?.reading.p99 ?? 0)).toBe(170);
  expect(model?.peak).toBe(128);
});

test("a young run fills the panel, an old one shows what was asked for", () => {
  expect(secondsShown(1000, 120)).toBe(30);
  expect(secondsShown(30_001, 120)).toBe(60);
  expect(secondsShown(61_000, 120)).toBe(120);
  expect(secondsShown(1e6, 60)).toBe(60);
  expect(secondsShown(200_000, 900)).toBe(300);
});

test("nothing counted yet still has a shape; no column yet has none", () => {
  const empty = new HeatStore(found, undefined, []);
  expect(histogramModel(empty, [], view, size, 1)).toBeUndefined();
  const store = new HeatStore(found, undefined, [batch(1000)]);
  const model = histogramModel(store, [{ name: "", counts: store.total }], view, size, 1);
  expect(model?.reading.all).toBe(0);
  expect(model?.strips[0]?.plot.hi).toBeGreaterThan(model?.strips[0]?.plot.lo ?? 0);
});

test("a selection is the box of time and value, with its share and whom it is mostly", () => {
  const store = new HeatStore(found, 0, [
    batch(1000, [1, 100, 10], [2, 150, 5]),
    batch(2000, [1, 100, 10], [2, 150, 30], [1, 150, 10]),
    batch(3000, [1, 100, 35]),
  ]);
  const box = { from: 1000, to: 3000, lo: 144, hi: 160 };
  const named = store.series.map((s) => ({ name: `disk ${s.key}`, counts: s.counts }));
  const selection = histogramModel(store, named, { ...view, box }, size, 1)?.selection;
  expect(selection?.reading.all).toBe(40);
  expect(selection?.share).toBeCloseTo(0.4);
  expect(selection?.mostly).toEqual({ name: "disk 2", share: 0.75 });
  const gone = { ...box, from: -500_000, to: -400_000 };
  expect(histogramModel(store, named, { ...view, box: gone }, size, 1)?.selection).toBeUndefined();
});

function shown() {
  const unsent = batch(9000, [1, 100, 1]);
  const batches = numbered(
    [
      ...Array.from({ length: 6 }, (_, i) => batch((i + 1) * 1000, [1, 100, 30], [1, 112, 10])),
      unsent,
      ...Array.from({ length: 18 }, (_, i) => batch((i + 13) * 1000, [1, 100, 5])),
    ],
    new Set([unsent]),
  );
  const time = new HeatStore(found as NonNullable<typeof found>, undefined, batches);
  const model = histogramModel(time, [{ name: "", counts: time.total }], view, size, 1);
  if (!model) throw new Error("there are columns");
  const plot = model.strips[0]?.plot;
  if (!plot) throw new Error("there is a strip");
  // 30 s are shown, from 0 to 30,000.
  const spot = (at: number, slot: number) => ({ strip: 0, x: xOf(plot, at), y: yOf(plot, slot) });
  return { model, epoch: 0, noun: "requests", plot, spot };
}

test("a spot reads its cell: when, which values, how many of how many; in a gap that nobody watched", () => {
  const { spot, ...what } = shown();
  const cell = readSpot(what, spot(2500, 100.5));
  expect(cell?.slice(1)).toEqual(["24.6–26.6 µs", "30 requests", "75 % of 40 at that time"]);
  expect(readSpot(what, spot(2500, 104.5))?.[2]).toBe("0 requests");
  expect(readSpot(what, spot(9500, 100.5))?.[1]).toBe("not watched");
});

test("a box takes whole columns and whole cells, whichever way it was drawn", () => {
  const { spot, ...what } = shown();
  const box = { from: 2000, to: 5000, lo: 98, hi: 104 };
  expect(what.model.slotStep).toBe(1);
  expect(boxBetween(what, spot(2300, 98.2), spot(4100, 103.9))).toEqual(box);
  expect(boxBetween(what, spot(4100, 98.2), spot(2300, 103.9))).toEqual(box);
});

test("keys move by one cell and never leave the plot; points outside are moved in", () => {
  const { model, plot, spot } = shown();
  const start = spot(10_500, 100.5);
  const right = step(model, start, "ArrowRight");
  expect(timeAt(plot, right?.x ?? 0)).toBeCloseTo(11_500);
  const up = step(model, start, "ArrowUp");
  expect(positionAt(plot, up?.y ?? 0)).toBeCloseTo(101.5);
  expect(timeAt(plot, step(model, undefined, "ArrowLeft")?.x ?? 0)).toBeCloseTo(29_500);
  for (const key of ["Home", "End", "PageUp", "PageDown"]) {
    const edge = step(model, start, key);
    expect(inside(model.strips, edge?.x ?? 0, edge?.y ?? 0, 0)).toEqual(edge);
  }
  expect(step(model, start, "x")).toBeUndefined();
  expect(inside(model.strips, -50, 5000, undefined)).toMatchObject({ strip: 0, x: plot.left + 0.5 });
});

test("the reading is what quantiles say, and no value is above its max", () => {
  const sums = new Float64Array(SLOTS);
  sums[slotOf(118_000)] = 98;
  sums[slotOf(9_800_000)] = 2;
  const reading = readingOf(sums);
  expect([reading.p50, reading.p90, reading.p99]).toEqual(quantiles(sums, [0.5, 0.9, 0.99]));
  expect(reading.max).toBeGreaterThan(9_800_000);
});

test("bars run from the highest values down and sum to the whole", () => {
  const sums = Float64Array.from({ length: SLOTS }, (_, i) => i);
  const bars = barsOf(sums, 96, 104, 4);
  expect(bars).toEqual([100 + 101 + 102 + 103, 96 + 97 + 98 + 99]);
});

test("cells are as fine as there is room for", () => {
  expect(stepFor(128, 128)).toBe(1);
  expect(stepFor(128, 127)).toBe(2);
  expect(stepFor(128, 1)).toBe(8);
});

test("a bar is as long as its values are dense on a log axis; the selection is brought to half at most", () => {
  const flat = Float64Array.from({ length: SLOTS }, () => 10);
  const lengths = lengthsOf(barsOf(flat, 96, 112, 8), 112, 8);
  expect(lengths[0]).toBeCloseTo(80);
  expect(lengths[1]).toBeCloseTo(80);
  expect([enlargement(1000, 4), enlargement(1000, 600), enlargement(10, 0)]).toEqual([64, 1, 1]);
});

const kept = { from: 0, to: 600_000 };

test("a window is live up to the newest column, or stays where it was put", () => {
  expect(windowOf(kept, { last: 60, to: undefined })).toEqual({ from: 540_000, to: 600_000, live: true });
  expect(windowOf(kept, { last: 60, to: 100_000 })).toEqual({ from: 40_000, to: 100_000, live: false });
  expect(windowOf(kept, { last: 60, to: 700_000 }).live).toBe(true);
});

test("zooming keeps what is pointed at in its place, and a live window live near its end", () => {
  const live = windowOf(kept, { last: 100, to: undefined });
  expect(zoomed(live, kept, 0.5, 595_000)).toEqual({ last: 50, to: undefined });
  expect(zoomed(live, kept, 0.5, undefined)).toEqual({ last: 50, to: undefined });
  const near = windowOf(kept, zoomed(live, kept, 0.5, 540_000));
  expect(near).toEqual({ from: 520_000, to: 570_000, live: false });
  expect((540_000 - near.from) / 50_000).toBeCloseTo((540_000 - live.from) / 100_000);
  // Out again, past the newest column: live again.
  expect(zoomed(near, kept, 4, 521_000).to).toBeUndefined();
  expect(zoomed(live, kept, 0.0001, 540_000).last).toBe(5);
  expect(zoomed(live, kept, 1000, 540_000).last).toBe(900);
});

test("moving stops at what is kept, and at the newest column is live", () => {
  const window = windowOf(kept, { last: 100, to: 300_000 });
  expect(moved(window, kept, -50_000)).toEqual({ last: 100, to: 250_000 });
  expect(moved(window, kept, -1e9)).toEqual({ last: 100, to: 100_000 });
  expect(moved(window, kept, 1e9)).toEqual({ last: 100, to: undefined });
  expect(keptTime(new HeatStore(found, undefined, []))).toBeUndefined();
});

test("columns are as fine as is asked for and as there are pixels", () => {
  expect(columnStep(false, 120, 600)).toEqual({ of: "second", by: 1 });
  expect(columnStep(false, 900, 600)).toEqual({ of: "second", by: 2 });
  expect(columnStep(true, 60, 600)).toEqual({ of: "column", by: 1 });
  expect(columnStep(true, 120, 600)).toEqual({ of: "column", by: 2 });
  expect(columnStep(true, 900, 600)).toEqual({ of: "second", by: 2 });
});

test("small multiples share the value axis and the colours", () => {
  const store = new HeatStore(found, 0, [batch(1000, [1, 100, 1000], [2, 170, 3]), batch(2000, [1, 110, 5])]);
  const named = store.series.map((s) => ({ name: `disk ${s.key}`, counts: s.counts }));
  const model = histogramModel(store, named, view, size, 1);
  const [a, b] = model?.strips ?? [];
  expect([a?.plot.lo, a?.plot.hi]).toEqual([b?.plot.lo, b?.plot.hi]);
  expect(a?.plot).toMatchObject({ lo: 96, hi: 176, width: b?.plot.width });
  expect(model?.peak).toBe(1024);
  expect(b?.cells.peak).toBe(3);
});

test("a time shorter than a second is told in tenths", () => {
  const at = new Date(2026, 1, 3, 14, 31, 7).getTime();
  expect(clockRange(at, at + 1000)).toBe("14:31:07–14:31:08");
  expect(clockRange(at + 298, at + 401)).toBe("14:31:07.3–07.4");
});

test("the view survives the address bar, and nonsense in it is as usual", () => {
  const full: HistogramView = {
    by: "disk",
    last: 37.5,
    to: 123_456,
    box: { from: 1200, to: 24200, lo: 150, hi: 176 },
    lines: ["p90", "max"],
    scale: USUAL.scale === "viridis" ? "inferno" : "viridis",
    linear: true,
    fine: true,
  };
  expect(writeHistogramView(full)).toBe(
    `by:disk,last:37.5,to:123456,every:100ms,lines:p90.max,scale:${full.scale},count:linear,box:1200-24200:150-176`,
  );
  expect(readHistogramView(writeHistogramView(full))).toEqual(full);
  expect(readHistogramView(writeHistogramView({ ...full, lines: [] })).lines).toEqual([]);
  expect(writeHistogramView(readHistogramView(""))).toBe("");
  expect(readHistogramView("last:-1,last:1e9,to:x,scale:red,every:7,box:9-1:2-3,,:,<script>")).toEqual(
    readHistogramView(""),
  );
});
