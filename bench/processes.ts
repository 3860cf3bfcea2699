/** The page of processes on a host with 20,000 of them, some hundreds of which do something in any second. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import type { Page } from "@playwright/test";
import { fromRoot } from "../server/project";
import { openPage } from "./browser";
import { cpuSeconds, median, sleep } from "./measure";
import type { Figures } from "./report";
import { type Setting, Stage } from "./stage";

const PROCESSES = 20_000;
/** From one waking of a process to the next: 20,000 wakings a second are more than two slow virtual CPUs can do. */
const WAKES_EVERY_S = 60;
const SECONDS = 10;

interface Seen {
  /** Milliseconds of the page's main thread for each second, which is one update. */
  update: number;
  longest: number;
  rows: number;
  /** Percent of a core. */
  server: number;
}

async function mainThreadMs(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
  };
}

async function watch(stage: Stage): Promise<Seen> {
  const page = await openPage(stage);
  await page.goto(`${stage.server.url}/processes`);
  await page.waitForSelector("[role=grid] [role=row][aria-rowindex]");
  // The first rows hold every process's life, and the code is not warm.
  await sleep(8);
  const spent = await mainThreadMs(page);
  await page.evaluate(() => {
    const tasks = { longest: 0 };
    Object.assign(window, { tasks });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.longest = Math.max(tasks.longest, duration);
    }).observe({ type: "longtask" });
  });
  const before = await spent();
  const cpuBefore = cpuSeconds(stage.server.pid);
  await sleep(SECONDS);
  const update = ((await spent()) - before) / SECONDS;
  const server = (100 * (cpuSeconds(stage.server.pid) - cpuBefore)) / SECONDS;
  const longest = await page.evaluate(
    () => (window as unknown as { tasks: { longest: number } }).tasks.longest,
  );
  const rows = await page.locator("[role=grid]").getAttribute("aria-rowcount");
  await page.close();
  return { update, longest, rows: Number(rows) - 1, server };
}

export async function measureProcesses({ rounds, say }: Setting): Promise<Figures> {
  const program = fromRoot("dist", "bench", "crowd");
  execFileSync("gcc", ["-O2", "-o", program, fromRoot("bench", "loads", "crowd.c")], { stdio: "inherit" });
  const crowd = spawn(program, [String(PROCESSES), String(WAKES_EVERY_S)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const end = () => void crowd.kill("SIGKILL");
  process.once("exit", end);
  const seen: Seen[] = [];
  try {
    await once(crowd.stdout, "data");
    await Stage.use(async (stage) => {
      for (let round = 1; round <= rounds; round++) {
        const one = await watch(stage);
        seen.push(one);
        say(`${round} ${one.update.toFixed(1)} ms an update, the longest task ${one.longest.toFixed(0)} ms`);
      }
    });
  } finally {
    end();
    process.off("exit", end);
  }
  const middle = (of: (seen: Seen) => number) => median(seen.map(of));
  const rows = middle(({ rows }) => rows);
  return {
    "ui.processes": {
      value: middle(({ update }) => update),
      peers: {},
      note: `all that the main thread does in a second; ${Math.round(PROCESSES / WAKES_EVERY_S)} processes change in it; the longest task ${middle(({ longest }) => longest).toFixed(0)} ms (0: none above 50); the server takes ${middle(({ server }) => server).toFixed(0)} % of a core`,
      ...(rows < PROCESSES && { void: `only ${rows} of ${PROCESSES} processes were there` }),
    },
  };
}
