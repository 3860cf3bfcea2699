/** Runs in the page: the real panel on 100,000 frames, fed as the socket feeds it; beside it d3-flame-graph on the same tree. */
import flamegraph, { type Node } from "d3-flame-graph";
import { select } from "d3-selection";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { Flame } from "../components/panels/flame";
import { flameColumns } from "../components/panels/flame-columns";
import { FlameModel } from "../components/panels/flame-model";
import { USUAL } from "../components/panels/flame-view";
import type { PanelProps } from "../components/panels/panel";
import { StackStore } from "../components/stacks";
import { TableStore } from "../components/table";
import type { Column } from "../server/protocol";
import { chance, madeStacks, STACKS } from "./flame-stacks";

/** Milliseconds of each. */
export interface FlameTimes {
  update: number[];
  frame: number[];
  search: number[];
  /** From one frame on screen to the next while each draws something else. */
  between: number[];
}

/** The panel enlarged on a usual screen. */
const [WIDTH, HEIGHT] = [1180, 760];
const SEARCHES = [
  "crc32",
  "sort.*merge",
  "^plan::",
  "_9+\\(",
  "lock|page",
  "(read|write)::(hash|sort)_\\d*7\\(",
];

const below = chance(2);
const { names, stacks: paths } = madeStacks();

const column = (name: string, meaning: string, type: Column["type"]): Column => ({
  name,
  meaning,
  type,
  key: false,
  size: type === "u64" ? 8 : 4,
  title: name,
  place: 0,
});
const schema = [
  column("time", "ktime", "u64"),
  column("user_stack", "stack_id", "stack"),
  column("pid", "pid_n", "u32"),
  column("tid", "tid_n", "u32"),
  column("comm", "comm", "text"),
];

/** One sample of each stack, in some order, as the server would send it. */
function rowsAt(ms: number): ArrayBuffer {
  const text = 4 * (STACKS + 1) + 4;
  const data = new ArrayBuffer(8 + 8 * STACKS + 3 * 4 * STACKS + text + 8 * STACKS);
  new Uint32Array(data, 0, 1)[0] = STACKS;
  const times = new BigUint64Array(data, 8, STACKS);
  let at = 8 + 8 * STACKS;
  const ids = new Uint32Array(data, at, STACKS);
  const pids = new Uint32Array(data, at + 4 * STACKS, STACKS);
  const tids = new Uint32Array(data, at + 8 * STACKS, STACKS);
  at += 12 * STACKS;
  const offsets = new Uint32Array(data, at, STACKS + 1);
  const bytes = new Uint8Array(data, at + text, 8 * STACKS);
  const from = below(STACKS);
  for (let row = 0; row < STACKS; row++) {
    times[row] = BigInt(Math.round(1e6 * (ms + (1000 * row) / STACKS)));
    ids[row] = 1 + ((from + 7919 * row) % STACKS);
    pids[row] = 4121;
    tids[row] = 4121 + (row % 16);
    offsets[row + 1] = 8 * (row + 1);
    for (let i = 0; i < 8; i++) bytes[8 * row + i] = "postgres".charCodeAt(i);
  }
  return data;
}

/** Milliseconds of the page's thread in animation frames, with the rendering that they lead to. */
let inFrames = 0;
const untouched = requestAnimationFrame.bind(window);
window.requestAnimationFrame = (task) =>
  untouched((time) => {
    const start = performance.now();
    task(time);
    // React renders in a microtask that was queued before this one.
    queueMicrotask(() => {
      inFrames += performance.now() - start;
    });
  });
const nextFrame = () => new Promise<number>((resolve) => untouched(resolve));
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let answers = 0;
const RealWorker = Worker;
window.Worker = class extends RealWorker {
  constructor(...from: ConstructorParameters<typeof RealWorker>) {
    super(...from);
    this.addEventListener("message", ({ data }) => {
      if ("found" in data) answers++;
    });
  }
};

function stage(): HTMLElement {
  const element = document.body.appendChild(document.createElement("div"));
  element.style.cssText = `position:fixed;inset:0 auto auto 0;z-index:9;width:${WIDTH}px;height:${HEIGHT}px;background:var(--panel);display:flex;flex-direction:column`;
  return element;
}

export async function ours(count: number): Promise<FlameTimes> {
  const table = new TableStore(schema);
  const stacks = new StackStore();
  stacks.append({
    firstFrame: 0,
    frames: names.map((name) => [name, "/usr/bin/postgres", "user"]),
    stacks: paths.map((path, i) => [i + 1, path.toReversed()]),
  });
  let second = 1000;
  let first = 0;
  const feed = () => {
    const data = rowsAt(second * 1000);
    const start = performance.now();
    table.append([[first, ++second * 1000, data.byteLength]], data);
    first += STACKS;
    return performance.now() - start;
  };
  feed();
  const element = stage();
  const root = createRoot(element);
  const render = (view: string) => {
    const props = {
      tool: { name: "profile" },
      run: { id: 1 },
      table,
      stacks,
      host: { bootedAt: 0 },
      paused: false,
      view,
      onView: () => {},
    } as unknown as PanelProps;
    flushSync(() => root.render(<Flame {...props} />));
  };
  render("");
  const words = () => element.querySelector("footer")?.textContent ?? "";
  while (!/^20,000 samples(?! ?\+)/.test(words())) await sleep(50);

  const update: number[] = [];
  for (let i = 0; i < count; i++) {
    // Longer than the panel waits between two redraws.
    await sleep(300);
    inFrames = 0;
    const taken = feed();
    await nextFrame();
    await nextFrame();
    if (inFrames === 0) throw new Error("the panel did not draw its update");
    update.push(taken + inFrames);
  }

  const places = placesToZoomTo(table, stacks, count);
  const frame: number[] = [];
  const between: number[] = [];
  const scroller = () =>
    element.querySelector<HTMLElement>('[role="application"][aria-label^="Flame graph"]');
  let last = await nextFrame();
  const noteFrame = async () => {
    const now = await nextFrame();
    between.push(now - last);
    last = now;
  };
  for (const zoom of places) {
    const start = performance.now();
    render(`zoom:${zoom.toString(16)}`);
    frame.push(performance.now() - start);
    const scrolled = scroller();
    if (!scrolled) throw new Error("there is no flame graph to scroll");
    await noteFrame();
    const pan = performance.now();
    flushSync(() => {
      scrolled.scrollTop -= 40;
      scrolled.dispatchEvent(new Event("scroll"));
    });
    frame.push(performance.now() - pan);
    await noteFrame();
  }

  const search: number[] = [];
  for (let i = 0; i < count; i++) {
    const before = answers;
    const start = performance.now();
    render(`search:${SEARCHES[i % SEARCHES.length]}${i}|${SEARCHES[i % SEARCHES.length]}`);
    while (answers === before) await sleep(0);
    await nextFrame();
    await Promise.resolve();
    // The first one starts the worker and sends it all names.
    if (i > 0) search.push(performance.now() - start);
  }
  root.unmount();
  element.remove();
  return { update, frame, search, between };
}

/** Nodes all over the tree. */
function placesToZoomTo(table: TableStore, stacks: StackStore, count: number): number[] {
  const columns = flameColumns(schema);
  if (!columns) throw new Error("the schema has stacks");
  const { parts } = new FlameModel(columns).show(table, stacks, USUAL, Number.POSITIVE_INFINITY);
  const { tree } = parts[0];
  if (tree.size < 100_000) throw new Error(`${tree.size} nodes are too few`);
  return Array.from({ length: count }, () => tree.path[below(Math.ceil(tree.size / 4))] as number);
}

export async function theirs(count: number): Promise<FlameTimes> {
  const root: Node = { name: "all", value: 0, children: [] };
  const children = new Map<Node, Map<number, Node>>();
  const count1 = () => {
    for (const path of paths) {
      let node = root;
      node.value++;
      for (const frame of path) {
        const known = children.get(node) ?? new Map<number, Node>();
        children.set(node, known);
        let child = known.get(frame);
        if (!child) {
          child = { name: names[frame] as string, value: 0, children: [] };
          known.set(frame, child);
          node.children.push(child);
        }
        child.value++;
        node = child;
      }
    }
  };
  count1();
  const element = stage();
  element.style.overflow = "auto";
  const chart = flamegraph().width(WIDTH).cellHeight(18).minFrameSize(0.8).transitionDuration(0);
  const selection = select(element).datum(root).call(chart);
  const timed = async (task: () => void) => {
    const start = performance.now();
    task();
    // Its transitions of no duration run in the next frames.
    inFrames = 0;
    const own = performance.now() - start;
    await nextFrame();
    await nextFrame();
    return own + inFrames;
  };
  const times: FlameTimes = { update: [], frame: [], search: [], between: [] };
  for (let i = 0; i < count; i++)
    times.update.push(
      await timed(() => {
        count1();
        chart.update(root);
      }),
    );
  const all = (selection.datum() as { descendants(): unknown[] }).descendants();
  for (let i = 0; i < count; i++)
    times.frame.push(await timed(() => chart.zoomTo(all[below(Math.ceil(all.length / 4))])));
  for (let i = 0; i < count; i++)
    times.search.push(await timed(() => chart.search(SEARCHES[i % SEARCHES.length] as string)));
  element.remove();
  return times;
}
