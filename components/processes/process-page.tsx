"use client";
/** The page of processes: joins the run that everyone shares, or starts it, for as long as somebody looks. */
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { Problem, RunInfo, ToolInfo } from "../../server/protocol";
import { takeRun } from "../board-store";
import { Button, Dot, GlyphButton } from "../controls";
import type { Feed } from "../feeds";
import { LossStat } from "../loss-stat";
import { Message } from "../message";
import { ProblemText } from "../problem";
import { Shell } from "../shell";
import { start, useServer } from "../socket";
import type { Table } from "../table";
import { useFeed } from "../use-feed";
import { useVersion } from "../use-version";
import { Drawer } from "./drawer";
import { usePageKeys } from "./process-bar";
import { ProcessPanel } from "./process-panel";
import { type ProcessView, readProcessView, writeProcessView } from "./process-view";

const toolName = "processes";

const listeners = new Set<() => void>();
const query = () => location.search.replace(/^\?/, "");

function subscribe(listener: () => void) {
  listeners.add(listener);
  addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("popstate", listener);
  };
}

/** How the table is set, in the address bar and nowhere else. */
function useAddress(): [string, (text: string) => void] {
  const text = useSyncExternalStore(subscribe, query, () => "");
  const set = useCallback((next: string) => {
    history.replaceState(null, "", location.pathname + (next && `?${next}`));
    for (const listener of listeners) listener();
  }, []);
  return [text, set];
}

/**
 * Joins the run, or starts it, once for each setting that the address asks for, and again when the server is another
 * one. A run that ends while one looks waits for "Start again", as does a failure.
 */
function useJoined(tool: ToolInfo | undefined, calls: boolean) {
  const [joined, setJoined] = useState<{ id: number; startedAt: number; calls: boolean }>();
  const [problem, setProblem] = useState<Problem>();
  const live = useServer((server) => server.connection === "live");
  const run = useServer((server) =>
    joined?.calls === calls
      ? server.runs.find(({ id, startedAt }) => id === joined.id && startedAt === joined.startedAt)
      : undefined,
  );
  const begin = useCallback(async () => {
    setProblem(undefined);
    const result = await start({ tool: toolName, parameters: calls ? { syscalls: true } : {} });
    if (!result.ok) return setProblem(result.problem);
    takeRun(result.value);
    setJoined({ id: result.value.id, startedAt: result.value.startedAt, calls });
  }, [calls]);
  const isMissing = live && tool !== undefined && run === undefined;
  useEffect(() => {
    if (isMissing) void begin();
  }, [isMissing, begin]);
  return { run, problem, begin };
}

export function ProcessPage() {
  return (
    <Shell>
      <ProcessMain />
    </Shell>
  );
}

function ProcessMain() {
  const [text, setText] = useAddress();
  const view = useMemo(() => readProcessView(text), [text]);
  const tool = useServer((server) => server.tools.find(({ name }) => name === toolName));
  const host = useServer((server) => server.host);
  const { run, problem, begin } = useJoined(tool, view.calls);
  const onView = (change: Partial<ProcessView>) =>
    setText(writeProcessView({ ...readProcessView(query()), ...change }));
  usePageKeys(view, onView);

  return (
    <main aria-label="Processes" className="flex min-h-0 flex-1 flex-col bg-panel">
      {problem && (
        <div className="flex items-start gap-4 border-line border-b px-4 py-2">
          <ProblemText problem={problem} />
          <Button onClick={begin}>Start again</Button>
        </div>
      )}
      {tool && host && run ? (
        <RunView
          key={`${run.id} ${run.startedAt}`}
          {...{ tool, host, run, text, setText, view, onView, begin }}
        />
      ) : (
        !problem && <Waiting known={host !== undefined} tool={tool} />
      )}
    </main>
  );
}

function Waiting({ known, tool }: { known: boolean; tool: ToolInfo | undefined }) {
  return (
    <Message>
      <p className="text-dim">
        {!known
          ? "Connecting…"
          : tool
            ? "Looking at all processes…"
            : "This server has no tool called “processes”."}
      </p>
    </Message>
  );
}

interface RunViewProps {
  tool: ToolInfo;
  host: NonNullable<ReturnType<typeof useServer.getState>["host"]>;
  run: RunInfo;
  text: string;
  setText(text: string): void;
  view: ProcessView;
  onView(change: Partial<ProcessView>): void;
  begin(): void;
}

function RunView({ tool, host, run, text, setText, view, onView, begin }: RunViewProps) {
  const feed = useFeed(run, tool);
  const [frozen, setFrozen] = useState<Table>();
  if (!feed) return <Waiting known tool={tool} />;
  const running = run.state === "running";
  return (
    <>
      {!running && (
        <div className="flex items-center gap-3 border-line border-b px-3 py-1.5 text-dim">
          {run.problem ? (
            <ProblemText problem={run.problem} />
          ) : (
            "It was stopped: this is the last that was seen."
          )}
          <Button onClick={begin}>Start again</Button>
        </div>
      )}
      <RunTable
        {...{ tool, host, run, feed, text, setText, view, onView }}
        table={frozen ?? feed.table}
        paused={frozen !== undefined}
        onPause={() => setFrozen(frozen ? undefined : feed.table.frozen())}
      />
    </>
  );
}

interface RunTableProps extends Omit<RunViewProps, "begin"> {
  feed: Feed;
  table: Table;
  paused: boolean;
  onPause(): void;
}

function RunTable(props: RunTableProps) {
  const { tool, host, run, feed, table, text, setText, view, onView, paused, onPause } = props;
  useVersion(table, 250);
  if (table.rows === 0) return <Waiting known tool={tool} />;
  const running = run.state === "running";
  const look = !running ? "off" : paused ? "warn" : "ok";
  return (
    <ProcessPanel
      {...{ tool, host, run, table, paused }}
      stacks={feed.stacks}
      view={text}
      onView={setText}
      actions={
        <>
          <label
            className="flex cursor-pointer items-center gap-2 whitespace-nowrap text-dim hover:text-text"
            title="Each system call of the host then takes about 100 ns longer"
          >
            <input
              type="checkbox"
              className="size-3.5 accent-accent"
              checked={view.calls}
              onChange={(event) => onView({ calls: event.target.checked })}
            />
            Count system calls
            <span className="text-[11.5px] text-faint">about 100 ns each</span>
          </label>
          <Dot look={look} label={running ? (paused ? "paused" : "running") : "ended"} />
          <LossStat run={run} table={feed.table} />
          <span className="text-[11.5px] text-dim" title={tool.costWhy}>
            {view.calls ? "medium" : tool.cost} cost
          </span>
          <GlyphButton
            glyph={paused ? "resume" : "pause"}
            label={paused ? "Resume: catch up" : "Pause this view; recording goes on"}
            onClick={onPause}
          />
        </>
      }
      drawer={(chosen) => <Drawer {...chosen} host={host} />}
    />
  );
}
