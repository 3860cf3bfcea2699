/** What a process is, and its last minute in each of the columns. */
import type { ReactNode } from "react";
import type { ProcessDetails } from "../../server/protocol/processes";
import { argv, bytes, rate, visible } from "../format";
import { Sparkline } from "../panels/sparkline";
import { percentOfCpu } from "./process-columns";
import { type Metric, minute } from "./process-past";
import type { ProcessStore } from "./process-store";
import type { ProcessView } from "./process-view";
import type { ShownNames } from "./use-names";

const shown: [metric: Metric, title: string, text: (value: number) => string][] = [
  ["cpu", "CPU", (value) => `${percentOfCpu(value)} %`],
  ["wait", "Wait", (value) => `${percentOfCpu(value)} %`],
  ["switches", "Switches", (value) => `${rate(value)}/s`],
  ["preemptions", "Preempted", (value) => `${rate(value)}/s`],
  ["faults", "Faults", (value) => `${rate(value)}/s`],
  ["major_faults", "Major faults", (value) => `${rate(value)}/s`],
  ["disk_read", "Disk read", (value) => `${bytes(value)}/s`],
  ["disk_written", "Disk write", (value) => `${bytes(value)}/s`],
  ["file_read", "Read", (value) => `${bytes(value)}/s`],
  ["file_written", "Write", (value) => `${bytes(value)}/s`],
  ["received", "Net in", (value) => `${bytes(value)}/s`],
  ["sent", "Net out", (value) => `${bytes(value)}/s`],
];

interface AboutProps {
  store: ProcessStore;
  names: ShownNames;
  slot: number;
  details: ProcessDetails | undefined;
  /** Milliseconds since the epoch. */
  startedAt: number;
  onView(change: Partial<ProcessView>): void;
}

export function About({ store, names, slot, details, startedAt, onView }: AboutProps) {
  const parent = store.slotOfPid(store.parent[slot] as number);
  const line = details ? details.commandLine && argv(details.commandLine) : names.commandLine(slot);
  return (
    <>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 px-4 py-3">
        <Fact title="Command line">{line || <span className="text-faint">none: a kernel thread</span>}</Fact>
        {details?.executable && <Fact title="Executable">{visible(details.executable)}</Fact>}
        {details?.directory && <Fact title="Directory">{visible(details.directory)}</Fact>}
        <Fact title="Container">{visible(names.containerPath(slot)) || "–"}</Fact>
        <Fact title="Started">{new Date(startedAt).toLocaleString("sv-SE")}</Fact>
        {parent !== undefined && (
          <Fact title="Parent">
            <button
              type="button"
              className="text-accent hover:underline"
              onClick={() =>
                onView({
                  chosen: {
                    pid: store.pid[parent] as number,
                    startedMs: Math.floor((store.started[parent] as number) / 1e6),
                  },
                })
              }
            >
              {visible(store.comm[parent] as string)} · {store.pid[parent]}
            </button>
          </Fact>
        )}
        {details && details.memory.virtual > 0 && (
          <Fact title="Memory">
            {bytes(details.memory.resident)} resident
            <span className="text-dim">
              {details.memory.swapped > 0 && ` · ${bytes(details.memory.swapped)} swapped out`} ·{" "}
              {bytes(details.memory.virtual)} of addresses
            </span>
          </Fact>
        )}
      </dl>
      <div className="grid grid-cols-2 gap-x-6 border-line border-t px-4 py-2">
        {shown.map(([metric, title, text]) => (
          <div key={metric} className="flex h-[26px] items-center gap-3 whitespace-nowrap">
            <span className="w-[84px] text-dim">{title}</span>
            <span className="figures flex-1 text-right">{text(store.rate(metric, slot))}</span>
            <Minute store={store} metric={metric} slot={slot} title={title} />
          </div>
        ))}
      </div>
    </>
  );
}

function Minute({
  store,
  metric,
  slot,
  title,
}: {
  store: ProcessStore;
  metric: Metric;
  slot: number;
  title: string;
}) {
  const values = new Float32Array(minute);
  store.history(metric, slot, values);
  return <Sparkline values={Float64Array.from(values)} label={`${title} a second, last minute`} />;
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-dim">{title}</dt>
      <dd className="figures min-w-0 break-all leading-[19px] select-text whitespace-pre-wrap">{children}</dd>
    </>
  );
}
