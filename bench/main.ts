/** `npm run bench`: what we claim, measured beside the peers in one run. */
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { Command } from "commander";
import { whole } from "../server/options";
import { fromRoot } from "../server/project";
import { measureBusy } from "./busy";
import { measureFirstLoad } from "./first-load";
import { measureFlame } from "./flame";
import { measureHeatmap } from "./heatmap";
import { buildLoads } from "./load";
import { measureMemory } from "./memory";
import { measureOverhead } from "./overhead";
import { measurePage } from "./page";
import { findPeers } from "./peers";
import { measureProcesses } from "./processes";
import { type Figures, machine, toJson, toTable, watchStolen } from "./report";
import { measureShare } from "./share";
import { measureSnapshot } from "./snapshot";
import { measureStart } from "./start";
import { measureStorm } from "./storm";
import { measureTable } from "./table";

const GROUPS = {
  storm: measureStorm,
  page: measurePage,
  busy: measureBusy,
  start: measureStart,
  memory: measureMemory,
  heatmap: measureHeatmap,
  /** Writes docs/overhead.md. */
  overhead: measureOverhead,
  flame: measureFlame,
  table: measureTable,
  processes: measureProcesses,
  load: measureFirstLoad,
  share: measureShare,
  snapshot: measureSnapshot,
};
type Group = keyof typeof GROUPS;

const values = new Command("npm run bench --")
  .description(
    "What we claim, measured beside the peers in one run. Run it as root, on a machine that does nothing else.",
  )
  .option(
    "--only <groups>",
    `these groups, with commas between: ${Object.keys(GROUPS).join(", ")}`,
    Object.keys(GROUPS).join(","),
  )
  .option("--rounds <n>", "in turn with the peers; figures are medians", whole(1, 100), 3)
  .option("--json <file>", "the figures by key, with their units and the peers'")
  .option("--markdown <file>", "the report, also to this file")
  .parse()
  .opts<{ only: string; rounds: number; json?: string; markdown?: string }>();

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

const groups = values.only.split(",");
const { rounds } = values;
for (const group of groups)
  if (!Object.hasOwn(GROUPS, group))
    fail(`There is no group "${group}": choose from ${Object.keys(GROUPS).join(", ")}.`);
for (const built of ["dist/server.js", "dist/ringside.node", "out/index.html"])
  if (!existsSync(fromRoot(built))) fail(`${built} is not there: run npm run build first.`);
if (process.getuid?.() !== 0) fail("The bench traces the whole host: run it as root.");

// A bare machine has not mounted what holds the numbers of tracepoints, which the peers attach by.
if (!existsSync("/sys/kernel/tracing/events"))
  execFileSync("mount", ["-t", "tracefs", "tracefs", "/sys/kernel/tracing"]);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

buildLoads();
if ((loadavg()[0] ?? 0) > 0.3 * cpus().length)
  process.stderr.write("Other programs are busy on this machine: the figures will be theirs as well.\n");
const { peers, absent } = findPeers();
const figures: Figures = {};
const place = machine();
const stolen = watchStolen();
for (const group of groups as Group[]) {
  const say = (line: string) => process.stderr.write(`${group} ${line}\n`);
  try {
    Object.assign(figures, await GROUPS[group]({ rounds, peers, say }));
  } catch (error) {
    process.exitCode = 1;
    say(`failed: ${error instanceof Error ? error.message : error}`);
  }
}

const report = [
  toTable(figures),
  "",
  `${place}; ${stolen()}.`,
  `Medians of ${rounds} rounds in turn; figures of lost rows: the most of any round. ✗: falls short; ?: says nothing.`,
  ...(absent.length > 0 ? [`Not installed, so not measured: ${absent.join(", ")}.`] : []),
].join("\n");
process.stdout.write(`${report}\n`);
if (values.json) writeFileSync(values.json, toJson(figures));
if (values.markdown)
  writeFileSync(
    values.markdown,
    [
      "# Measured",
      "",
      `Made by \`npm run bench -- ${process.argv.slice(2).join(" ")}\`, on real programs, the real server and a real headless`,
      "Chromium.",
      "Opens run on one CPU, those of `busy.lost` on all; in the storm everything else runs on the others.",
      "",
      report,
      "",
    ].join("\n"),
  );
// Loads that a failed measurement left would keep this process alive; they end with it.
process.exit();
