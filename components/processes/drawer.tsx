/** One process beside the table: what it is, what it holds, what it does now, and tools to look closer. */
import { useEffect, useState } from "react";
import type { Host, Problem } from "../../server/protocol";
import type { ProcessDetails } from "../../server/protocol/processes";
import { GlyphButton } from "../controls";
import { visible } from "../format";
import { Message } from "../message";
import { ProblemText } from "../problem";
import { askProcess } from "../socket";
import { About } from "./drawer-about";
import { Files, Limits, Sockets, Threads } from "./drawer-lists";
import { LiveTool } from "./drawer-live";
import { TraceWith } from "./drawer-trace";
import type { ProcessStore } from "./process-store";
import { identityOfView } from "./process-table";
import type { ProcessView } from "./process-view";
import type { ShownNames } from "./use-names";

export interface Asked {
  details: ProcessDetails;
  /** When it was answered, milliseconds of this page's clock. */
  at: number;
  /** The answer before, for amounts a second. */
  before: Asked | undefined;
}

const refreshMs = 2000;
/** Walking over rows with the arrow keys asks for none of them. */
const restMs = 150;

/** Details of a process, asked for again as long as it lives; `chosen` is told apart by number and start. */
function useDetails(pid: number, startedMs: number, ended: boolean) {
  const [asked, setAsked] = useState<Asked>();
  const [problem, setProblem] = useState<Problem>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another process is another answer
  useEffect(() => {
    setAsked(undefined);
    setProblem(undefined);
  }, [pid, startedMs]);
  useEffect(() => {
    if (ended) return;
    let current = true;
    const read = async () => {
      if (!document.hidden) {
        const result = await askProcess(pid, startedMs);
        if (!current) return;
        if (result.ok)
          setAsked((before) => ({
            details: result.value,
            at: performance.now(),
            before: before && { ...before, before: undefined },
          }));
        setProblem(result.ok ? undefined : result.problem);
      }
      timer = setTimeout(read, refreshMs);
    };
    let timer = setTimeout(read, restMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [pid, startedMs, ended]);
  return { asked, problem };
}

const tabs = [
  ["about", "About"],
  ["threads", "Threads"],
  ["files", "Files"],
  ["sockets", "Sockets"],
  ["limits", "Limits"],
  ["cpu", "CPU, live"],
  ["calls", "Calls, live"],
] as const;

function countOf(tab: string, details: ProcessDetails | undefined): number | undefined {
  if (tab === "threads") return details?.threads.all;
  if (tab === "files") return details?.files.hidden ? undefined : details?.files.all;
  return tab === "sockets" ? details?.sockets.length : undefined;
}

interface DrawerProps {
  store: ProcessStore;
  names: ShownNames;
  view: ProcessView;
  host: Host;
  onView(change: Partial<ProcessView>): void;
}

export function Drawer({ store, names, view, host, onView }: DrawerProps) {
  const { pid, startedMs } = view.chosen ?? { pid: 0, startedMs: 0 };
  const slot = identityOfView(store, view);
  const ended = slot === undefined || store.isEnded(slot);
  const { asked, problem } = useDetails(pid, startedMs, ended);
  const details = asked?.details;
  const command = visible(slot === undefined ? (details?.command ?? "") : (store.comm[slot] as string));
  const tab = tabs.some(([name]) => name === view.tab) ? view.tab : "about";
  return (
    <aside
      aria-label={`Process ${pid}`}
      className="@container flex w-[600px] max-w-[55%] shrink-0 flex-col border-line border-l bg-panel"
    >
      <header className="flex h-[39px] shrink-0 items-center gap-2.5 border-line border-b pr-1.5 pl-4 whitespace-nowrap">
        <h2 className="min-w-0 truncate font-semibold" title={command}>
          {command || "Process"}
        </h2>
        <span className="figures text-dim">{pid}</span>
        {details && <span className="truncate text-dim">{visible(details.user)}</span>}
        <span className="flex-1" />
        <GlyphButton glyph="close" label="Close (Esc)" onClick={() => onView({ chosen: undefined })} />
      </header>
      {ended && (
        <p role="status" className="border-line border-b px-4 py-2 text-warn">
          Process {pid}
          {command && ` (${command})`} has ended.{" "}
          {slot !== undefined || details ? "This is the last that was seen of it." : "Choose another."}
        </p>
      )}
      {problem && !ended && (
        <div className="border-line border-b px-4 py-2">
          <ProblemText problem={problem} />
        </div>
      )}
      {!ended && <TraceWith pid={pid} container={slot === undefined ? "" : names.containerPath(slot)} />}
      <div role="tablist" aria-label="What to see of it" className="flex shrink-0 border-line border-b px-2">
        {tabs.map(([name, title]) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={tab === name}
            className="-mb-px border-transparent border-b-2 px-2 py-1.5 text-dim -outline-offset-2 hover:text-text aria-selected:border-accent aria-selected:text-text"
            onClick={() => onView({ tab: name })}
          >
            {title} <span className="figures text-[11px] text-faint">{countOf(name, details)}</span>
          </button>
        ))}
      </div>
      <div role="tabpanel" aria-label={tab} className="flex min-h-0 flex-1 flex-col overflow-y-auto">
        {tab === "cpu" && <LiveTool key={`profile ${pid}`} tool="profile" parameters={{ pid }} host={host} />}
        {tab === "calls" && (
          <LiveTool
            key={`syslat ${pid}`}
            tool="syslat"
            parameters={{ pid, calls: "" }}
            view="by=call"
            host={host}
          />
        )}
        {tab === "about" && slot !== undefined && (
          <About {...{ store, names, slot, details, onView }} startedAt={host.startedAt + startedMs} />
        )}
        {!["cpu", "calls", "about"].includes(tab) &&
          (asked ? (
            <List tab={tab} asked={asked} />
          ) : (
            <Message>
              <p className="text-dim">{ended ? "It was gone before this was read." : "Reading…"}</p>
            </Message>
          ))}
      </div>
    </aside>
  );
}

function List({ tab, asked }: { tab: string; asked: Asked }) {
  if (tab === "threads") return <Threads asked={asked} />;
  if (tab === "files") return <Files details={asked.details} />;
  if (tab === "sockets") return <Sockets details={asked.details} />;
  return <Limits details={asked.details} />;
}
