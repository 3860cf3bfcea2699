/** Left on: five tools and five clients for half an hour (short form: seconds), runs and clients coming and going. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { RunInfo } from "../../server/protocol";
import { until } from "../harness/client";
import { withServer } from "../harness/fixture";
import { build, hold, run, scratchFolder } from "../harness/load";
import { amount, isLong, p99, slope, writeSection } from "./form";
import { type Holdings, holdingsOf } from "./holdings";
import { Viewer } from "./viewer";

const MINUTES = amount(0.05, 30);
/** Histories and caches fill until then. */
const WARM_MINUTES = amount(0, 10);
const OPENS = amount(2_000, 20_000);
const PAUSE_MS = amount(200, 4_000);
/** What is held for a moment is let go until then; what leaks is not. */
const PATIENCE_MS = 5_000;
/** Beside opensnoop, which comes and goes each round; one of these is started anew in each. */
const LASTING = ["execsnoop", "biolatency", "syscount", "profile"];
const CLIENTS = 5;

// A history that is full long before the measuring begins.
const at = withServer(["--history-mib", "2"]);
const opens = build("opens.c");

test("memory, files and maps stay flat, and every event is accounted for", {
  timeout: 45 * 60_000,
  retry: isLong ? 0 : 1,
}, async () => {
  const viewers: Viewer[] = [];
  for (let i = 0; i < CLIENTS; i++) viewers.push(await Viewer.connect(at.server.url));
  const [first] = viewers;
  if (!first) return;
  const lasting = new Map<string, RunInfo>();
  const begin = async (tool: string, by: Viewer) => {
    const info = await by.start({ tool, parameters: {} });
    lasting.set(tool, info);
    for (const viewer of viewers) await viewer.watch(info);
  };
  for (const tool of LASTING) await begin(tool, first);

  const began = Date.now();
  const minutes = () => (Date.now() - began) / 60_000;
  const samples: [minute: number, Holdings][] = [];
  const totals = { rounds: 0, made: 0, recorded: 0, ring: 0, received: 0, notSent: 0, come: CLIENTS };
  const lateness: number[] = [];
  let cpuSeconds = 0;

  for (; minutes() < MINUTES; totals.rounds++) {
    const folder = scratchFolder();
    const load = await hold(opens, [folder, String(OPENS)]);
    const starter = viewers[totals.rounds % CLIENTS] ?? first;
    const info = await starter.start({ tool: "opensnoop", parameters: { pid: load.pid } });
    const seen = await Promise.all(viewers.map((viewer) => viewer.watch(info)));
    await run(load);
    const stopped = await starter.stop(info);
    await until(() => seen.every(({ rows, gaps }) => rows + gaps >= stopped.count), 120_000);
    totals.made += OPENS;
    totals.recorded += stopped.count;
    totals.ring += stopped.loss.ring;
    for (const { rows, gaps } of seen) {
      totals.received += rows;
      totals.notSent += gaps;
    }
    expect(stopped.count + stopped.loss.ring).toBe(OPENS);

    // Churn: a tool is started anew, a client goes and another comes.
    const tool = LASTING[totals.rounds % LASTING.length] ?? "";
    const old = lasting.get(tool);
    if (old) await starter.stop(old);
    for (const viewer of viewers) {
      viewer.leave(info);
      if (old) viewer.leave(old);
    }
    await begin(tool, starter);
    const index = 1 + (totals.rounds % (CLIENTS - 1));
    viewers[index]?.close();
    const next = await Viewer.connect(at.server.url);
    viewers[index] = next;
    totals.come++;
    for (const one of lasting.values()) await next.watch(one);

    for (const viewer of viewers) {
      lateness.push(...viewer.lateness);
      viewer.lateness = [];
    }
    // The kernel and the sockets let go a moment later, as do the probes whose cost is measured just now.
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const before = samples.map(([, holdings]) => holdings);
    samples.push([minutes(), await settled(at.server.pid, before)]);
    cpuSeconds = cpuOf(at.server.pid);
  }
  for (const viewer of viewers) viewer.close();

  expect(totals.received + totals.notSent).toBe(CLIENTS * totals.recorded);
  const warm = samples.filter(([minute]) => minute >= WARM_MINUTES);
  const of = (what: keyof Holdings) => warm.map(([, holdings]) => holdings[what]);
  const range = (what: keyof Holdings) => [Math.min(...of(what)), Math.max(...of(what))] as const;
  const spread = (what: keyof Holdings) => range(what)[1] - range(what)[0];
  const per10 = 10 * slope(warm.map(([minute, { rss }]) => [minute, rss] as const));
  writeSection("soak", [
    ["Length; of it measured", `${MINUTES} min; the last ${MINUTES - WARM_MINUTES}`],
    ["Tools; clients; of those that came", `5; ${CLIENTS} at a time; ${totals.come}`],
    ["Rounds (a run more and one anew, a client gone and one come, each)", String(totals.rounds)],
    ["Resident memory: slope", `${per10.toFixed(2)} MiB in 10 min (wanted: below 1)`],
    [
      "Resident memory: least and most",
      range("rss")
        .map((mib) => `${mib.toFixed(1)} MiB`)
        .join(" … "),
    ],
    ["File descriptors", range("fds").join(" … ")],
    ["Memory mappings", range("mappings").join(" … ")],
    ["eBPF maps; programs", `${range("maps").join(" … ")}; ${range("programs").join(" … ")}`],
    ["Opens made = recorded + lost in the ring", `${totals.made} = ${totals.recorded} + ${totals.ring}`],
    [
      `Recorded × ${CLIENTS} clients = received + told as not sent`,
      `${CLIENTS * totals.recorded} = ${totals.received} + ${totals.notSent}`,
    ],
    [
      "Delay from the ring's reading to a client, p99",
      `${p99(lateness).toFixed(0)} ms, beside whatever else the machine did`,
    ],
    ["CPU time of the server", `${cpuSeconds.toFixed(0)} s`],
  ]);
  // In the short form the comers and goers of one moment are most of what is seen.
  expect(spread("maps")).toBeLessThanOrEqual(isLong ? 0 : 2);
  expect(spread("programs")).toBeLessThanOrEqual(isLong ? 0 : 2);
  expect(spread("fds")).toBeLessThanOrEqual(isLong ? 2 : 10);
  if (isLong) expect(per10).toBeLessThan(1);
});

/**
 * What it holds, of files and eBPF the least of some looks: until that is no more than the least of `before`, or its patience
 * ends. A single look at the end, where one of the three had grown, once met a program that is there for a moment every five
 * seconds, to count the host's calls.
 */
async function settled(pid: number, before: readonly Holdings[]): Promise<Holdings> {
  const kinds = ["fds", "maps", "programs"] as const;
  const end = Date.now() + PATIENCE_MS;
  let least = holdingsOf(pid);
  while (kinds.some((what) => before.some((then) => least[what] > then[what])) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = holdingsOf(pid);
    const lesser = (what: keyof Holdings) => Math.min(now[what], least[what]);
    least = { ...now, fds: lesser("fds"), maps: lesser("maps"), programs: lesser("programs") };
  }
  return least;
}

/** Seconds of CPU time, user and system. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
