import type { Problem } from "../server/protocol";

/** What is wrong, what to do, and, when asked for, the kernel's own words. */
export function ProblemText({ problem }: { problem: Problem }) {
  return (
    <div role="alert" className="max-w-prose text-[12.5px]">
      <p className="text-bad">{problem.reason}</p>
      <p className="mt-1 text-text select-text">{problem.fix}</p>
      {problem.detail && (
        <details className="mt-2">
          <summary className="text-dim">Details</summary>
          <pre className="figures mt-1 max-h-60 overflow-auto rounded border border-line bg-bg p-2 whitespace-pre-wrap select-text">
            {problem.detail}
          </pre>
        </details>
      )}
    </div>
  );
}
