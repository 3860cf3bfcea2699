/** How quick the flame graph is: the real panel in the real page, on 100,000 frames, and d3-flame-graph on the same. */
import { readFileSync } from "node:fs";
import { type BuildOptions, build } from "esbuild";
import { fromRoot } from "../server/project";
import { openRoutedPage } from "./browser";
import type { FlameTimes } from "./flame-page";
import { median, percentile } from "./measure";
import type { Figures } from "./report";
import { type Setting, Stage } from "./stage";

const TIMES = 40;
/** It takes seconds for each. */
const TIMES_THEIRS = 3;

export async function measureFlame({ rounds, say }: Setting): Promise<Figures> {
  const worker = await bundled("components/panels/flame-search-worker.ts", { format: "esm" });
  // The panel starts its worker from beside its own module: in this bundle, from beside the page.
  const page = await bundled("bench/flame-page.tsx", {
    globalName: "flame",
    define: { "import.meta.url": "location.href" },
  });
  const ours: FlameTimes[] = [];
  const theirs: FlameTimes[] = [];
  await Stage.use(async (stage) => {
    for (let round = 1; round <= rounds; round++) {
      const board = await openRoutedPage(stage);
      await board.route("**/flame-search-worker.ts", (route) =>
        route.fulfill({ contentType: "text/javascript", body: worker }),
      );
      await board.goto(stage.server.url);
      const times: FlameTimes = await board.evaluate(`${page}; flame.ours(${TIMES})`);
      ours.push(times);
      say(
        `${round} update ${written(times.update)}, frame ${written(times.frame)}, search ${written(times.search)}`,
      );
      const peer: FlameTimes = await board.evaluate(`${page}; flame.theirs(${TIMES_THEIRS})`);
      theirs.push(peer);
      say(
        `${round} d3-flame-graph: ${written(peer.update)}, ${written(peer.frame)}, ${written(peer.search)}`,
      );
      await board.close();
    }
  });
  const { version } = JSON.parse(readFileSync(fromRoot("node_modules/d3-flame-graph/package.json"), "utf8"));
  const over = (all: FlameTimes[], of: (times: FlameTimes) => number) => median(all.map(of));
  const p95 = (key: keyof FlameTimes) => (times: FlameTimes) => percentile(times[key], 95);
  const figure = (of: (times: FlameTimes) => number, note: string) => ({
    value: over(ours, of),
    peers: { [`d3-flame-graph ${version}`]: over(theirs, of) },
    note,
  });
  const seen = over(ours, (times) => percentile(times.between, 95)).toFixed(1);
  return {
    "ui.flame.update": figure(
      ({ update }) => median(update),
      `rows taken in, counted, laid out and drawn, 20,000 rows of as many stacks; 95 of 100: ${over(ours, p95("update")).toFixed(1)} ms`,
    ),
    "ui.flame.frame": figure(
      p95("frame"),
      `the page's thread; 95 of 100 frames follow the one before within ${seen} ms`,
    ),
    "ui.flame.search": figure(p95("search"), "from the text to the frame that shows what was found"),
  };
}

const written = (values: number[]) =>
  `${median(values).toFixed(1)} (95 of 100: ${percentile(values, 95).toFixed(1)}) ms`;

async function bundled(entry: string, { define, ...options }: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fromRoot(...entry.split("/"))],
    bundle: true,
    write: false,
    format: "iife",
    jsx: "automatic",
    loader: { ".css": "empty" },
    define: { "process.env.NODE_ENV": '"production"', ...define },
    ...options,
  });
  return outputFiles?.[0]?.text ?? "";
}
