import { useEffect } from "react";
import type { Problem } from "../server/protocol";
import { enlarge, startPlain, useBoard } from "./board-store";
import { isTyping } from "./keys";
import { arrange } from "./layout";
import { PanelFrame } from "./panel-frame";
import { ProblemText } from "./problem";
import { useServer } from "./socket";
import { ToolForm } from "./tool-form";

const startingPoints = [
  {
    tool: "execsnoop",
    question: "What is running here?",
    answer: "Every program that starts, with its arguments.",
  },
  { tool: "biolatency", question: "Disk feels slow", answer: "How long each disk takes, second by second." },
  { tool: "profile", question: "CPU is busy", answer: "Which code the processors spend their time in." },
];

function EmptyBoard() {
  const tools = useServer((server) => server.tools);
  const offered = startingPoints.filter(({ tool }) => tools.some(({ name }) => name === tool));
  return (
    <main
      aria-label="Live board"
      className="grid min-h-0 flex-1 place-content-center justify-items-center gap-6 overflow-y-auto p-6 text-center"
    >
      <div className="grid gap-1">
        <h2 className="font-semibold text-[15px]">Nothing is on the board yet</h2>
        <p className="text-dim">
          Choose a tool on the left{offered.length > 0 && ", or begin with a question"}. Nothing is traced
          before you press Start.
        </p>
      </div>
      <ul className="flex flex-wrap justify-center gap-3">
        {offered.map(({ tool, question, answer }) => (
          <li key={tool}>
            <button
              type="button"
              className="grid h-full w-56 content-start gap-1 rounded-lg border border-line bg-panel p-4 text-left hover:border-faint"
              onClick={() => startPlain(tool)}
            >
              <span className="font-semibold">{question}</span>
              <span className="text-dim">{answer}</span>
              <span className="figures mt-2 text-accent">Start {tool}</span>
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
}

function Problems({ problems }: { problems: readonly Problem[] }) {
  return problems.map((problem) => (
    <div key={problem.reason} className="border-line border-b bg-panel px-4 py-2">
      <ProblemText problem={problem} />
    </div>
  ));
}

export function Board() {
  const { panels, enlarged, form } = useBoard();
  const tools = useServer((server) => server.tools);
  const hostProblems = useServer((server) => server.host?.problems);
  const ownProblem = useServer((server) => server.problem);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented && !isTyping(event.target)) enlarge(undefined);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const formTool = tools.find((tool) => tool.name === form?.tool);
  const shown = panels.filter((panel) => enlarged === undefined || panel.id === enlarged);
  const views = shown.map((panel) => tools.find((tool) => tool.name === panel.request.tool)?.view);
  const spans = arrange(views);
  return (
    <div className="relative flex min-h-0 min-w-0 flex-col">
      <Problems problems={[...(hostProblems ?? []), ...(ownProblem ? [ownProblem] : [])]} />
      {panels.length === 0 ? (
        <EmptyBoard />
      ) : (
        <main
          aria-label="Live board"
          className="grid min-h-0 flex-1 auto-rows-[minmax(348px,1fr)] grid-cols-12 gap-3 overflow-y-auto p-3"
        >
          {panels.map((panel) => {
            const place = shown.indexOf(panel);
            return (
              <div
                key={panel.id}
                className="min-h-0 min-w-0"
                hidden={place < 0}
                style={{ gridColumn: `span ${spans[place] ?? 12}` }}
              >
                <PanelFrame panel={panel} enlarged={panel.id === enlarged} />
              </div>
            );
          })}
        </main>
      )}
      {formTool && <ToolForm key={formTool.name} tool={formTool} failed={form?.problem} />}
    </div>
  );
}
