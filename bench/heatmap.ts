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
  await Stage.use(async (stage) => {
    for (let round = 1; round <= rounds; round++) {
      const page = await openBoard(stage);
      const updates: number[] = await page.evaluate(`${script}; heatmap.updates(${UPDATES})`);
      times.push(median(updates));
      await page.close();
      say(`${round} ${times.at(-1)?.toFixed(2)} ms, at most ${Math.max(...updates).toFixed(1)}`);
    }
  });
  return {
    "heatmap.update": {
      value: median(times),
      peers: {},
      note: "cells from counts, drawing, two percentile lines, until the pixels can be read",
    },
  };
}
