/** An open() storm on one CPU, everything else on the others: what tracing it costs, and what is lost. */
import { firstRow, openBoard } from "./browser";
import { keepOpening, LOAD_CPU, openFor } from "./load";
import { allowedCpus, cpuNumbers, cpuSeconds, median, pinTo, sleep } from "./measure";
import { type Peer, RunningPeer } from "./peers";
import type { Figures } from "./report";
import { type Setting, Stage } from "./stage";

const SECONDS = 4;
/** There on every Linux. */
const PATH = "/etc/passwd";
/** Opens a second that make a tracer say its first row. */
const GENTLE = 500;

interface Storm {
  /** Opens a second. */
  speed: number;
  /** Of the tracer, percent of one core. */
  cpu: number;
  lost: number;
}

async function storm(tracer?: number): Promise<Storm> {
  const before = tracer ? cpuSeconds(tracer) : 0;
  const speed = await openFor(SECONDS, 0, PATH);
  const cpu = tracer ? ((cpuSeconds(tracer) - before) * 100) / SECONDS : 0;
  return { speed, cpu, lost: 0 };
}

async function ours(stage: Stage, watched: boolean): Promise<Storm> {
  const run = await stage.start("opensnoop");
  const gentle = keepOpening(GENTLE, PATH);
  const page = watched ? await openBoard(stage, "?opensnoop") : undefined;
  if (page) await firstRow(page);
  gentle.stop();
  await sleep(1);
  const measured = await storm(stage.server.pid);
  const { loss } = await stage.stop(run);
  await page?.close();
  return { ...measured, lost: loss.ring };
}

async function theirs(peer: Peer): Promise<Storm> {
  const gentle = keepOpening(GENTLE, PATH);
  const running = await RunningPeer.start(peer, PATH, false);
  gentle.stop();
  await sleep(1);
  const measured = await storm(running.pid);
  await running.stop();
  return { ...measured, lost: running.lost };
}

export async function measureStorm({ rounds, peers, say }: Setting): Promise<Figures> {
  const everywhere = allowedCpus();
  const untraced: number[] = [];
  const results = new Map<string, (Storm & { ratio: number })[]>();
  const others = cpuNumbers(everywhere).filter((cpu) => cpu !== LOAD_CPU);
  pinTo(others.join(",") || everywhere);
  try {
    await Stage.use(async (stage) => {
      const tracers: [string, () => Promise<Storm>][] = [
        ["ours", () => ours(stage, false)],
        ["watched", () => ours(stage, true)],
        ...peers.map((peer): [string, () => Promise<Storm>] => [peer.name, () => theirs(peer)]),
      ];
      for (let round = 1; round <= rounds; round++) {
        const { speed } = await storm();
        untraced.push(speed);
        for (const [name, trace] of tracers) {
          const result = await trace();
          const ratio = result.speed / speed;
          results.set(name, [...(results.get(name) ?? []), { ...result, ratio }]);
          say(`${round} ${name}: ${ratio.toFixed(2)}, CPU ${result.cpu.toFixed(1)} %, lost ${result.lost}`);
        }
      }
    });
  } finally {
    pinTo(everywhere);
  }
  const all = (name: string, what: "ratio" | "cpu" | "lost") => (results.get(name) ?? []).map((r) => r[what]);
  const middle = (name: string, what: "ratio" | "cpu") => median(all(name, what));
  const mostLost = (name: string) => Math.max(...all(name, "lost"));
  const beside = (figure: (name: string) => number) =>
    Object.fromEntries(peers.map(({ name }) => [name, figure(name)]));
  return {
    "storm.ratio": {
      value: middle("ours", "ratio"),
      peers: beside((name) => middle(name, "ratio")),
      note: `untraced ${Math.round(median(untraced) / 1000)},000 open() and close() of ${PATH} a second`,
    },
    "storm.ratio.watched": { value: middle("watched", "ratio"), peers: {} },
    "storm.lost": {
      value: Math.max(mostLost("ours"), mostLost("watched")),
      peers: beside(mostLost),
      note: "the most of any round, watched or not",
    },
    "storm.cpu": { value: middle("ours", "cpu"), peers: beside((name) => middle(name, "cpu")) },
    "storm.cpu.watched": { value: middle("watched", "cpu"), peers: {} },
  };
}
