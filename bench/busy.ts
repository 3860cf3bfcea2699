/** Rows at a high pace while the server has other work: a profile to name, processes that come and go, two browsers. */
import { firstRow, openBoard } from "./browser";
import { keepForking, openBeforeAllElse, pathForRow } from "./load";
import { ROW_BYTES } from "./page";
import type { Figures } from "./report";
import { type Setting, Stage } from "./stage";

const SECONDS = 30;
const RATE = 300_000;
const PROCESSES = 100;

export async function measureBusy({ rounds, say }: Setting): Promise<Figures> {
  const lost: number[] = [];
  const rates: number[] = [];
  await Stage.use(async (stage) => {
    const { columns } = stage.tool("opensnoop");
    for (let round = 1; round <= rounds; round++) {
      const run = await stage.start("opensnoop");
      const profile = await stage.start("profile");
      const processes = keepForking(PROCESSES);
      const first = await openBoard(stage, "?opensnoop&profile");
      const second = await openBoard(stage, "?opensnoop&profile");
      await Promise.all([firstRow(first), firstRow(second)]);
      rates.push(await openBeforeAllElse(SECONDS, RATE, pathForRow(columns, ROW_BYTES)));
      processes.stop();
      const { loss, count } = await stage.stop(run);
      const named = await stage.stop(profile);
      await Promise.all([first.close(), second.close()]);
      lost.push(loss.ring);
      say(
        `${round} ${Math.round(rates.at(-1) ?? 0)}/s, lost ${loss.ring} of ${count}; ${named.count} samples`,
      );
    }
  });
  const slowest = Math.round(Math.min(...rates));
  return {
    "busy.lost": {
      value: Math.max(...lost),
      peers: {},
      note: `the most of any round; at least ${slowest} opens a second made, ${PROCESSES} processes a second`,
      ...(slowest < 0.97 * RATE && { void: `only ${slowest} of ${RATE} opens a second could be made` }),
    },
  };
}
