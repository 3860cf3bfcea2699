/** Saves what a panel has recorded for other programs: the selected time of it, if one is selected. */
import type { Host, NameKind, Problem, RunInfo, ToolInfo } from "../server/protocol";
import { type ExportFormat, exported, exportFormats } from "./exports/formats";
import type { Feed } from "./feeds";
import { dateTime } from "./format";
import { useMoment } from "./moment";
import { hostName, nameAll } from "./names";
import { saveFile } from "./picture";
import type { Table } from "./table";

const named: Record<string, NameKind> = { uid_n: "uid", dev_n: "dev", cgroup_id: "cgroup" };

/** Those of rows that were never on screen have not been asked for. */
async function askForNames({ columns, batches }: Pick<Table, "columns" | "batches">) {
  for (const [i, { meaning }] of columns.entries()) {
    const kind = named[meaning];
    if (!kind) continue;
    const numbers = new Set<number | bigint>();
    for (const batch of batches) {
      const values = batch.columns[i];
      if (values?.kind === "numbers") for (const value of values.values) numbers.add(value);
    }
    await nameAll(kind, [...numbers].map(String));
  }
}

/** Resolves with what went wrong, if anything did. */
export async function saveExport(
  format: ExportFormat,
  { tool, run, host, feed }: { tool: ToolInfo; run: RunInfo; host: Host; feed: Feed },
): Promise<Problem | undefined> {
  const table = feed.table.frozen();
  const { selected } = useMoment.getState();
  const extension = exportFormats.find(({ name }) => name === format)?.extension ?? format;
  try {
    await askForNames(table);
    const pieces: BlobPart[] = [];
    const recording = {
      tool,
      parameters: run.request.parameters,
      host,
      context: { host, functions: run.functions ?? [], stacks: feed.stacks, name: hostName },
      batches: table.batches,
      ...(selected && { range: selected }),
    };
    for await (const piece of exported(format, recording)) {
      pieces.push(piece);
      // A million rows are many pieces: the page goes on between them.
      if (pieces.length % 8 === 0) await new Promise((resolve) => setTimeout(resolve));
    }
    const stamp = dateTime(run.endedAt ?? Date.now())
      .replaceAll(/[-:]/g, "")
      .replace(" ", "-");
    saveFile(new Blob(pieces), `${tool.name}-${host.hostname}-${stamp}.${extension}`);
    return undefined;
  } catch (error) {
    return {
      reason: `${tool.name} could not be saved as ${format}: ${error instanceof Error ? error.message : error}.`,
      fix: "Select a shorter time, or choose another format.",
    };
  }
}
