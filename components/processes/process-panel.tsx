/** A table of processes: who uses what, second by second. The same on the board and on the page of its own. */
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { count, digits } from "../format";
import { Foot } from "../panels/foot";
import type { PanelProps } from "../panels/panel";
import { useVersion } from "../use-version";
import { ProcessBar } from "./process-bar";
import { processColumns } from "./process-columns";
import { identityOf, isProcessTable, ProcessStore } from "./process-store";
import { ProcessTable, useOrder } from "./process-table";
import { type ProcessView, readProcessView, writeProcessView } from "./process-view";
import { type ShownNames, useNames } from "./use-names";

interface Chosen {
  store: ProcessStore;
  names: ShownNames;
  view: ProcessView;
  onView(change: Partial<ProcessView>): void;
}

type ProcessPanelProps = PanelProps & {
  /** More to press, at the right of the filter. */
  actions?: ReactNode;
  /** What stands beside the table for the chosen process. */
  drawer?(chosen: Chosen): ReactNode;
};

export function ProcessPanel(props: ProcessPanelProps) {
  if (!isProcessTable(props.table.columns))
    return (
      <p className="m-auto p-6 text-dim">
        {props.tool.name} lacks columns of a process: it cannot be drawn as a table of processes.
      </p>
    );
  return <Processes {...props} />;
}

function Processes(props: ProcessPanelProps) {
  const { tool, run, table, host, paused, view: viewText, onView: onViewText, actions, drawer } = props;
  useVersion(table, 250);
  const [store] = useState(() => new ProcessStore(tool.columns, host.bootedAt - host.startedAt));
  const view = useMemo(() => readProcessView(viewText), [viewText]);
  store.held = view.chosen && identityOf(view.chosen.pid, view.chosen.startedMs * 1e6);
  store.take(table);
  const names = useNames(store, view.find !== "" || view.sort === "comm");
  // Where nothing is in a container of its own, the column says nothing.
  const hasContainers = store.live.some((slot) => store.cgroup[slot] !== store.cgroup[store.live[0] ?? 0]);
  const onView = useCallback(
    (change: Partial<ProcessView>) =>
      onViewText(writeProcessView({ ...readProcessView(viewText), ...change })),
    [viewText, onViewText],
  );
  const rows = useOrder(store, names, view);
  const counted = run.request.parameters.syscalls === true;
  const hasCalls = counted || view.sort === "calls";
  const columns = useMemo(() => {
    const saysNothing = [...(hasContainers ? [] : ["cgroup"]), ...(hasCalls ? [] : ["calls"])];
    return processColumns(tool.columns, saysNothing);
  }, [tool.columns, hasContainers, hasCalls]);
  // Without one of its sets of programs the tool is attached by its iterator alone.
  const hasNetwork = run.attached !== "iter";
  const without = useMemo(() => {
    const reasons: Record<string, string> = {};
    if (!counted) reasons.calls = "Not counted: it would slow each system call of the host by about 100 ns";
    if (!hasNetwork)
      reasons.received = reasons.sent =
        "This kernel has neither the tracepoints of sockets (6.3) nor functions that can be probed";
    return reasons;
  }, [counted, hasNetwork]);

  const ended = store.live.filter((slot) => store.isEnded(slot)).length;
  const all = store.live.length - ended;
  const busy = store.live.reduce((sum, slot) => sum + store.rate("cpu", slot), 0) / 1e7;
  const shownAs = columns.find(({ name }) => name === view.sort)?.title ?? view.sort;
  return (
    <>
      <ProcessBar view={view} onView={onView} found={view.find ? rows.found : undefined} actions={actions} />
      <div className="flex min-h-0 flex-1">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <ProcessTable
            {...{ store, names, columns, view, onView, rows, without }}
            nowMs={store.at + host.bootedAt - host.startedAt}
            label={tool.title}
          />
          {rows.slots.length === 0 && (
            <p className="pb-40 text-center text-dim">
              No process has “{view.find}” in its number, command line, user or container.{" "}
              <button type="button" className="text-accent" onClick={() => onView({ find: "" })}>
                Show all
              </button>
            </p>
          )}
        </div>
        {view.chosen && drawer?.({ store, names, view, onView })}
      </div>
      <Foot
        end={
          drawer ? (
            <span>Arrow keys choose a process, t tree or list, / filter</span>
          ) : (
            view.chosen && (
              <a className="text-accent hover:underline" href={`/processes?${viewText}`}>
                Look at process {view.chosen.pid} alone
              </a>
            )
          )
        }
      >
        <span>
          {paused ? "Paused · " : ""}
          {count(all)} processes{ended > 0 && ` · ${count(ended)} ended just now`} · CPU{" "}
          {digits(Math.round(busy))} % of {host.cpus * 100} % · amounts a second, sorted by {shownAs}
        </span>
      </Foot>
    </>
  );
}
