/** Rows on their way from the kernel to the real page at a pace: how many arrive, and how old they are then. */
import { firstRow, openBoard } from "./browser";
import { keepOpening, pathForRow } from "./load";
import { median, sleep } from "./measure";
import { resetSeen, type Seen, seenSince } from "./observe";
import type { Figures } from "./report";
import { type Setting, Stage } from "./stage";

const SECONDS = 6;
/** A little more than has to arrive. */
const RATE = 210_000;
export const ROW_BYTES = 64;

export async function measurePage({ rounds, say }: Setting): Promise<Figures> {
  const seen: Seen[] = [];
  const made: number[] = [];
  await Stage.use(async (stage) => {
    const { columns } = stage.tool("opensnoop");
    if (columns[0]?.meaning !== "ktime") throw new Error("opensnoop's rows no longer begin with their time");
    for (let round = 1; round <= rounds; round++) {
      const run = await stage.start("opensnoop");
      const load = keepOpening(RATE, pathForRow(columns, ROW_BYTES));
      const page = await openBoard(stage, "?opensnoop");
      await firstRow(page);
      await sleep(2);
      await resetSeen(page);
      await sleep(SECONDS);
      const result = await seenSince(page);
      made.push(stage.client.runs.find(({ id }) => id === run.id)?.rate ?? 0);
      load.stop();
      await page.close();
      await stage.stop(run);
      seen.push(result);
      const { taken } = result;
      const rates = `${Math.round(rateOf(result))} of ${Math.round(made.at(-1) ?? 0)} rows/s`;
      say(`${round} ${rates}, p50 ${taken.p50} ms, p99 ${taken.p99} ms`);
    }
  });
  const middle = (of: (seen: Seen) => number) => median(seen.map(of));
  const bytes = middle((s) => s.bytes / s.rows).toFixed(1);
  const drawn = `${middle((s) => s.drawn.p50).toFixed(1)} and ${middle((s) => s.drawn.p99).toFixed(1)} ms`;
  return {
    "page.rate": {
      value: middle(rateOf),
      peers: {},
      note: `${bytes} bytes a row; ${Math.round(median(made))} a second recorded`,
      ...(median(made) < 0.97 * RATE && {
        void: `only ${Math.round(median(made))} of ${RATE} opens a second could be made`,
      }),
    },
    "page.p50": {
      value: middle((s) => s.taken.p50),
      peers: {},
      note: `until the page's table holds the row; until the animation frame after that, median and 99 of 100: ${drawn}`,
    },
    "page.p99": { value: middle((s) => s.taken.p99), peers: {} },
  };
}

const rateOf = ({ rows, seconds }: Seen): number => rows / seconds;
