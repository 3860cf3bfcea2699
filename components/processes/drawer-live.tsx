/** A tool on one process, in the panel that it has on the board: started, or joined, when somebody looks. */
import { useEffect, useState } from "react";
import type { Host, Problem, RunInfo, RunRequest } from "../../server/protocol";
import { findRun, takeRun } from "../board-store";
import { boardAddress } from "../last-board";
import { Message } from "../message";
import { panels } from "../panels";
import { ProblemText } from "../problem";
import { start, useServer } from "../socket";
import { useFeed } from "../use-feed";
import { useVersion } from "../use-version";

interface LiveProps {
  tool: string;
  parameters: RunRequest["parameters"];
  host: Host;
  /** How the panel is set at first. */
  view?: string;
}

export function LiveTool({ tool, parameters, host, view = "" }: LiveProps) {
  const [request, setRequest] = useState<RunRequest>();
  const [problem, setProblem] = useState<Problem>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once; another process is another element
  useEffect(() => {
    let current = true;
    void start({ tool, parameters }).then((result) => {
      if (!current) return;
      if (!result.ok) return setProblem(result.problem);
      takeRun(result.value);
      setRequest(result.value.request);
    });
    return () => {
      current = false;
    };
  }, []);
  const run = useServer((server) => (request ? findRun(server.runs, request) : undefined));
  if (problem)
    return (
      <div className="p-4">
        <ProblemText problem={problem} />
      </div>
    );
  if (!run) return <Nothing words="Starting…" />;
  return <Panel key={`${run.id} ${run.startedAt}`} run={run} host={host} firstView={view} />;
}

const Nothing = ({ words }: { words: string }) => (
  <Message>
    <p className="text-dim">{words}</p>
  </Message>
);

function Panel({ run, host, firstView }: { run: RunInfo; host: Host; firstView: string }) {
  const tool = useServer((server) => server.tools.find(({ name }) => name === run.request.tool));
  return tool ? <Watched {...{ run, host, firstView, tool }} /> : null;
}

function Watched({
  run,
  host,
  firstView,
  tool,
}: Parameters<typeof Panel>[0] & { tool: NonNullable<Parameters<typeof useFeed>[1]> }) {
  const feed = useFeed(run, tool);
  const [view, setView] = useState(firstView);
  return (
    <>
      <p className="flex items-center gap-2 px-4 py-1.5 text-[11.5px] text-dim">
        <span className="min-w-0 flex-1">
          {tool.name}: {tool.costWhy}.
        </span>
        <a className="text-accent hover:underline" href={boardAddress(run.request)}>
          On the board
        </a>
      </p>
      {feed ? <Drawn {...{ run, host, tool, feed, view, setView }} /> : <Nothing words="Waiting for rows…" />}
    </>
  );
}

function Drawn({
  run,
  host,
  tool,
  feed,
  view,
  setView,
}: {
  run: RunInfo;
  host: Host;
  tool: Parameters<typeof useFeed>[1];
  feed: NonNullable<ReturnType<typeof useFeed>>;
  view: string;
  setView(view: string): void;
}) {
  useVersion(feed.table, 250);
  const Shape = panels[tool.view];
  if (feed.table.rows === 0)
    return (
      <Nothing words={run.state === "running" ? "Nothing yet: it is at rest." : "It recorded nothing."} />
    );
  return (
    <Shape
      {...{ tool, run, host, view }}
      table={feed.table}
      stacks={feed.stacks}
      paused={false}
      onView={setView}
    />
  );
}
