/** An empty board asks what the matter is, starts the few tools that answer it, and says what to look at next. */
import { closeGuide, showRun, startTogether, useBoard } from "./board-store";
import { Button, GlyphButton } from "./controls";
import { useOperator } from "./role";
import { useServer } from "./socket";

interface StartingPoint {
  question: string;
  answer: string;
  /** Those that the server has and can run are started; `view` as the panel keeps it in the address. */
  tools: { tool: string; view?: string }[];
  /** What to look at, in this order; a link leads on to a page. */
  next: { says: string; link?: { text: string; href: string } }[];
}

const startingPoints: Record<string, StartingPoint> = {
  running: {
    question: "What is running here?",
    answer: "Who is busy and with what, and every program that starts.",
    tools: [{ tool: "processes" }, { tool: "execsnoop" }],
    next: [
      { says: "Sort the processes by what you came for: CPU, Wait, Disk write, Net out." },
      { says: "What starts again and again stands in execsnoop, with who started it." },
    ],
  },
  disk: {
    question: "Disk feels slow",
    answer: "How long each request takes, and who reads and writes.",
    tools: [{ tool: "biolatency" }, { tool: "processes", view: "sort=disk_written" }],
    next: [
      { says: "Slow requests are high up in the heatmap: drag a box over them to see when, and how many." },
      {
        says: "The process that writes most stands first. Choose it there and press offcputime to see what it waits for:",
        link: { text: "Processes by disk writes", href: "/processes?sort=disk_written" },
      },
    ],
  },
  cpu: {
    question: "CPU is busy",
    answer: "Which code runs, and how long others wait for a CPU.",
    tools: [{ tool: "profile" }, { tool: "runqlat" }, { tool: "processes" }],
    next: [
      { says: "The widest frames of the flame graph cost most: press one to look into it alone." },
      {
        says: "Where runqlat's p99 is far above a millisecond threads wait for a CPU:",
        link: { text: "Processes by their wait", href: "/processes?sort=wait" },
      },
    ],
  },
};

/** What runs already, for who may not start anything. */
function WhatRuns() {
  const runs = useServer((server) => server.runs).filter(({ state }) => state === "running");
  return (
    <>
      <div className="grid gap-1">
        <h2 className="font-semibold text-[15px]">
          {runs.length > 0 ? "Choose what to look at" : "Nothing runs now"}
        </h2>
        <p className="text-dim">Your link lets you look; operators start and stop.</p>
      </div>
      <ul className="flex flex-wrap justify-center gap-3">
        {runs.map(({ id, key, request }) => (
          <li key={id}>
            <Button onClick={() => showRun(request)}>{key}</Button>
          </li>
        ))}
      </ul>
    </>
  );
}

export function EmptyBoard() {
  const operator = useOperator();
  const tools = useServer((server) => server.tools);
  const canRun = (name: string) => tools.some((tool) => tool.name === name && !tool.unavailable);
  const offered = Object.entries(startingPoints).flatMap(([key, point]) => {
    const here = point.tools.filter(({ tool }) => canRun(tool));
    return here.length > 0 ? [{ key, ...point, tools: here }] : [];
  });
  return (
    <main
      aria-label="Live board"
      className="grid min-h-0 flex-1 place-content-center justify-items-center gap-6 overflow-y-auto p-6 text-center"
    >
      {operator ? <Questions offered={offered} /> : <WhatRuns />}
    </main>
  );
}

function Questions({ offered }: { offered: readonly (StartingPoint & { key: string })[] }) {
  return (
    <>
      <div className="grid gap-1">
        <h2 className="font-semibold text-[15px]">Nothing is on the board yet</h2>
        <p className="text-dim">
          Choose a tool on the left{offered.length > 0 && ", or begin with a question"}. Nothing is traced
          before you start it.
        </p>
      </div>
      <ul className="flex flex-wrap justify-center gap-3">
        {offered.map(({ key, question, answer, tools }) => (
          <li key={key}>
            <button
              type="button"
              className="grid h-full w-72 grid-rows-[auto_1fr_auto] gap-1 rounded-lg border border-line bg-panel p-4 text-left hover:border-faint"
              onClick={() => startTogether(tools, key)}
            >
              <span className="font-semibold">{question}</span>
              <span className="text-dim">{answer}</span>
              <span className="figures mt-2 text-accent">
                Start {tools.map(({ tool }) => tool).join(", ")}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The words beside what a question has started, until they are closed. */
export function Guide() {
  const point = useBoard((board) => (board.guide === undefined ? undefined : startingPoints[board.guide]));
  const isEmpty = useBoard((board) => board.panels.length === 0);
  if (!point || isEmpty) return null;
  return (
    <aside
      aria-label={point.question}
      className="flex shrink-0 items-start gap-4 border-line border-b bg-panel py-1.5 pr-3 pl-4 text-dim"
    >
      <strong className="shrink-0 pt-[2.5px] font-semibold text-text">{point.question}</strong>
      <ol className="flex flex-1 flex-wrap gap-x-6 pt-[2.5px]">
        {point.next.map(({ says, link }, index) => (
          <li key={says}>
            <span className="figures pr-1.5 text-accent">{index + 1}</span>
            {says}{" "}
            {link && (
              <a href={link.href} className="text-text underline decoration-faint hover:decoration-text">
                {link.text}
              </a>
            )}
          </li>
        ))}
      </ol>
      <GlyphButton glyph="close" label="Close these hints" onClick={() => closeGuide()} />
    </aside>
  );
}
