/** A run on the board: its head, what became of it, and the shape of its tool's table. */
import { useState } from "react";
import type { Host, Problem, RunInfo, ToolInfo } from "../server/protocol";
import { type BoardPanel, setView, startOnBoard, takeRun } from "./board-store";
import { Boundary } from "./boundary";
import { Button } from "./controls";
import { Message } from "./message";
import { RunHead } from "./panel-head";
import { panels } from "./panels";
import { PictureContext, type PictureSlot } from "./picture";
import { ProblemText } from "./problem";
import { type Feed, stop, useServer } from "./socket";
import type { Table } from "./table";
import { TryIt } from "./try-it";
import { useFeed } from "./use-feed";
import { useVersion } from "./use-version";

interface RunProps {
  panel: BoardPanel;
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
  const onView = (view: string) => setView(panel.id, view);
  return (
    <Boundary name={tool.name} view={panel.view} onReset={() => onView("")}>
      <Panel
        tool={tool}
        run={run}
        table={table}
        stacks={feed.stacks}
        host={host}
        paused={paused}
        view={panel.view}
        onView={onView}
      />
    </Boundary>
  );
}

export function RunFrame({ panel, tool, run, host }: RunProps) {
  const feed = useFeed(run, tool);
  const connected = useServer((server) => server.connection === "live");
  const [frozen, setFrozen] = useState<Table>();
  const [problem, setProblem] = useState<Problem>();
  const [picture] = useState<PictureSlot>(() => new Set());
  const table = frozen ?? feed?.table;
  const running = run.state === "running";
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
      <RunHead
        {...{ panel, tool, run, host, picture, feed }}
        paused={frozen !== undefined}
        connected={connected}
        onPause={() => setFrozen(frozen ? undefined : feed?.table.frozen())}
        onStopOrStart={stopOrStart}
        onProblem={setProblem}
      />
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
        <PictureContext value={picture}>
          <RunContent {...{ panel, tool, run, host, feed, table }} paused={frozen !== undefined} />
        </PictureContext>
      ) : (
        <Message>
          <p className="text-dim">Waiting for rows…</p>
        </Message>
      )}
    </>
  );
}
