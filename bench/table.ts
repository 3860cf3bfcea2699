/** The events table with millions of rows: how it scrolls while rows come, its memory, its filter and its groups. */
import type { Page } from "@playwright/test";
import { build } from "esbuild";
import { fromRoot } from "../server/project";
import { openBoard } from "./browser";
import { median, privateMib } from "./measure";
import type { Figures } from "./report";
import { type Setting, Stage } from "./stage";

const ROWS = 10_000_000;
const FILTER = "comm:nginx ret<0 path~/etc";
/** What has to be looked at for every row: a text, and a regular expression that is no plain text. */
const OTHERS = ["path:etc", "path~^/etc/.*[05]\\.conf$", "took"];

/** Of the process that the page runs in. */
async function pageMib(page: Page): Promise<number> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  const { processInfo } = (await session?.send("SystemInfo.getProcessInfo")) ?? { processInfo: [] };
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  return Math.max(...renderers.map(({ id }) => privateMib(id)));
}

const at = (times: readonly number[], share: number) =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length * share)] ?? Number.NaN;

export async function measureTable({ rounds, say }: Setting): Promise<Figures> {
  const { outputFiles } = await build({
    entryPoints: [fromRoot("bench", "table-page.tsx")],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    globalName: "table",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const script = outputFiles[0]?.text ?? "";
  return Stage.use(async (stage) => {
    const { host } = stage.client;
    const tool = stage.tool("opensnoop");
    const open = async () => {
      const page = await openBoard(stage);
      await page.evaluate(
        `${script}; window.bench = new table.Bench(${JSON.stringify(tool)}, ${JSON.stringify(host)})`,
      );
      return page;
    };
    const filters: number[] = [];
    const groups: number[] = [];
    let others = "";
    let pairs = 0;
    for (let round = 1; round <= rounds; round++) {
      const page = await open();
      type Answer = { ms: number; passed: number };
      const texts = JSON.stringify([FILTER, ...OTHERS]);
      const [first, ...rest]: Answer[] = await page.evaluate(`bench.filters(${texts})`);
      filters.push(first?.ms ?? Number.NaN);
      others = OTHERS.map((text, i) => `\`${text}\` ${rest[i]?.ms.toFixed(0)} ms`).join(", ");
      const one: { ms: number; groups: number } = await page.evaluate(`bench.groups(["path"])`);
      const two: { ms: number } = await page.evaluate(`bench.groups(["path", "comm"])`);
      groups.push(one.ms);
      pairs = two.ms;
      say(
        `${round} filter ${first?.ms.toFixed(0)} ms (${first?.passed} rows), ${others}; ${one.groups} groups ${one.ms.toFixed(0)} ms, pairs ${two.ms.toFixed(0)} ms`,
      );
      await page.close();
    }
    // Once: it takes the better part of a minute, and its frames are some thousands.
    const page = await open();
    type Frames = { frames: number[]; seconds: number; kept: number };
    const { frames, seconds, kept }: Frames = await page.evaluate(`bench.frames(${ROWS})`);
    const memory = await pageMib(page);
    const bytes: number = await page.evaluate("bench.rowBytes");
    await page.close();
    say(
      `${frames.length} frames, p50 ${at(frames, 0.5).toFixed(1)}, p95 ${at(frames, 0.95).toFixed(1)}, p99 ${at(frames, 0.99).toFixed(1)} ms; ${memory.toFixed(0)} MiB`,
    );
    const rate = Math.round(ROWS / seconds);
    return {
      "ui.table.frame": {
        value: at(frames, 0.95),
        peers: {},
        note: `the page's thread from a frame's beginning until it is painted; ${frames.length} frames in ${seconds.toFixed(0)} s, median ${at(frames, 0.5).toFixed(1)}, 99 of 100 ${at(frames, 0.99).toFixed(1)} ms`,
        ...(rate < 195_000 && { void: `only ${rate} rows a second could be appended` }),
      },
      "ui.table.memory": {
        value: memory,
        peers: {},
        note: `private memory of the page's process; ${kept.toLocaleString("en")} rows of ${bytes.toFixed(0)} bytes kept`,
      },
      "ui.filter": { value: median(filters), peers: {}, note: `\`${FILTER}\`; ${others}` },
      "ui.group": {
        value: median(groups),
        peers: {},
        note: `by path, 5,000 different; by path and command ${pairs.toFixed(0)} ms`,
      },
    };
  });
}
