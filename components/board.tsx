import { useEffect, useLayoutEffect, useState } from "react";
import type { Problem } from "../server/protocol";
import { type BoardPanel, enlarge, goToPanel, mostPanels, useBoard } from "./board-store";
import { isTyping } from "./keys";
import { GRID, layOut } from "./layout";
import { PanelFrame } from "./panel-frame";
import { gutter, PanelSlot } from "./panel-slot";
import { ProblemText } from "./problem";
import { useServer } from "./socket";
import { EmptyBoard, Guide } from "./starting-points";
import { ToolForm } from "./tool-form";

function Problems({ problems }: { problems: readonly Problem[] }) {
  return problems.map((problem) => (
    <div key={problem.reason} className="border-line border-b bg-panel px-4 py-2">
      <ProblemText problem={problem} />
    </div>
  ));
}

/** What one of the grid's rows takes with its gap, so that twelve fill the element, which is there before a panel is. */
function useRowPixels(): [(element: HTMLElement | null) => void, number] {
  const [element, ref] = useState<HTMLElement | null>(null);
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => {
    if (!element) return;
    const measure = () => setHeight(element.clientHeight);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [element]);
  return [ref, Math.max(leastRowPixels, (height - gutter) / GRID)];
}

/** Below this a board scrolls instead of squeezing its panels. */
const leastRowPixels = 56;

/** Escape leaves a panel that fills the board; a digit goes to a panel. */
function onBoardKey(event: KeyboardEvent) {
  if (event.defaultPrevented || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey)
    return;
  // What is open over the board is closed first.
  if (event.key === "Escape" && !document.querySelector(":popover-open, dialog[open]")) enlarge(undefined);
  const panel = /^[1-9]$/.test(event.key) && useBoard.getState().panels[Number(event.key) - 1];
  if (panel) goToPanel(panel.id);
}

function Panels({ rowPixels }: { rowPixels: number }) {
  const panels = useBoard((board) => board.panels);
  const tools = useServer((server) => server.tools);
  const recorded = useServer((server) => server.recorded !== undefined);
  const viewOf = ({ request }: BoardPanel) => tools.find(({ name }) => name === request.tool)?.view;
  const places = layOut(
    panels.map((panel) => ({ size: panel.size, view: viewOf(panel) })),
    rowPixels,
  );
  const filling = panels.find((panel) => panel.enlarged);
  return (
    <main
      aria-label={recorded ? "Recorded board" : "Live board"}
      className="relative grid min-h-0 flex-1 grid-cols-12 gap-3 overflow-y-auto p-3"
      style={{ gridAutoRows: rowPixels - gutter }}
    >
      {panels.map((panel, index) => (
        <PanelSlot
          key={panel.id}
          {...{ panel, index, places, rowPixels }}
          filling={panel === filling}
          hidden={filling !== undefined && panel !== filling}
        >
          <PanelFrame panel={panel} />
        </PanelSlot>
      ))}
    </main>
  );
}

export function Board() {
  const isEmpty = useBoard((board) => board.panels.length === 0);
  const form = useBoard((board) => board.form);
  const leftOut = useBoard((board) => board.leftOut);
  const [ref, rowPixels] = useRowPixels();
  const tools = useServer((server) => server.tools);
  const hostProblems = useServer((server) => server.host?.problems);
  const ownProblem = useServer((server) => server.problem);
  const recorded = useServer((server) => server.recorded !== undefined);
  useEffect(() => {
    addEventListener("keydown", onBoardKey);
    return () => removeEventListener("keydown", onBoardKey);
  }, []);
  const formTool = tools.find((tool) => tool.name === form?.tool);
  const tooMany = {
    reason: `This address names ${leftOut + mostPanels} panels; a board holds ${mostPanels}.`,
    fix: "The rest are left out: open them on another board.",
  };
  return (
    <div className="relative flex min-h-0 min-w-0 flex-col">
      <Problems
        problems={[
          ...(hostProblems ?? []),
          ...(ownProblem ? [ownProblem] : []),
          ...(leftOut ? [tooMany] : []),
        ]}
      />
      <Guide />
      <div ref={ref} className="flex min-h-0 flex-1 flex-col">
        {isEmpty && !recorded ? <EmptyBoard /> : <Panels rowPixels={rowPixels} />}
      </div>
      {formTool && <ToolForm key={formTool.name} tool={formTool} failed={form?.problem} />}
    </div>
  );
}
