/** A run on the board: its head, what became of it, and the shape of its tool's table. */
import { useCallback, useState } from "react";
import type { Host, Problem, RunInfo, StartRequest, ToolInfo } from "../server/protocol";
import { type BoardPanel, setView, startOnBoard, takeRun } from "./board-store";
import { Boundary } from "./boundary";
import { Button } from "./controls";
import type { Feed } from "./feeds";
import { chosenPercent } from "./format";
import { Message } from "./message";
import { RunHead } from "./panel-head";
import { panels } from "./panels";
import { PictureContext, type PictureSlot } from "./picture";
import { ProblemText } from "./problem";
import { useOperator } from "./role";
import { setBudget, stop, useServer } from "./socket";
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
  const running = run.state === "running";
  const recorded = useServer((server) => server.recorded !== undefined);
  if (recorded && run.history.rows === 0)
    return (
      <Message>
        <p className="text-dim">The snapshot has no rows of it.</p>
      </Message>
    );
  if ((running || recorded) && run.count > 0)
    return (
      <Message>
        <p className="text-dim">Rows are on their way…</p>
      </Message>
    );
  const { target } = run.request;
  if (target)
    return (
      <Message>
        <p className="text-dim">
          {running ? "Running; not reached yet:" : "Not reached while it ran:"}{" "}
          <span className="figures break-all">{target}</span>
        </p>
      </Message>
    );
  return (
    <Message>
      <p className="text-dim">
        {running
          ? "Running; nothing has happened yet. To see something, in a shell on the host:"
          : "It recorded nothing. Start it again, and then, in a shell on the host:"}
      </p>
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
  const { id } = panel;
  const onView = useCallback((view: string) => setView(id, view), [id]);
  const Panel = panels[tool.view];
  if (table.rows === 0) return <Nothing tool={tool} run={run} />;
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
  const operator = useOperator();
  const connected = useServer((server) => server.connection === "live");
  const recorded = useServer((server) => server.recorded !== undefined);
  const [frozen, setFrozen] = useState<Table>();
  const [problem, setProblem] = useState<Problem>();
  const [picture] = useState<PictureSlot>(() => new Set());
  const table = frozen ?? feed?.table;
  const running = run.state === "running";
  const shownProblem = problem ?? run.problem;

  const startAgain = async (how: Pick<StartRequest, "anyway" | "budget"> = {}) => {
    setProblem(undefined);
    setProblem(await startOnBoard({ ...panel.request, ...how }, panel.id));
  };
  const stopOrStart = async () => {
    if (!running) return startAgain();
    setProblem(undefined);
    const result = await stop(run.id);
    if (result.ok) takeRun(result.value);
    else setProblem(result.problem);
  };

  const raise = async (budget: number) => {
    const result = await setBudget(run.id, budget);
    setProblem(result.ok ? undefined : result.problem);
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
          <ProblemText problem={shownProblem} onAnyway={() => startAgain({ anyway: true })} />
        </div>
      )}
      {running && run.oneIn > 1 && run.raise !== undefined && (
        <div className="flex items-center gap-3 border-line border-b px-3 py-1.5 text-dim">
          Over its budget: one event in {run.oneIn} is recorded
          {tool.kind === "map" ? ", and counts hold that many for each" : ""}.
          {operator && (
            <Button onClick={() => raise(run.raise ?? 100)}>Raise it to {chosenPercent(run.raise)}</Button>
          )}
        </div>
      )}
      {!running && !recorded && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-line border-b px-3 py-1.5 text-dim">
          <span className="whitespace-nowrap">This is what was recorded.</span>
          {operator && <Button onClick={stopOrStart}>Start again</Button>}
          {operator && run.raise !== undefined && (
            <Button onClick={() => startAgain({ budget: run.raise ?? 100 })}>
              Start again with {chosenPercent(run.raise)} of the machine
            </Button>
          )}
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
