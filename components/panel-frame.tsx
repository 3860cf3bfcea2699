/** One place on the board: the run it shows, or the offer to start it. */
import { memo, type RefObject, useEffect, useRef, useState } from "react";
import type { Problem, ToolInfo } from "../server/protocol";
import { type BoardPanel, findRun, startOnBoard, useBoard } from "./board-store";
import { Button } from "./controls";
import { Message } from "./message";
import { PanelHead } from "./panel-head";
import { RunFrame } from "./panel-run";
import { PanelTitle } from "./panel-title";
import { ProblemText } from "./problem";
import { useOperator, viewersOnlyLook } from "./role";
import { useServer } from "./socket";

/** A panel without a run: opened from a link, or its run was forgotten. A link never starts a tracer by itself. */
function NoRun({ panel, tool }: { panel: BoardPanel; tool: ToolInfo | undefined }) {
  const [problem, setProblem] = useState<Problem>();
  const operator = useOperator();
  const known = useServer((server) => server.host !== undefined);
  const recorded = useServer((server) => server.recorded !== undefined);
  const { request } = panel;
  const begin = async (anyway: boolean) => setProblem(await startOnBoard({ ...request, anyway }, panel.id));
  return (
    <>
      <PanelHead look="off" word="not running" id={panel.id}>
        {tool ? (
          <PanelTitle tool={tool} request={request} />
        ) : (
          <h2 className="font-semibold">{request.tool}</h2>
        )}
        <span className="flex-1" />
      </PanelHead>
      <Message>
        {!known && <p className="text-dim">Connecting…</p>}
        {recorded && <p className="text-dim">The snapshot has nothing of this panel.</p>}
        {known && !tool && !recorded && (
          <>
            <p>This server has no tool called “{request.tool}”.</p>
            <p className="text-dim">Close this panel, and choose another on the left.</p>
          </>
        )}
        {tool && !recorded && (
          <>
            <p className="text-dim">{tool.name} is not running with these settings.</p>
            {problem && <ProblemText problem={problem} onAnyway={() => begin(true)} />}
            {operator ? (
              <Button look="primary" onClick={() => begin(false)}>
                Start {tool.name}
              </Button>
            ) : (
              <p className="text-dim">{viewersOnlyLook}</p>
            )}
          </>
        )}
      </Message>
    </>
  );
}

/** Rendered for itself: what another panel does is nothing to it. */
export const PanelFrame = memo(function PanelFrame({ panel }: { panel: BoardPanel }) {
  const tool = useServer((server) => server.tools.find(({ name }) => name === panel.request.tool));
  const run = useServer((server) => findRun(server.runs, panel.request));
  const host = useServer((server) => server.host);
  const section = useRef<HTMLElement>(null);
  return (
    <section
      ref={section}
      data-panel
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the keys that move and resize it
      tabIndex={0}
      aria-label={panel.request.tool}
      className="flex h-full min-h-0 flex-col overflow-hidden rounded-lg border border-line bg-panel focus-visible:outline-offset-0"
    >
      {tool && run && host ? (
        <RunFrame key={`${run.id} ${run.startedAt}`} {...{ panel, tool, run, host }} />
      ) : (
        <NoRun panel={panel} tool={tool} />
      )}
      <FocusOnceFresh id={panel.id} section={section} />
    </section>
  );
});

/** Longer than it takes to draw a panel with its first rows. */
const FOCUS_MS = 250;

/** Gives the panel's element the focus where the board says that it is the newest, without rendering the panel anew. */
function FocusOnceFresh({ id, section }: { id: number; section: RefObject<HTMLElement | null> }) {
  const fresh = useBoard((board) => board.fresh === id);
  const shown = useRef(false);
  useEffect(() => {
    const take = () => {
      section.current?.focus();
      section.current?.scrollIntoView({ block: "nearest" });
      useBoard.setState({ fresh: undefined });
    };
    // What is there takes the very next key. What is new waits until it is drawn: both calls have the browser lay out at
    // once, and again when the panel knows its size.
    if (fresh && shown.current) take();
    const timer = fresh && !shown.current ? setTimeout(take, FOCUS_MS) : undefined;
    shown.current = true;
    return () => clearTimeout(timer);
  }, [fresh, section]);
  return null;
}
