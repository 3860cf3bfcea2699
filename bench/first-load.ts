/** A browser that has never been here opens the page: what travels, and when it can be used. */
import { admit } from "../e2e/harness/server";
import { median } from "./measure";
import type { Figures } from "./report";
import { type Setting, Stage } from "./stage";

const LOADS_PER_ROUND = 5;
/** A main thread that has been free so long is taken to be done with loading. */
const QUIET_MS = 1000;

interface Load {
  /** Bytes of scripts as they travelled, without headers. */
  scripts: number;
  /** Milliseconds since the navigation began: tools can be started, and no task of more than 50 ms follows. */
  interactive: number;
}

/** Runs in the page. */
async function observeLoad(quietMs: number): Promise<Load> {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  while (!document.querySelector('[aria-label^="Start "]')) await frame();
  await frame();
  let interactive = performance.now();
  const observer = new PerformanceObserver((list) => {
    for (const task of list.getEntries()) interactive = Math.max(interactive, task.startTime + task.duration);
  });
  observer.observe({ type: "longtask", buffered: true });
  while (performance.now() - interactive < quietMs) await frame();
  observer.disconnect();
  const resources = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  const scripts = resources.filter(({ name }) => new URL(name).pathname.endsWith(".js"));
  return { scripts: scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0), interactive };
}

export async function measureFirstLoad({ rounds, say }: Setting): Promise<Figures> {
  const loads: Load[] = [];
  await Stage.use(async (stage) => {
    const { server } = stage;
    const browser = await stage.browser();
    for (let round = 1; round <= rounds; round++) {
      for (let i = 0; i < LOADS_PER_ROUND; i++) {
        // A context of its own has an empty cache.
        const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
        await admit(context, server);
        const page = await context.newPage();
        await page.goto(server.url, { waitUntil: "commit" });
        loads.push(await page.evaluate(observeLoad, QUIET_MS));
        await context.close();
      }
      say(
        `${round} ${loads
          .slice(-LOADS_PER_ROUND)
          .map(({ interactive }) => Math.round(interactive))
          .join(" ")} ms`,
      );
    }
  });
  return {
    "ui.weight": {
      value: median(loads.map(({ scripts }) => scripts)) / 1000,
      peers: {},
      note: "an empty board",
    },
    "ui.interactive": {
      value: median(loads.map(({ interactive }) => interactive)),
      peers: {},
      note: "from the start of the navigation, nothing cached, until a tool can be started and no task over 50 ms follows",
    },
  };
}
