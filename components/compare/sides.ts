/** What is compared: snapshots, or what runs now. */
import { useEffect, useState } from "react";
import type { Host, Problem, RunInfo, ToolInfo } from "../../server/protocol";
import type { Recorded } from "../../server/protocol/snapshots";
import type { Context } from "../format";
import { hostName } from "../names";
import { openSnapshot, useServer } from "../socket";

/** In the address, in place of an id. */
export const LIVE = "live";

export interface Side {
  title: string;
  host: Host;
  tools: readonly ToolInfo[];
  runs: readonly RunInfo[];
  name: Context["name"];
}

/** One of the two by its id, and why there is none. */
export function useSide(id: string): { side: Side | undefined; problem: Problem | undefined } {
  const { connection, host, tools, runs } = useServer();
  const [recorded, setRecorded] = useState<Recorded>();
  const [problem, setProblem] = useState<Problem>();
  const live = connection === "live";
  useEffect(() => {
    if (!live || id === LIVE || id === "") return;
    let current = true;
    void openSnapshot(id).then((result) => {
      if (!current) return;
      setRecorded(result.ok ? result.value : undefined);
      setProblem(result.ok ? undefined : result.problem);
    });
    return () => {
      current = false;
    };
  }, [id, live]);
  if (id === LIVE) {
    const side = host && { title: "Live now", host, tools, runs, name: hostName };
    return { side, problem: undefined };
  }
  if (recorded?.summary.id !== id) return { side: undefined, problem };
  const { names, summary } = recorded;
  return {
    side: { ...recorded, title: summary.title, name: (kind, of) => names[kind]?.[of] ?? "" },
    problem: undefined,
  };
}

/** The runs of a tool on each side: the same request where there is one. */
export function runsOf(before: Side, after: Side, tool: string): { was: RunInfo; is: RunInfo } | undefined {
  const of = (side: Side) =>
    side.runs.filter(({ request }) => request.tool === tool).sort((a, b) => b.id - a.id);
  const [was, is] = [of(before), of(after)];
  const pair = was.flatMap((run) => {
    const same = is.find(({ key }) => key === run.key);
    return same ? [{ was: run, is: same }] : [];
  })[0];
  if (pair) return pair;
  return was[0] && is[0] ? { was: was[0], is: is[0] } : undefined;
}
