/** From the runs of a board to a snapshot: copied out of their histories in slices between which live panels are served. */
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import type { Host, ToolInfo } from "../protocol";
import type { KeepRequest } from "../protocol/snapshots";
import type { Entry } from "../runs/history";
import type { Run } from "../runs/run";
import type { PanelHead } from "./format";
import { FORMAT_VERSION, schemaOf } from "./format";
import { type Running, runJob, type Summary, type TooLong } from "./jobs";

/** Copied in one go: about half a millisecond. */
const SLICE_BYTES = 1 << 20;
/** The newest stacks may still be without their names; longer than this nobody is made to wait for them. */
const MOST_NAMING_MS = 1000;

export function panelHeadOf(run: Run): PanelHead {
  const { columns, targets: _, missingTarget: __, unavailable: ___, ...tool } = run.tool.info;
  const { request, startedAt, endedAt, attached, functions, count, loss, cost, oneIn, mapBytes, problem } =
    run.info();
  return {
    tool: toolOf(tool),
    parameters: request.parameters,
    ...(request.target !== undefined && { target: request.target }),
    run: {
      startedAt,
      ...(endedAt !== undefined && { endedAt }),
      attached,
      ...(functions && { functions }),
      count,
      loss,
      ...(cost && { cost }),
      oneIn,
      mapBytes,
      ...(problem && { problem }),
    },
    schema: columns.map(schemaOf),
  };
}

/** Named one by one: their order is that of the file. */
const toolOf = ({
  name,
  title,
  tells,
  subsystem,
  view,
  kind,
  cost,
  costWhy,
  tryIt,
  parameters,
}: Omit<ToolInfo, "columns" | "targets">): PanelHead["tool"] => ({
  name,
  title,
  tells,
  subsystem,
  view,
  kind,
  cost,
  costWhy,
  tryIt,
  parameters,
});

/** The batches of a stretch; those of a table say what happened before they were read, so the one after it is its. */
function within(entries: Entry[], range: KeepRequest["range"]): Entry[] {
  if (!range) return entries;
  const from = entries.findIndex(({ at }) => at >= range.from);
  const to = entries.findIndex(({ at }) => at >= range.to);
  return from < 0 ? [] : entries.slice(from, to < 0 ? entries.length : to + 1);
}

/** Hands a run's batches and stacks to the job; returns when the last is on its way. */
async function handOver(job: Running, panel: number, entries: readonly Entry[], run: Run): Promise<void> {
  for (let i = 0; i < entries.length; ) {
    const begin = i;
    let bytes = 0;
    while (i < entries.length && (bytes === 0 || bytes < SLICE_BYTES))
      bytes += entries[i++]?.batch.length ?? 0;
    const some = entries.slice(begin, i);
    const data = new ArrayBuffer(bytes);
    let offset = 0;
    for (const { batch } of some) {
      Buffer.from(data).set(batch, offset);
      offset += batch.length;
    }
    job.send(
      {
        panel,
        first: Float64Array.from(some, ({ first }) => first),
        at: Float64Array.from(some, ({ at }) => at),
        bytes: Uint32Array.from(some, ({ batch }) => batch.length),
        data,
      },
      [data],
    );
    await turn();
  }
  await Promise.race([run.stacks.settled(), sleep(MOST_NAMING_MS)]);
  const cursor = { frames: 0, stacks: 0 };
  for (let stacks = run.stacks.since(cursor); stacks; stacks = run.stacks.since(cursor)) {
    job.send({ panel, stacks });
    await turn();
  }
}

/** Writes the gzip of a snapshot to `to`. `software`: what writes it, "ringside 0.1.0". Throws a UserError. */
export async function keep(
  to: string,
  runs: readonly Run[],
  { title, notes, view, range }: Omit<KeepRequest, "runs">,
  host: Host,
  software: string,
  tooLong: TooLong = "refuse",
): Promise<Summary> {
  // All of one moment, whatever is recorded while it is copied.
  const kept = runs.map((run) => ({
    run,
    head: panelHeadOf(run),
    entries: within(run.history.held(), range),
  }));
  const { hostname, kernel, cpus, bootedAt, startedAt, errnos, syscalls } = host;
  const job = runJob({
    what: "save",
    to,
    head: {
      format: "ringside-snapshot",
      version: FORMAT_VERSION,
      title,
      notes,
      takenAt: Date.now(),
      software,
      host: { hostname, kernel, cpus, bootedAt, startedAt, errnos, syscalls },
      view,
      ...(range && { range }),
      names: {},
    },
    panels: kept.map(({ head }) => head),
    tooLong,
  });
  for (const [panel, { run, entries }] of kept.entries()) await handOver(job, panel, entries, run);
  job.send({ written: true });
  return job.done;
}
