/** From the press of Start to the first row on screen; for the peers, from the shell to the first line. */
import type { Page } from "@playwright/test";
import { openBoard } from "./browser";
import { keepOpening } from "./load";
import { median, sleep } from "./measure";
import { RunningPeer } from "./peers";
import type { Figures } from "./report";
import { type Setting, Stage } from "./stage";

const PATH = "/etc/passwd";
/** Opens a second: so that there is something to see at any time. */
const GENTLE = 200;
const PRESSES_PER_ROUND = 4;

/**
 * Presses Start; resolves to the milliseconds until a row has been drawn, both moments by the page's own clock. A browser
 * looks where an element is after it has laid out the first frame that has it, and tells once that frame is drawn.
 */
function press(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const pressed = performance.now();
        const drawn = new IntersectionObserver(() => resolve(performance.now() - pressed));
        new MutationObserver((_, mutations) => {
          const row = document.querySelector("[role=grid] [role=row][aria-rowindex]");
          if (!row) return;
          mutations.disconnect();
          drawn.observe(row);
        }).observe(document.body, { childList: true, subtree: true });
        document.querySelector<HTMLButtonElement>('[aria-label="Start opensnoop"]')?.click();
      }),
  );
}

export async function measureStart({ rounds, peers, say }: Setting): Promise<Figures> {
  const times = new Map<string, number[]>();
  const note = (name: string, ms: number) => times.set(name, [...(times.get(name) ?? []), ms]);
  const load = keepOpening(GENTLE, PATH);
  try {
    await Stage.use(async (stage) => {
      for (let round = 1; round <= rounds; round++) {
        for (let i = 0; i < PRESSES_PER_ROUND; i++) {
          const page = await openBoard(stage);
          await page.waitForSelector('[aria-label="Start opensnoop"]');
          await sleep(0.5);
          note("ours", await press(page));
          await page.close();
          for (const run of stage.client.runs) if (run.state === "running") await stage.stop(run);
          await sleep(0.3);
        }
        for (const peer of peers)
          for (let i = 0; i < PRESSES_PER_ROUND / 2; i++) {
            const running = await RunningPeer.start(peer, PATH, true);
            note(peer.name, running.firstRowMs);
            await running.stop();
          }
        say([...times].map(([name, ms]) => `${name}: ${ms.map(Math.round).join(" ")}`).join("; "));
      }
    });
  } finally {
    load.stop();
  }
  const middle = (name: string) => median(times.get(name) ?? []);
  return {
    "start.p50": {
      value: middle("ours"),
      peers: Object.fromEntries(peers.map(({ name }) => [name, middle(name)])),
      note: "peers: from the shell to the first row",
    },
  };
}
