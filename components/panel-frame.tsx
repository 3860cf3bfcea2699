/** The same head and states around every panel; inside it the shape of the tool's table. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Host, Problem, RunInfo, ToolInfo } from "../server/protocol";
import {
  type BoardPanel,
  closePanel,
  enlarge,
  findRun,
  setView,
  startOnBoard,
  takeRun,
  useBoard,
} from "./board-store";
import { Button, Dot, GlyphButton } from "./controls";
import { rate } from "./format";
import { LossStat } from "./loss-stat";
import { PanelTitle } from "./panel-title";
import { panels } from "./panels";
import { ProblemText } from "./problem";
import { type Feed, release, stop, useServer, watch } from "./socket";
import type { Table } from "./table";
import { TryIt } from "./try-it";
import { useVersion } from "./use-version";

function useFeed(run: RunInfo, tool: ToolInfo): Feed | undefined {
  const [feed, setFeed] = useState<Feed>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run is told apart by its id and start, its figures change every second
  useEffect(() => {
    setFeed(watch(run, tool));
    return () => release(run);
  }, [run.id, run.startedAt]);
  return feed;
}

/** What stands in a panel that has nothing to draw. */
function Message({ children }: { children: ReactNode }) {
  return (
    <div className="grid min-h-0 flex-1 place-content-center justify-items-center gap-3 overflow-y-auto p-6 text-center">
      {children}
    </div>
  );
}

interface FrameProps {
  panel: BoardPanel;
  enlarged: boolean;
}

interface RunProps extends FrameProps {
  tool: ToolInfo;
  run: RunInfo;
  host: Host;
}

function Nothing({ tool, run }: { tool: ToolInfo; run: RunInfo }) {
  if (run.state !== "running") return <Message>{<p className="text-dim">It recorded nothing.</p>}</Message>;
  return (
    <Message>
      <p className="text-dim">Running; nothing has happened yet. To see something, in a shell on the host:</p>
      <div className="w-96 max-w-full">
        <TryIt command={tool.tryIt} />
      </div>
    </Message>
  );
}

function RunContent({
  panel,
  tool,
  run,
  host,
  feed,
  table,
  paused,
}: RunProps & { feed: Feed; table: Table; paused: boolean }) {
  useVersion(table, 250);
  const Panel = panels[tool.view];
  if (table.rows === 0) return <Nothing tool={tool} run={run} />;
  return (
    <Panel
      tool={tool}
      run={run}
      table={table}
      stacks={feed.stacks}
      host={host}
      paused={paused}
      view={panel.view}
      onView={(view) => setView(panel.id, view)}
    />
  );
}

/** A running panel's state as a dot and, unless it simply runs, a word. */
function stateOf(run: RunInfo, paused: boolean, connected: boolean) {
  if (!connected) return { look: "off", word: "no connection" } as const;
  if (run.state === "failed") return { look: "bad", word: "failed" } as const;
  if (run.state === "ended") return { look: "off", word: "ended" } as const;
  if (paused) return { look: "warn", word: "paused" } as const;
  return { look: "ok", word: "running" } as const;
}

function RunFrame({ panel, enlarged, tool, run, host }: RunProps) {
  const feed = useFeed(run, tool);
  const connected = useServer((server) => server.connection === "live");
  const [frozen, setFrozen] = useState<Table>();
  const [problem, setProblem] = useState<Problem>();
  const table = frozen ?? feed?.table;
  const running = run.state === "running";
  const state = stateOf(run, frozen !== undefined, connected);
  const shownProblem = problem ?? run.problem;

  const stopOrStart = async () => {
    setProblem(undefined);
    if (!running) return setProblem(await startOnBoard(panel.request));
    const result = await stop(run.id);
    if (result.ok) takeRun(result.value);
    else setProblem(result.problem);
  };

  return (
    <>
      <header className="flex h-[39px] shrink-0 items-center gap-2.5 border-line border-b pr-1.5 pl-3 whitespace-nowrap">
        <Dot look={state.look} label={state.word} />
        <PanelTitle tool={tool} request={run.request} attached={run.attached} />
        {state.word !== "running" && <span className="text-[11.5px] text-dim">{state.word}</span>}
        <span className="flex-1" />
        <span
          className="figures text-[11.5px] text-dim"
          title={`${run.count.toLocaleString("en-US")} since the start`}
        >
          <b className="font-medium text-text">{rate(run.rate)}</b>/s
        </span>
        {feed && <LossStat run={run} table={feed.table} />}
        <span className="figures @max-[560px]:hidden text-[11.5px] text-dim" title={tool.costWhy}>
          {tool.cost === "by target" ? "cost by target" : `${tool.cost} cost`}
        </span>
        <span className="flex">
          <GlyphButton
            glyph={frozen ? "resume" : "pause"}
            label={frozen ? "Resume: catch up" : "Pause this view; recording goes on"}
            disabled={!feed}
            onClick={() => setFrozen(frozen ? undefined : feed?.table.frozen())}
          />
          <GlyphButton
            glyph={running ? "stop" : "resume"}
            label={running ? "Stop the tracer, for everyone" : "Start again"}
            onClick={stopOrStart}
          />
          <GlyphButton
            glyph={enlarged ? "shrink" : "enlarge"}
            label={enlarged ? "Back to the board (Esc)" : "Enlarge"}
            onClick={() => enlarge(enlarged ? undefined : panel.id)}
          />
          <CloseButton id={panel.id} />
        </span>
      </header>
      {shownProblem && (
        <div className="border-line border-b px-3 py-2">
          <ProblemText problem={shownProblem} />
        </div>
      )}
      {!running && (
        <div className="flex items-center gap-3 border-line border-b px-3 py-1.5 text-dim">
          This is what was recorded.
          <Button onClick={stopOrStart}>Start again</Button>
        </div>
      )}
      {feed && table ? (
        <RunContent {...{ panel, enlarged, tool, run, host, feed, table }} paused={frozen !== undefined} />
      ) : (
        <Message>
          <p className="text-dim">Waiting for rows…</p>
        </Message>
      )}
    </>
  );
}

const CloseButton = ({ id }: { id: number }) => (
  <GlyphButton
    glyph="close"
    label="Close; a running tracer goes on for others, or stops after a minute"
    onClick={() => closePanel(id)}
  />
);

/** A panel without a run: opened from a link, or its run was forgotten. A link never starts a tracer by itself. */
function NoRun({ panel, tool }: { panel: BoardPanel; tool: ToolInfo | undefined }) {
  const [problem, setProblem] = useState<Problem>();
  const known = useServer((server) => server.host !== undefined);
  const { request } = panel;
  return (
    <>
      <header className="flex h-[39px] shrink-0 items-center gap-2.5 border-line border-b pr-1.5 pl-3 whitespace-nowrap">
        <Dot look="off" label="not running" />
        {tool ? (
          <PanelTitle tool={tool} request={request} />
        ) : (
          <h2 className="font-semibold">{request.tool}</h2>
        )}
        <span className="flex-1" />
        <CloseButton id={panel.id} />
      </header>
      <Message>
        {!known && <p className="text-dim">Connecting…</p>}
        {known && !tool && <p>This server has no tool called “{request.tool}”.</p>}
        {tool && (
          <>
            <p className="text-dim">{tool.name} is not running with these settings.</p>
            {problem && <ProblemText problem={problem} />}
            <Button look="primary" onClick={async () => setProblem(await startOnBoard(request))}>
              Start {tool.name}
            </Button>
          </>
        )}
      </Message>
    </>
  );
}

export function PanelFrame({ panel, enlarged }: FrameProps) {
  const tool = useServer((server) => server.tools.find(({ name }) => name === panel.request.tool));
  const run = useServer((server) => findRun(server.runs, panel.request));
  const host = useServer((server) => server.host);
  const fresh = useBoard((board) => board.fresh === panel.id);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!fresh) return;
    section.current?.focus();
    useBoard.setState({ fresh: undefined });
  }, [fresh]);
  return (
    <section
      ref={section}
      tabIndex={-1}
      aria-label={panel.request.tool}
      className="@container flex h-full min-h-0 flex-col overflow-hidden rounded-lg border border-line bg-panel focus-visible:outline-1 focus-visible:outline-offset-0"
    >
      {tool && run && host ? (
        <RunFrame key={`${run.id} ${run.startedAt}`} {...{ panel, enlarged, tool, run, host }} />
      ) : (
        <NoRun panel={panel} tool={tool} />
      )}
    </section>
  );
}
