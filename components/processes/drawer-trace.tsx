/** Any tool on this process or its container, one press away; it opens on the board. */
import { useState } from "react";
import type { Problem, RunRequest } from "../../server/protocol";
import { Segments } from "../controls";
import { boardAddress } from "../last-board";
import { ProblemText } from "../problem";
import { useOperator } from "../role";
import { start, useServer } from "../socket";

export function TraceWith({ pid, container }: { pid: number; container: string }) {
  const tools = useServer((server) => server.tools);
  const operator = useOperator();
  const [problem, setProblem] = useState<Problem>();
  const [scope, setScope] = useState<"process" | "container">("process");
  // The root of all groups is the whole host.
  const hasContainer = container !== "" && container !== "/";
  const by = hasContainer && scope === "container" ? "cgroup" : "pid";
  const offered = tools.filter(
    ({ name, targets, parameters, unavailable, view }) =>
      name !== "processes" &&
      view !== "processes" &&
      !unavailable &&
      targets.length === 0 &&
      parameters.some((parameter) => parameter.name === by),
  );
  const trace = async (tool: string) => {
    setProblem(undefined);
    const request: RunRequest = { tool, parameters: by === "pid" ? { pid } : { cgroup: container } };
    const result = await start(request);
    if (result.ok) location.assign(boardAddress(result.value.request));
    else setProblem(result.problem);
  };
  if (!operator) return null;
  return (
    <div className="shrink-0 border-line border-b px-4 py-2">
      <div className="flex flex-wrap items-center gap-1.5">
        {hasContainer ? (
          <Segments<"process" | "container">
            label="What to trace"
            choices={[
              { value: "process", text: "Trace it" },
              { value: "container", text: "Its container" },
            ]}
            value={scope}
            onChoose={setScope}
          />
        ) : (
          <span className="pr-1 text-dim">Trace it with</span>
        )}
        {offered.map(({ name, title, costWhy }) => (
          <button
            key={name}
            type="button"
            title={`${title}. ${costWhy}`}
            className="rounded-full border border-line px-2 text-[11.5px] text-dim leading-[19px] hover:border-faint hover:text-text"
            onClick={() => trace(name)}
          >
            {name}
          </button>
        ))}
      </div>
      {problem && (
        <div className="mt-2">
          <ProblemText problem={problem} />
        </div>
      )}
    </div>
  );
}
