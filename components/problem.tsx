import type { Problem } from "../server/protocol";
import { Button } from "./controls";
import { readVerifierLog } from "./kernel/verifier-log";
import { VerifierLogText } from "./kernel/verifier-log-text";

/**
 * What is wrong, what to do, and, when asked for, the kernel's own words. A verifier's log is read for what failed.
 * `onAnyway`: for a start that was refused as too dear.
 */
export function ProblemText({ problem, onAnyway }: { problem: Problem; onAnyway?: () => void }) {
  const log = problem.detail === undefined ? undefined : readVerifierLog(problem.detail);
  return (
    <div role="alert" className="max-w-prose text-[12.5px]">
      <p className="text-bad">{problem.reason}</p>
      <p className="mt-1 text-text select-text">
        {problem.fix}
        {problem.help && (
          <>
            {" "}
            <a href={`/kernel#${problem.help}`} className="text-accent underline underline-offset-2">
              What this means
            </a>
          </>
        )}
      </p>
      {log && <VerifierLogText log={log} />}
      {problem.detail && !log && (
        <details className="mt-2">
          <summary className="text-dim">Details</summary>
          <pre className="figures mt-1 max-h-60 overflow-auto rounded border border-line bg-bg p-2 whitespace-pre-wrap select-text">
            {problem.detail}
          </pre>
        </details>
      )}
      {problem.anyway && onAnyway && (
        <Button className="mt-2" onClick={onAnyway}>
          Start anyway
        </Button>
      )}
    </div>
  );
}
