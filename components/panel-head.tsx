/** The head that is the same on every panel: state, tool, what it was told, then rate, loss, cost, actions. */
import type { ReactNode } from "react";
import type { Host, Problem, RunInfo, ToolInfo } from "../server/protocol";
import { type BoardPanel, closePanel, enlarge } from "./board-store";
import { Chip, Dot, type DotLook, GlyphButton } from "./controls";
import { CostStat } from "./cost-stat";
import type { Feed } from "./feeds";
import { count, rate, whole } from "./format";
import { LossStat } from "./loss-stat";
import { PanelTitle } from "./panel-title";
import type { PictureSlot } from "./picture";
import { useOperator } from "./role";
import { SavePanel } from "./save-panel";
import { useServer } from "./socket";

export function PanelHead({
  look,
  word,
  id,
  children,
}: {
  look: DotLook;
  word: string;
  id: number;
  children: ReactNode;
}) {
  return (
    // Not the whole panel: a container's rows take the browser half as long again to lay out.
    <header className="@container flex h-[39px] cursor-grab touch-none select-none active:cursor-grabbing shrink-0 items-center gap-2.5 border-line border-b pr-1.5 pl-3 whitespace-nowrap">
      <Dot look={look} label={word} />
      {children}
      <GlyphButton
        glyph="close"
        label="Close; the tracer goes on while anyone watches it"
        onClick={() => closePanel(id)}
      />
    </header>
  );
}

/** A run's state as a dot and, unless it simply runs, a word. */
function stateOf(run: RunInfo, paused: boolean, connected: boolean, recorded: boolean) {
  if (!connected) return { look: "off", word: "no connection" } as const;
  if (recorded) return { look: "off", word: "recorded" } as const;
  if (run.state === "failed") return { look: "bad", word: "failed" } as const;
  if (run.state === "ended") return { look: "off", word: "ended" } as const;
  if (paused) return { look: "warn", word: "paused" } as const;
  return { look: "ok", word: "running" } as const;
}

interface RunHeadProps {
  panel: BoardPanel;
  tool: ToolInfo;
  run: RunInfo;
  host: Host;
  picture: PictureSlot;
  feed: Feed | undefined;
  paused: boolean;
  connected: boolean;
  onPause(): void;
  onStopOrStart(): void;
  onProblem(problem: Problem): void;
}

export function RunHead(props: RunHeadProps) {
  const { panel, tool, run, host, feed, paused, connected, onPause, onStopOrStart, onProblem } = props;
  const operator = useOperator();
  const running = run.state === "running";
  const recorded = useServer((server) => server.recorded !== undefined);
  const { look, word } = stateOf(run, paused, connected, recorded);
  return (
    <PanelHead look={look} word={word} id={panel.id}>
      <PanelTitle tool={tool} request={run.request} attached={run.attached} />
      {run.oneIn > 1 && (
        <Chip title={`Over its budget: one event in ${run.oneIn} is recorded`}>1 in {run.oneIn}</Chip>
      )}
      {running && run.pinned && (
        <Chip title="Goes on when nobody watches, and comes back with the server">pinned</Chip>
      )}
      {word !== "running" && <span className="text-[11.5px] text-dim">{word}</span>}
      <span className="flex-1" />
      <span className="figures text-[11.5px] text-dim" title={`${whole(run.count)} since the start`}>
        <b className="font-medium text-text">{recorded ? count(run.count) : rate(run.rate)}</b>
        {recorded ? " in all" : "/s"}
      </span>
      {feed && <LossStat run={run} table={feed.table} />}
      <CostStat {...{ run, tool, host }} />
      <span className="-mr-2.5 flex">
        {(running || paused) && (
          <GlyphButton
            glyph={paused ? "resume" : "pause"}
            label={paused ? "Resume: catch up" : "Pause this view; recording goes on"}
            disabled={!feed}
            onClick={onPause}
          />
        )}
        {operator && !recorded && (
          <GlyphButton
            glyph={running ? "stop" : "again"}
            label={running ? "Stop the tracer, for everyone" : "Start again"}
            onClick={onStopOrStart}
          />
        )}
        {feed && <SavePanel {...{ tool, run, host, feed }} slot={props.picture} onProblem={onProblem} />}
        <GlyphButton
          glyph={panel.enlarged ? "shrink" : "enlarge"}
          label={panel.enlarged ? "Back to the board (Esc)" : "Enlarge"}
          onClick={() => enlarge(panel.enlarged ? undefined : panel.id)}
        />
      </span>
    </PanelHead>
  );
}
