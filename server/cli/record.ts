/** `ringside record TOOL`: the server's engine for one run, without a browser and without a port. */
import { Command, InvalidArgumentError } from "commander";
import { Symbols } from "../../native";
import { type Catalogue, type CatalogueTool, readCatalogue } from "../catalogue";
import { hostProblems } from "../host/capabilities";
import { hostNow } from "../host/host";
import { goFirst } from "../host/priority";
import { budgetOf, budgetOption, option, toolsOption, whole } from "../options";
import type { StartRequest } from "../protocol";
import type { Run } from "../runs/run";
import { Runs } from "../runs/runs";
import { MOST_JSON_BYTES } from "../snapshots/format";
import { asCommand, EXIT, UsageError } from "./exit";
import { Output } from "./output";
import { showProgress } from "./progress";
import { keepRun, needWritable } from "./record-file";
import { RowStream } from "./row-stream";
import { addToolOptions, refuseUnknown } from "./tool-options";

interface RecordOptions {
  for?: number;
  target?: string;
  out?: string;
  title: string;
  anyway: boolean;
  budget: number;
  historyMib: number;
  tools: string;
}

/** A run ends by itself after what a timer can hold at most, 24 days. */
const LONGEST_MS = 2 ** 31 - 1;
/** A second Ctrl-C within this is the first one, passed on. */
const SAME_SIGNAL_MS = 500;

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };

/** "30s", "500ms", "5m", "1h" in milliseconds. */
function duration(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|min|h)$/.exec(text) ?? [];
  const ms = Number(number) * (UNITS[unit] ?? 0);
  if (!(ms > 0 && ms <= LONGEST_MS))
    throw new InvalidArgumentError("Give a time with its unit: 500ms, 30s, 5m, 1h.");
  return ms;
}

function outFile(path: string): string {
  if (!/\.json(\.gz)?$/.test(path))
    throw new InvalidArgumentError(
      "Give FILE.json or FILE.json.gz; ringside export makes other formats of it.",
    );
  return path;
}

const EPILOGUE = `
Without --out rows go to standard output as JSON, one object a line: "ringside record opensnoop | jq .path".
Ctrl-C ends it and keeps what was recorded.
Exit status: 0 all was recorded; 1 refused, or failed; 2 no such tool, option or value; 3 recorded, but not all: rows were
lost, or the budget narrowed or stopped it. docs/cli.md tells what the rows hold.`;

function recordCommand(name: string): Command {
  return asCommand(
    new Command(name)
      .option("--for <time>", "how long, such as 30s or 5m; otherwise until Ctrl-C", duration)
      .option(
        "--out <file>",
        "keep a snapshot there, FILE.json or FILE.json.gz, instead of writing rows",
        outFile,
      )
      .option("--title <text>", "of the snapshot", "")
      .option("--anyway", "also what a short trial finds dearer than the budget", false)
      .addOption(budgetOption())
      .addOption(
        option(
          "--history-mib <n>",
          "RINGSIDE_HISTORY_MIB",
          "memory for rows: those not written yet, with --out all of them",
        )
          .default(64)
          .argParser(whole(1, 4096)),
      )
      .addOption(toolsOption())
      .addHelpText("after", EPILOGUE),
  );
}

/** The folder has to be known before the tool's own options are. */
function catalogueFor(argv: readonly string[]): Catalogue {
  const command = new Command().addOption(toolsOption()).allowUnknownOption().allowExcessArguments();
  return readCatalogue(
    command
      .helpOption(false)
      .parse([...argv], { from: "user" })
      .opts<{ tools: string }>().tools,
  );
}

function findTool(catalogue: Catalogue, name: string): CatalogueTool {
  const tool = catalogue.tools.get(name);
  if (tool) return tool;
  throw new UsageError({
    reason: `There is no tool ${JSON.stringify(name)}.`,
    fix: `There are: ${[...catalogue.tools.keys()].join(", ")}.`,
  });
}

const targetWords: Record<string, string> = {
  kernel: "vfs_read",
  user: "c:malloc",
  tracepoint: "t:sched:sched_switch",
};

function parseRecord(argv: readonly string[]): {
  catalogue: Catalogue;
  request: StartRequest;
  options: RecordOptions;
} {
  const [name] = argv;
  if (name === undefined || name.startsWith("-")) {
    recordCommand("ringside record")
      .usage("TOOL [options]")
      .description(
        "Records one tool. ringside tools lists them; ringside record TOOL --help tells a tool's own options.",
      )
      .parse([...argv], { from: "user" });
    throw new UsageError({
      reason: "record needs the name of a tool.",
      fix: "ringside tools lists what can run here.",
    });
  }
  const catalogue = catalogueFor(argv);
  const tool = findTool(catalogue, name);
  const { info } = tool;
  const command = recordCommand(`ringside record ${name}`).usage("[options]");
  command.description(`${info.title}.\n${info.tells}`);
  if (tool.manifest.targets)
    command.option(
      "--target <what>",
      `what to trace: ${info.targets.map((kind) => targetWords[kind]).join(", ")}; * stands for anything`,
    );
  const parametersOf = addToolOptions(command, tool);
  const rest = argv.slice(1);
  refuseUnknown(command, rest, tool);
  const options = command.parse(rest, { from: "user" }).opts<RecordOptions>();
  const request: StartRequest = {
    tool: name,
    parameters: parametersOf(),
    ...(options.target !== undefined && { target: options.target }),
    ...(options.anyway && { anyway: true }),
  };
  return { catalogue, request, options };
}

/** Resolves when the run is to end: its time is over, it was interrupted, it has ended, or nobody reads. */
class End {
  private resolve = () => {};
  readonly came = new Promise<void>((resolve) => {
    this.resolve = resolve;
  });
  private signalled = 0;

  constructor(ms: number | undefined) {
    if (ms !== undefined) setTimeout(() => this.now(), ms);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, this.interrupt);
  }

  now(): void {
    this.resolve();
  }

  /** Once more, and it does not wait for a reader who takes nothing. */
  private readonly interrupt = (): void => {
    const again = this.signalled > 0 && Date.now() - this.signalled > SAME_SIGNAL_MS;
    if (again) process.exit(EXIT.incomplete);
    this.signalled ||= Date.now();
    this.now();
  };
}

const counted = (number: number, what: string): string =>
  `${number.toLocaleString("en-US")} ${what}${number === 1 ? "" : "s"}`;

/** What is missing from the record, one sentence each. */
function shortcomings(run: Run, notWritten: number, why: string): string[] {
  const { loss, problem, oneIn } = run.info();
  return [
    ...(loss.ring > 0 ? [`${counted(loss.ring, "row")} found the ring full and were lost.`] : []),
    ...(loss.map > 0 ? [`${counted(loss.map, "update")} found a map full and were lost.`] : []),
    ...(loss.stack > 0 ? [`${counted(loss.stack, "stack")} could not be kept.`] : []),
    ...(notWritten > 0
      ? [
          `${counted(notWritten, "row")} were not written, ${why}: raise --history-mib, or narrow what is traced.`,
        ]
      : []),
    ...(oneIn > 1
      ? [`Over its budget, so that in the end one event in ${oneIn} was recorded: raise --budget.`]
      : []),
    ...(problem ? [`${problem.reason} ${problem.fix}`] : []),
  ];
}

export async function record(argv: readonly string[]): Promise<number> {
  const { catalogue, request, options } = parseRecord(argv);
  if (options.out !== undefined) needWritable(options.out);
  goFirst();
  const end = new End(options.for);
  const symbols = new Symbols();
  let stream: RowStream | undefined;
  let recorded: Run | undefined;
  const runs = new Runs(
    catalogue,
    symbols,
    {
      // Rows leave as they are written; minutes are no bound here.
      history: { bytes: options.historyMib * 1024 * 1024, minutes: Number.POSITIVE_INFINITY },
      maxRuns: 1,
      idleSeconds: 1,
      budget: budgetOf(options.budget),
    },
    {
      rows: () => stream?.rows(),
      list: () => {
        if (recorded && !recorded.running) end.now();
      },
    },
  );
  try {
    const run = await runs.start(request);
    run.viewers++;
    recorded = run;
    const host = hostNow(hostProblems());
    const untilEnd = async () => {
      await end.came;
      await runs.stop(run.id);
    };
    const streamOut = async () => {
      const output = new Output();
      const rows = new RowStream(run, host, output);
      stream = rows;
      await Promise.all([rows.flow().finally(() => end.now()), untilEnd().then(() => rows.end())]);
      return shortcomings(run, output.closed ? 0 : rows.notWritten, "because the reader was too slow");
    };
    const keepAtEnd = async (path: string) => {
      const hide = showProgress(run, options.for);
      await untilEnd().finally(hide);
      await run.stacks.settled();
      const kept = await keepRun(run, host, path, options.title);
      const { rows, totalRows } = run.history;
      if (process.stderr.isTTY) process.stderr.write(`${path}: ${counted(kept, "row")}\n`);
      return [
        ...shortcomings(run, totalRows - rows, "because memory was full"),
        ...(kept < rows
          ? [
              `The oldest ${counted(rows - kept, "row")} were not kept, because a snapshot holds at most ${MOST_JSON_BYTES >> 20} MiB of JSON: record for a shorter time, or narrow what is traced.`,
            ]
          : []),
      ];
    };
    const missing = options.out === undefined ? await streamOut() : await keepAtEnd(options.out);
    for (const sentence of missing) process.stderr.write(`${sentence}\n`);
    return missing.length > 0 ? EXIT.incomplete : EXIT.ok;
  } finally {
    await runs.close();
    symbols.close();
  }
}
