/** The verifier's log, with what failed marked and in sight. */
import { useEffect, useRef } from "react";
import type { LogLine, VerifierLog } from "./verifier-log";

const looks: Record<LogLine["kind"], string> = {
  instruction: "text-text",
  source: "text-dim",
  state: "text-faint",
  verdict: "text-bad",
};

export function VerifierLogText({ log }: { log: VerifierLog }) {
  const box = useRef<HTMLDivElement>(null);
  const marked = useRef<HTMLDivElement>(null);
  // Logs are long, and what matters stands at their end.
  useEffect(() => {
    if (box.current && marked.current)
      box.current.scrollTop = marked.current.offsetTop - box.current.clientHeight / 2;
  }, []);
  const source = log.lines[log.sourceAt]?.text.replace(/^;\s*/, "");
  const instruction = log.lines[log.failedAt]?.text;
  return (
    <div className="mt-2 grid gap-2">
      <dl className="figures grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 select-text">
        <Fact title="Verdict" text={log.verdict} look="text-bad" />
        <Fact title="Source" text={source} />
        <Fact title="Instruction" text={instruction} />
      </dl>
      {log.hint && <p className="text-text select-text">{log.hint}</p>}
      <div
        ref={box}
        role="log"
        aria-label="The verifier's log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and so must be reachable by keys
        tabIndex={0}
        className="figures relative max-h-72 overflow-auto rounded border border-line bg-bg py-1 select-text"
      >
        {log.lines.map(({ text, kind }, index) => {
          const failed = index === log.failedAt || index === log.sourceAt;
          return (
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text that does not change
              key={index}
              ref={index === log.failedAt ? marked : undefined}
              {...(failed && { "data-failed": kind })}
              className={`border-l-2 px-2 whitespace-pre-wrap break-words ${looks[kind]} ${failed ? "border-bad bg-bad/15" : "border-transparent"}`}
            >
              {text || " "}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Fact({ title, text, look = "" }: { title: string; text: string | undefined; look?: string }) {
  if (!text) return null;
  return (
    <>
      <dt className="text-dim">{title}</dt>
      <dd className={`break-words ${look}`}>{text}</dd>
    </>
  );
}
