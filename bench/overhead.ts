/**
 * The article's table of what probes cost, measured with our programs by the speed of a load: bare, traced with the kernel's
 * statistics off, and with them on, as they are while somebody watches. Writes docs/overhead.md.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fromRoot } from "../server/project";
import { sleep } from "./measure";
import { buildTurns, measureProbe, type ProbeCost, probes, turns } from "./probe-cost";
import { type Figures, machine } from "./report";
import { type Setting, Stage } from "./stage";

/** The same, each probe a row: by instructions. Undefined: this machine can have no such kernel. */
function inGuest(): { release: string; rows: string[] } | undefined {
  const command = [fromRoot("scripts", "probe-costs.mjs")];
  const { status, stdout } = spawnSync(process.execPath, command, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) return undefined;
  const [release = "", ...lines] = stdout.trim().split("\n");
  const rows = lines.map((line) => {
    const { probe, tool, off, on, shown }: ProbeCost & { probe: string; tool: string } = JSON.parse(line);
    const [bare, traced, panel] = [off, on, shown].map((value) => number(value));
    return `| ${probe} | ${tool} | ${bare} | ${traced} | ${panel} |`;
  });
  return { release, rows };
}

/** What `perf stat` counts of a load before and after; a machine without a PMU has nothing to say. */
async function perfStat(stage: Stage): Promise<string> {
  /** Cycles a call. */
  const cycles = (): number => {
    const stat = ["stat", "-x,", "-e", "cycles", turns(), "call"];
    const { stderr, stdout } = spawnSync("perf", stat, { encoding: "utf8", input: "\n1000\n" });
    const calls = Number(/^(\d+) \d+ \d+ \d+$/m.exec(stdout ?? "")?.[1]);
    return Number(/^(\d+),/m.exec(stderr ?? "")?.[1]) / calls;
  };
  const before = cycles();
  if (Number.isNaN(before))
    return "`perf stat` counts no cycles here (no PMU, or no perf), so before and after are the load's own clock.";
  const run = await stage.start("syscount");
  const after = cycles();
  await stage.stop(run);
  return `\`perf stat\`, cycles a call: ${before.toFixed(0)} before, ${after.toFixed(0)} with syscount attached.`;
}

const number = (value: number | undefined, unit = ""): string =>
  value === undefined || Number.isNaN(value) ? "–" : `${Math.round(value).toLocaleString("en")}${unit}`;

export async function measureOverhead({ rounds, say }: Setting): Promise<Figures> {
  buildTurns();
  const place = machine();
  const rows: string[] = [];
  let perf = "";
  await Stage.use(async (stage) => {
    // What is on system calls is calibrated a moment after the first page has come.
    await sleep(2);
    for (const one of probes()) {
      const { off, on, shown } = await measureProbe(stage, one, rounds);
      const [bare, traced, panel] = [off, on, shown].map((value) => number(value, " ns"));
      say(`${one.probe}: ${bare}, with statistics ${traced}, shown ${panel}`);
      rows.push(`| ${one.probe} | ${one.article} | ${one.request.tool} | ${bare} | ${traced} | ${panel} |`);
    }
    perf = await perfStat(stage);
  });
  const guest = inGuest();
  say(guest ? `by instructions:\n${guest.rows.join("\n")}` : "not measured by instructions");
  writeFileSync(
    fromRoot("docs", "overhead.md"),
    page(rows, `${place}; medians of ${rounds} rounds. ${perf}`, guest ? byInstructions(guest) : ""),
  );
  return {};
}

const byInstructions = ({ release, rows }: { release: string; rows: readonly string[] }): string => `
## By instructions

The same in a virtual machine (\`node scripts/probe-costs.mjs\`; ${release}, one CPU), whose time counts instructions, one a
nanosecond: nothing else runs there, and no cache, no clock rate and no hypervisor disturb it. Of samples the panel shows the
mean of all, the server's own deep stacks among them; what is added is the load's, which are shallow. Instructions an event:

| probe | tool | adds | adds, statistics on | shown on the panel |
|---|---|---|---|---|
${rows.join("\n")}
`;

const page = (rows: readonly string[], place: string, more: string): string => `# What tracing costs

Made by \`npm run bench -- --only overhead\`: what an event adds to a load, by the load's own clock (its CPU time a turn, traced
less bare; for a sample, what interrupts take of a load that does nothing but look at the clock), with our programs. The
kernel's statistics are off while nobody watches; with them on, an event costs a little more, which is what the panel shows.

| probe | the article | tool | adds | adds, statistics on | shown on the panel |
|---|---|---|---|---|---|
${rows.join("\n")}

${place}
${more}
## What the panel adds up

- **In the program**: the kernel's eBPF statistics (\`BPF_ENABLE_STATS\`), held by the server while a page watches a run. They see
  the program and nothing of the way to it. While there is a budget and nobody watches, they are on for a second in ten.
- **The way there and back**: an estimate. Once for each kind of probe, the server times a loop of its own with an empty program
  on it, statistics on, less what the statistics say of that program. A uprobe's way is its trap, and twice as dear where the
  instruction cannot be emulated; a sample's way is its interrupt, which is timed before a run samples.
- **Bystanders**: a program on one kind of system call puts every call of the host on a slower way, where calls begin or where
  they end. How much slower is calibrated when the first page comes, as it can only be told before a run is there; how many
  calls there are is counted for 30 ms every five seconds; the product is an estimate.
- **Not in the budget**: the server's own CPU time and the page's, which stand beside it in the header.

## When a run is over its budget

The budget (\`--budget\`, 2 % of the machine; for each run, and for all together) must be exceeded for 3 s. A tool that can sample
is then narrowed to one event in N, as far as the way there alone does not exceed the budget already; otherwise the run is
stopped. Both are said on the panel, with one press that raises the budget. A tool with a target is tried for 150 ms before it
stays; where that says more than the budget, the start is refused with the number.
`;
