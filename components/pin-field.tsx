/** Whether a run goes on when nobody watches it, and comes back with the server. */
import { useState } from "react";
import type { Problem, RunInfo } from "../server/protocol";
import { dateTime } from "./format";
import { ProblemText } from "./problem";
import { useOperator } from "./role";
import { keep } from "./socket";

export function PinField({ run }: { run: RunInfo }) {
  const operator = useOperator();
  const [problem, setProblem] = useState<Problem>();
  const { pinned, until } = run;
  const pin = async () => {
    // What is left of the time it was given stays.
    const seconds = until === undefined ? null : Math.max(1, Math.ceil((until - Date.now()) / 1000));
    const result = await keep(run.id, !pinned, seconds);
    setProblem(result.ok ? undefined : result.problem);
  };
  return (
    <div className="grid gap-1 text-dim">
      <label className="flex items-center gap-2">
        <input type="checkbox" checked={pinned} disabled={!operator} onChange={pin} />
        Pinned: goes on when nobody watches, and comes back with the server
      </label>
      {until !== undefined && <p>It stops at {dateTime(until)}.</p>}
      {problem && <ProblemText problem={problem} />}
    </div>
  );
}
