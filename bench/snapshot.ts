/** A board of a million events and five heatmaps: how long it takes to keep and to bring back, and who waits meanwhile. */
import { Client, type Collected, until, value } from "../e2e/harness/client";
import { bearer, startServer } from "../e2e/harness/server";
import type { Result } from "../server/protocol";
import type { SnapshotSummary } from "../server/protocol/snapshots";
import { openBrowser, openPage } from "./browser";
import { keepOpening, openFor } from "./load";
import { median, sleep } from "./measure";
import type { Figures } from "./report";
import type { Setting } from "./stage";

const EVENTS = 1_000_000;
const PATH = "/usr/share/zoneinfo/Europe/Berlin";
/** As many batches as 15 minutes give at one a second; they are read ten times as often. */
const BATCHES = 900;
/** Opens a second, while the board is kept, whose rows a viewer waits for. */
const GENTLE = 2000;

interface Round {
  save: number;
  stall: number;
  bytes: number;
  import: number;
}

const HEATMAPS = [
  ["runqlat", {}],
  ["biolatency", {}],
  ["syslat", {}],
  ["syslat", { calls: "read, write" }],
  ["syslat", { calls: "openat, close" }],
] as const;

/** The longest time between two messages of rows until `done`, milliseconds. */
async function longestGap(client: Client, done: Promise<unknown>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  const onRows = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  client.socket.on("rows", onRows);
  await done;
  client.socket.off("rows", onRows);
  return longest;
}

export async function measureSnapshot({ rounds, say }: Setting): Promise<Figures> {
  const server = await startServer(["--log-level", "error", "--history-mib", "256"], ["setsid"]);
  const browser = await openBrowser();
  const seen: Round[] = [];
  try {
    const client = await Client.connect(server.url);
    const start = async (tool: string, parameters: Record<string, string>) =>
      value(await client.socket.emitWithAck("start", { tool, parameters }));
    const heatmaps: Collected[] = [];
    for (const [tool, parameters] of HEATMAPS) {
      const watched = await client.watch(await start(tool, parameters));
      client.socket.emit("pace", watched.info.id, true);
      heatmaps.push(watched);
    }
    const opens = await start("opensnoop", { command: "open" });
    const counted = () => client.runs.find(({ id }) => id === opens.id)?.history.rows ?? 0;
    while (counted() < EVENTS) {
      await openFor(1, 0, PATH);
      await sleep(1.1);
    }
    await until(() => heatmaps.every(({ batches }) => batches >= BATCHES), 300_000);
    const live = await Client.connect(server.url);
    const gentle = keepOpening(GENTLE, PATH);
    await live.start("opensnoop");
    for (let round = 1; round <= rounds; round++) {
      await sleep(2);
      const began = performance.now();
      const kept = client.socket.emitWithAck("keepBoard", {
        title: "bench",
        notes: "",
        view: "?opensnoop=command:open&runqlat&biolatency&syslat",
        runs: [opens.id, ...heatmaps.map(({ info }) => info.id)],
      });
      const stall = await longestGap(live, kept);
      const summary = value(await kept);
      const save = (performance.now() - began) / 1000;
      const rows = summary.panels[0]?.rows ?? 1;

      const headers = bearer(server.token);
      const file = await (
        await fetch(`${server.url}/snapshots/${summary.id}.json.gz`, { headers })
      ).arrayBuffer();
      const page = await openPage({ browser: async () => browser, server });
      const importBegan = performance.now();
      const response = await fetch(`${server.url}/snapshots`, { method: "POST", headers, body: file });
      const brought = value((await response.json()) as Result<SnapshotSummary>);
      await page.goto(`${server.url}/snapshots/${brought.id}`);
      await page.waitForSelector("[role=grid] [role=row][aria-rowindex]");
      const imported = (performance.now() - importBegan) / 1000;
      await page.close();
      for (const { id } of [summary, brought]) await client.socket.emitWithAck("deleteSnapshot", id);
      seen.push({ save, stall, bytes: summary.bytes / rows, import: imported });
      say(
        `${round} ${rows} events kept in ${save.toFixed(2)} s, stall ${stall.toFixed(0)} ms, ${(summary.bytes / rows).toFixed(1)} bytes an event, back in ${imported.toFixed(2)} s`,
      );
    }
    gentle.stop();
    live.close();
    client.close();
  } finally {
    await browser.close();
    await server.stop();
  }
  const middle = (of: keyof Round) => median(seen.map((round) => round[of]));
  return {
    "snapshot.save": { value: middle("save"), peers: {} },
    "snapshot.stall": {
      value: Math.max(...seen.map(({ stall }) => stall)),
      peers: {},
      note: `the most of any round; rows of ${GENTLE} opens a second come every 16 ms`,
    },
    "snapshot.bytes": { value: middle("bytes"), peers: {}, note: "the heatmaps and their names included" },
    "snapshot.import": { value: middle("import"), peers: {} },
  };
}
