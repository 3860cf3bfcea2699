/**
 * The article's table of what probes cost, measured with our programs by the speed of a load: bare, traced with the kernel's
 * statistics off, and with them on, as they are while somebody watches. Writes docs/overhead.md.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { type Kind, monotonicMs, Turning } from "../e2e/harness/turns";
import { hasKprobes } from "../server/host/capabilities";
import { fromRoot } from "../server/project";
import type { RunCost, RunRequest } from "../server/protocol";
import { median, sleep } from "./measure";
import { type Figures, machine } from "./report";
import { type Setting, Stage } from "./stage";

const TURNS_MS = 700;

interface Row {
  probe: string;
  /** What the article says. */
  article: string;
  loop: Kind;
  request: RunRequest;
  /** Of profile; the others have one a turn. */
  eventsASecond?: number;
}

const program = (): string => fromRoot("dist", "bench", "turns");

function rows(): Row[] {
  const target = `${program()}:turned`;
  const kernel = `__${process.arch === "arm64" ? "arm64" : "x64"}_sys_getppid`;
  const count = (target: string): RunRequest => ({ tool: "funccount", parameters: {}, target });
  return [
    { probe: "kprobe", article: "50–200 ns", loop: "call", request: count(kernel) },
    {
      probe: "tracepoint, every call (tp_btf)",
      article: "~30 ns",
      loop: "call",
      request: { tool: "syscount", parameters: {} },
    },
    {
      probe: "tracepoint, one call (tp)",
      article: "~30 ns",
      loop: "call",
      request: count("t:syscalls:sys_enter_getppid"),
    },
    {
      probe: "a call that is none of the tool's",
      article: "",
      loop: "call",
      request: { tool: "opensnoop", parameters: {} },
    },
    { probe: "uprobe", article: "1–5 µs", loop: "function", request: count(target) },
    {
      probe: "uprobe and uretprobe",
      article: "1–5 µs",
      loop: "function",
      request: { tool: "funclatency", parameters: {}, target },
    },
    {
      probe: "profile, a sample",
      article: "<0.5 % CPU at 99 Hz",
      loop: "spin",
      request: { tool: "profile", parameters: { frequency: 4999 } },
      eventsASecond: 4999,
    },
  ];
}

/** One load, or (spin, as samples are taken on every CPU) one for each CPU. */
function load(loop: Kind) {
  const count = loop === "spin" ? cpus().length : 1;
  const children = Array.from({ length: count }, () =>
    spawn(program(), [loop], { stdio: ["pipe", "pipe", "inherit"], detached: true }),
  );
  const loads = children.map((child) => new Turning(child));
  return {
    /** Nanoseconds of its own CPU time that a turn takes a load; of `spin`, that interrupts take of each second of it. */
    async turn(milliseconds = TURNS_MS): Promise<number> {
      const start = monotonicMs();
      await sleep(milliseconds / 1000);
      const spells = loads.map((one) => one.between(start, monotonicMs()));
      return (
        spells.reduce((sum, { nsec, lost }) => sum + (loop === "spin" ? lost * 1e9 : nsec), 0) / spells.length
      );
    },
    stop: () => {
      for (const child of children) child.kill("SIGKILL");
    },
  };
}

interface Measured {
  off: number;
  on: number;
  shown?: number;
  cpu: number;
}

/** Nanoseconds an event. */
async function measure(stage: Stage, row: Row, rounds: number): Promise<Measured> {
  const { turn, stop } = load(row.loop);
  const all: { bare: number; off: number; on: number; cost: RunCost | undefined }[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const bare = await turn();
      const run = await stage.start(row.request.tool, row.request.parameters, row.request.target);
      await sleep(0.2);
      const off = await turn();
      await stage.client.watch(run);
      // The statistics come on at the next full second, and each kind of probe is calibrated once.
      for (let i = 0; i < 20 && !stage.costOf(run); i++) await turn(300);
      const on = await turn(1200);
      all.push({ bare, off, on, cost: stage.costOf(run) });
      await stage.stop(run);
    }
  } finally {
    stop();
  }
  const of = (what: (one: (typeof all)[number]) => number) => median(all.map(what));
  const event = (traced: number, bare: number) => (traced - bare) / (row.eventsASecond ?? 1);
  return {
    off: of(({ off, bare }) => event(off, bare)),
    on: of(({ on, bare }) => event(on, bare)),
    ...(row.request.tool !== "opensnoop" && {
      shown: of(
        ({ cost }) => (cost ? cost.seen + cost.unseen : Number.NaN) * (row.probe.includes(" and ") ? 2 : 1),
      ),
    }),
    cpu: of(({ cost }) => cost?.cpu ?? Number.NaN),
  };
}

/** What `perf stat` counts of a load before and after; a machine without a PMU has nothing to say. */
async function perfStat(stage: Stage): Promise<string> {
  /** Cycles a call. */
  const cycles = (): number => {
    const stat = ["stat", "-x,", "-e", "cycles", program(), "call"];
    const { stderr, stdout } = spawnSync("perf", stat, { encoding: "utf8", input: "\n1000\n" });
    const turns = Number(/^(\d+) \d+$/m.exec(stdout ?? "")?.[1]);
    return Number(/^(\d+),/m.exec(stderr ?? "")?.[1]) / turns;
  };
  const before = cycles();
  if (Number.isNaN(before))
    return "`perf stat` counts no cycles here (no PMU, or no perf), so before and after are the load's own clock.";
  const run = await stage.start("syscount");
  const after = cycles();
  await stage.stop(run);
  return `\`perf stat\`, cycles a call: ${before.toFixed(0)} before, ${after.toFixed(0)} with syscount attached.`;
}

const nanoseconds = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? "–" : `${Math.round(value).toLocaleString("en")} ns`;

export async function measureOverhead({ rounds, say }: Setting): Promise<Figures> {
  execFileSync("gcc", ["-O0", "-o", program(), fromRoot("e2e", "loads", "turns.c")], { stdio: "inherit" });
  const place = machine();
  const lines: string[] = [];
  let perf = "";
  await Stage.use(async (stage) => {
    // What is on system calls is calibrated a moment after the first page has come.
    await sleep(2);
    for (const row of rows()) {
      if (row.probe === "kprobe" && !hasKprobes()) {
        lines.push(`| ${row.probe} | ${row.article} | ${row.request.tool} | this kernel has none | | |`);
        continue;
      }
      const { off, on, shown } = await measure(stage, row, rounds);
      say(
        `${row.probe}: ${nanoseconds(off)}, with statistics ${nanoseconds(on)}, shown ${nanoseconds(shown)}`,
      );
      lines.push(
        `| ${row.probe} | ${row.article} | ${row.request.tool} | ${nanoseconds(off)} | ${nanoseconds(on)} | ${nanoseconds(shown)} |`,
      );
    }
    perf = await perfStat(stage);
  });
  writeFileSync(
    fromRoot("docs", "overhead.md"),
    page(lines, `${place}; medians of ${rounds} rounds. ${perf}`),
  );
  return {};
}

const page = (lines: readonly string[], place: string): string => `# What tracing costs

Made by \`npm run bench -- --only overhead\`: what an event adds to a load, by the load's own clock (its CPU time a turn, traced
less bare; for a sample, what interrupts take of a load that does nothing but look at the clock), with our programs. The kernel's statistics are off while nobody watches; with them on, an event costs a little
more, which is what the panel shows.

| probe | the article | tool | adds | adds, statistics on | shown on the panel |
|---|---|---|---|---|---|
${lines.join("\n")}

${place}

## What the panel adds up

- **In the program**: the kernel's eBPF statistics (\`BPF_ENABLE_STATS\`), held by the server while a page watches a run. They see
  the program and nothing of the way to it. While there is a budget and nobody watches, they are on for a second in ten.
- **The way there and back**: an estimate. Once for each kind of probe, the server times a loop of its own with an empty program
  on it, statistics on, less what the statistics say of that program. A uprobe's way is its trap, and twice as dear where the
  instruction cannot be emulated; a sample's way is its interrupt.
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
