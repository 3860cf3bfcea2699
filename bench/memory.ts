/** What the backend takes of the memory: idle after one page load, and with five tools that have something to say. */
import { openBoard } from "./browser";
import { keepForking, keepOpening } from "./load";
import { median, residentMib, sleep } from "./measure";
import { RunningPeer } from "./peers";
import type { Figures } from "./report";
import { type Setting, Stage } from "./stage";

const TOOLS = ["execsnoop", "opensnoop", "biolatency", "profile", "syscount"];
const SECONDS = 15;
const PATH = "/etc/passwd";

export async function measureMemory({ rounds, peers, say }: Setting): Promise<Figures> {
  const idle: number[] = [];
  const five: number[] = [];
  const theirs = new Map<string, number[]>();
  for (let round = 1; round <= rounds; round++) {
    const loads = [keepOpening(200, PATH), keepForking(20)];
    try {
      await Stage.use(async (stage) => {
        const page = await openBoard(stage);
        await page.waitForSelector('[aria-label="Start opensnoop"]');
        await sleep(3);
        idle.push(residentMib(stage.server.pid));
        for (const tool of TOOLS) await stage.start(tool);
        await page.goto(`${stage.server.url}/?${TOOLS.join("&")}`);
        await sleep(SECONDS);
        five.push(residentMib(stage.server.pid));
        await page.close();
      });
      for (const peer of peers) {
        const running = await RunningPeer.start(peer, PATH, false);
        await sleep(2);
        theirs.set(peer.name, [...(theirs.get(peer.name) ?? []), residentMib(running.pid)]);
        await running.stop();
      }
    } finally {
      for (const load of loads) load.stop();
    }
    say(`${round} idle ${idle.at(-1)?.toFixed(1)}, five tools ${five.at(-1)?.toFixed(1)} MiB`);
  }
  return {
    "memory.idle": { value: median(idle), peers: {} },
    "memory.five": {
      value: median(five),
      peers: Object.fromEntries([...theirs].map(([name, mib]) => [name, median(mib)])),
      note: `${TOOLS.join(", ")} and one page, after ${SECONDS} s; peers: one tool, opensnoop`,
    },
  };
}
