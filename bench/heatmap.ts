/** What a heatmap costs the page: one update of its drawing, and the share of the page's thread that ten live panels take. */
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { build } from "esbuild";
import { fromRoot } from "../server/project";
import { openBoard } from "./browser";
import { median, sleep } from "./measure";
import type { Figures } from "./report";
import { type Setting, Stage } from "./stage";

const UPDATES = 100;
const PANELS = 10;
const BUSY_SECONDS = 12;
/** recharts draws a tenth of the cells: all of them would take it half a minute an update. */
const THEIRS = { columns: 60, rows: 64, updates: 2 };

export async function measureHeatmap({ rounds, say }: Setting): Promise<Figures> {
  const drawing = await bundled("heatmap-page.ts", "heatmap");
  const live = await bundled("heatmap-panels-page.tsx", "panels");
  const times: number[] = [];
  const frames: number[] = [];
  const theirs: number[] = [];
  const busy: number[] = [];
  await Stage.use(async (stage) => {
    for (let round = 1; round <= rounds; round++) {
      const page = await openBoard(stage);
      const { update, frame }: { update: number[]; frame: number[] } = await page.evaluate(
        `${drawing}; heatmap.updates(${UPDATES})`,
      );
      times.push(median(update));
      frames.push(median(frame));
      say(`${round} ${times.at(-1)?.toFixed(2)} ms, a frame each ${frames.at(-1)?.toFixed(1)} ms`);
      const { columns, rows, updates } = THEIRS;
      const peer: number[] = await page.evaluate(`${live}; panels.recharts(${columns}, ${rows}, ${updates})`);
      theirs.push(median(peer));
      say(`${round} recharts, a tenth of the cells: ${theirs.at(-1)?.toFixed(0)} ms`);
      // Large enough that all ten are drawn, and none is scrolled away.
      await page.setViewportSize({ width: 2240, height: 2560 });
      busy.push(await busyShare(page, live));
      say(`${round} ${PANELS} live panels: ${busy.at(-1)?.toFixed(1)} % of the page's thread`);
      await page.close();
    }
  });
  const { version } = JSON.parse(readFileSync(fromRoot("node_modules/recharts/package.json"), "utf8"));
  return {
    "heatmap.update": {
      value: median(times),
      peers: { [`recharts ${version}`]: median(theirs) },
      note: `a column taken in, cells, drawing, two percentile lines; at one update a frame, a frame each ${median(frames).toFixed(1)} ms; recharts: ${THEIRS.columns} × ${THEIRS.rows} cells, a tenth`,
    },
    "ui.heatmap.busy": {
      value: median(busy),
      peers: {},
      note: `the real panels, a column a second in each, on a page of 2240 × 2560 that shows them all`,
    },
  };
}

/** Percent of the page's main thread while the panels are live, by the browser's own account of its tasks. */
async function busyShare(page: Page, script: string): Promise<number> {
  await page.evaluate(`${script}; panels.open(${PANELS})`);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const read = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
    return {
      at: of("Timestamp"),
      busy: of("TaskDuration"),
      taken: Number(await page.evaluate("panels.taken()")),
    };
  };
  const before = await read();
  await sleep(BUSY_SECONDS);
  const after = await read();
  if (after.taken - before.taken < PANELS * (BUSY_SECONDS - 2)) throw new Error("the panels were not fed");
  return (100 * (after.busy - before.busy)) / (after.at - before.at);
}

async function bundled(entry: string, globalName: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fromRoot("bench", entry)],
    bundle: true,
    write: false,
    format: "iife",
    globalName,
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  // A function of its own: what a script declares would not outlast the call.
  return `globalThis.${globalName} ??= (() => { ${outputFiles[0]?.text ?? ""}; return ${globalName}; })()`;
}
