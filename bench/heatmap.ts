/** How long the panel's own code takes for one update of a heatmap, in the real page. */
import { build } from "esbuild";
import { fromRoot } from "../server/project";
import { openBoard } from "./browser";
import { median } from "./measure";
import type { Figures } from "./report";
import { type Setting, Stage } from "./stage";

const UPDATES = 100;

export async function measureHeatmap({ rounds, say }: Setting): Promise<Figures> {
  const { outputFiles } = await build({
    entryPoints: [fromRoot("bench", "heatmap-page.ts")],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "heatmap",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const script = outputFiles[0]?.text ?? "";
  const times: number[] = [];
  const frames: number[] = [];
  await Stage.use(async (stage) => {
    for (let round = 1; round <= rounds; round++) {
      const page = await openBoard(stage);
      const { update, frame }: { update: number[]; frame: number[] } = await page.evaluate(
        `${script}; heatmap.updates(${UPDATES})`,
      );
      times.push(median(update));
      frames.push(median(frame));
      await page.close();
      say(`${round} ${times.at(-1)?.toFixed(2)} ms, a frame each ${frames.at(-1)?.toFixed(1)} ms`);
    }
  });
  return {
    "heatmap.update": {
      value: median(times),
      peers: {},
      note: `cells from counts, drawing, two percentile lines; at one update a frame, a frame each ${median(frames).toFixed(1)} ms`,
    },
  };
}
