"use client";
/** Two snapshots, or a snapshot and what runs now, side by side. */
import { useEffect, useState } from "react";
import type { RunInfo, ToolInfo } from "../../server/protocol";
import { Segments } from "../controls";
import type { Feed } from "../feeds";
import { dateToMinute } from "../format";
import { Message } from "../message";
import { hostNames } from "../names";
import { ProblemText } from "../problem";
import { Shell } from "../shell";
import { listSnapshots, useServer } from "../socket";
import { useFeed } from "../use-feed";
import { useVersion } from "../use-version";
import { CompareFlame } from "./compare-flame";
import { CompareHistogram } from "./compare-histogram";
import { CompareTable } from "./compare-table";
import { LIVE, runsOf, type Side, useSide } from "./sides";

/** Live tables grow: more often than this nobody reads a difference. */
const REDRAW_MS = 2000;

function Choice({
  label,
  value,
  live,
  onChoose,
}: {
  label: string;
  value: string;
  live: boolean;
  onChoose(id: string): void;
}) {
  const snapshots = useServer((server) => server.snapshots);
  return (
    <label className="flex min-w-0 items-center gap-2">
      <span className="text-dim">{label}</span>
      <select
        value={value}
        onChange={(event) => onChoose(event.target.value)}
        className="w-72 min-w-0 truncate rounded-md border border-line bg-raised px-2 py-1"
      >
        {live && <option value={LIVE}>Live now</option>}
        {value === "" && <option value="">Choose a snapshot</option>}
        {(snapshots ?? []).map(({ id, title, takenAt }) => (
          <option key={id} value={id}>
            {dateToMinute(takenAt)} {title}
          </option>
        ))}
      </select>
    </label>
  );
}

interface PairProps {
  tool: ToolInfo;
  was: RunInfo;
  is: RunInfo;
  before: Side;
  after: Side;
}

function Pair(props: PairProps) {
  const wasFeed = useFeed(props.was, props.tool);
  const isFeed = useFeed(props.is, props.tool);
  if (!wasFeed || !isFeed) return <Message>Waiting for rows…</Message>;
  return <Drawn {...props} wasFeed={wasFeed} isFeed={isFeed} />;
}

function Drawn({
  tool,
  was,
  is,
  before,
  after,
  wasFeed,
  isFeed,
}: PairProps & { wasFeed: Feed; isFeed: Feed }) {
  useVersion(wasFeed.table, REDRAW_MS);
  useVersion(isFeed.table, REDRAW_MS);
  useVersion(wasFeed.stacks, REDRAW_MS);
  useVersion(isFeed.stacks, REDRAW_MS);
  useVersion(hostNames);
  const none = [wasFeed, isFeed].find(({ table }) => table.rows === 0);
  if (none)
    return (
      <Message>
        {none === wasFeed ? "Before" : "After"} has no rows of {tool.name}.
      </Message>
    );
  if (tool.view === "histogram") return <CompareHistogram before={wasFeed.table} after={isFeed.table} />;
  if (tool.view === "flame")
    return <CompareFlame tool={tool} run={is} host={after.host} before={wasFeed} after={isFeed} />;
  const context = (side: Side, run: RunInfo, { stacks }: Feed) => ({
    host: side.host,
    functions: run.functions ?? [],
    stacks,
    name: side.name,
  });
  return (
    <CompareTable
      tool={tool}
      before={{ table: wasFeed.table, context: context(before, was, wasFeed) }}
      after={{ table: isFeed.table, context: context(after, is, isFeed) }}
    />
  );
}

const sameColumns = (a: ToolInfo | undefined, b: ToolInfo | undefined) =>
  JSON.stringify(a?.columns.map(({ name, type, size }) => [name, type, size])) ===
  JSON.stringify(b?.columns.map(({ name, type, size }) => [name, type, size]));

function Compared({
  before,
  after,
  chosen,
  onChoose,
}: {
  before: Side;
  after: Side;
  chosen: string;
  onChoose(tool: string): void;
}) {
  const tools = [...new Set(before.runs.map(({ request }) => request.tool))].filter((tool) =>
    runsOf(before, after, tool),
  );
  const name = tools.includes(chosen) ? chosen : tools[0];
  if (name === undefined)
    return (
      <Message>
        <p>The two have no tool in common.</p>
        <p className="text-dim">
          Before: {[...new Set(before.runs.map(({ request }) => request.tool))].join(", ") || "nothing"}.
          After: {[...new Set(after.runs.map(({ request }) => request.tool))].join(", ") || "nothing"}.
        </p>
      </Message>
    );
  const tool = after.tools.find((known) => known.name === name);
  const pair = runsOf(before, after, name);
  const same = sameColumns(
    tool,
    before.tools.find((known) => known.name === name),
  );
  return (
    <>
      <div className="px-3 pt-3">
        <span className="inline-block">
          <Segments
            label="Tool"
            choices={tools.map((value) => ({ value, text: value }))}
            value={name}
            onChoose={onChoose}
          />
        </span>
      </div>
      {tool && pair && same ? (
        <Pair key={`${pair.was.id} ${pair.is.id}`} {...{ tool, before, after }} was={pair.was} is={pair.is} />
      ) : (
        <Message>{name} had other columns then: the two cannot be compared.</Message>
      )}
    </>
  );
}

export function ComparePage() {
  const [sides, setSides] = useState({ a: "", b: LIVE, tool: "" });
  const live = useServer((server) => server.connection === "live");
  useEffect(() => {
    const query = new URLSearchParams(location.search);
    setSides({ a: query.get("a") ?? "", b: query.get("b") ?? LIVE, tool: query.get("tool") ?? "" });
  }, []);
  useEffect(() => {
    if (live) void listSnapshots();
  }, [live]);
  const choose = (change: Partial<typeof sides>) => {
    const next = { ...sides, ...change };
    setSides(next);
    history.replaceState(history.state, "", `${location.pathname}?${new URLSearchParams(next)}`);
  };
  const before = useSide(sides.a);
  const after = useSide(sides.b);
  const problem = before.problem ?? after.problem;
  return (
    <Shell>
      <main aria-label="Compare" className="flex min-h-0 flex-1 flex-col">
        <div className="flex h-12 shrink-0 items-center gap-5 border-line border-b bg-panel px-4 whitespace-nowrap">
          <Choice label="Before" value={sides.a} live={false} onChoose={(a) => choose({ a })} />
          <Choice label="After" value={sides.b} live onChoose={(b) => choose({ b })} />
          {sides.a && sides.b !== LIVE && (
            <button
              type="button"
              className="text-dim hover:text-text"
              onClick={() => choose({ a: sides.b, b: sides.a })}
            >
              Exchange
            </button>
          )}
        </div>
        {before.side && after.side ? (
          <Compared
            before={before.side}
            after={after.side}
            chosen={sides.tool}
            onChoose={(tool) => choose({ tool })}
          />
        ) : (
          <Message>
            {problem ? (
              <ProblemText problem={problem} />
            ) : (
              <p className="text-dim">{sides.a ? "Opening…" : "Choose a snapshot to compare with."}</p>
            )}
          </Message>
        )}
      </main>
    </Shell>
  );
}
