"use client";
/** What works on this host: the checks, the four errors, and what the kernel has by name. */
import { useCallback, useEffect, useState } from "react";
import type { Result } from "../../server/protocol";
import type { Preflight } from "../../server/protocol/kernel";
import { Button } from "../controls";
import { Message } from "../message";
import { ProblemText } from "../problem";
import { isOperator } from "../role";
import { preflight, useServer } from "../socket";
import { Checks } from "./checks";
import { Errors } from "./errors";
import { FeatureLists } from "./features";
import { KernelFrame } from "./frame";

function summary({ groups }: Preflight, tools: number): string {
  const lost = [...new Set(groups.flatMap(({ checks }) => checks.flatMap(({ lost }) => lost)))];
  if (lost.length === 0) return `All ${tools} tools can run here`;
  const whole = new Set(lost.filter((text) => !text.includes(":")));
  const partly = new Set(lost.map((text) => text.replace(/:.*/, "")).filter((name) => !whole.has(name)));
  const words = [
    whole.size > 0 && `${whole.size} cannot run here`,
    partly.size > 0 && `${partly.size} can run in part`,
  ];
  return `Of ${tools} tools ${words.filter(Boolean).join(", ")}`;
}

export function PreflightPage() {
  const live = useServer((server) => server.connection === "live");
  const tools = useServer((server) => server.tools);
  const [result, setResult] = useState<Result<Preflight>>();
  const [asking, setAsking] = useState(false);
  const check = useCallback(async () => {
    setAsking(true);
    setResult(await preflight());
    setAsking(false);
  }, []);
  useEffect(() => {
    if (live && isOperator()) void check();
  }, [live, check]);
  return (
    <KernelFrame
      path="/kernel"
      end={
        <>
          {result?.ok && <span className="text-dim">{summary(result.value, tools.length)}</span>}
          <Button onClick={check} disabled={!live || asking}>
            {asking ? "Checking…" : "Check again"}
          </Button>
        </>
      }
    >
      {result?.ok ? (
        <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_minmax(320px,28%)] overflow-hidden">
          <div className="grid content-start gap-3 overflow-y-auto p-3">
            <Checks groups={result.value.groups} />
            {result.value.features && <FeatureLists features={result.value.features} />}
          </div>
          <aside
            aria-label="Errors"
            className="grid content-start gap-3 overflow-y-auto border-line border-l p-3"
          >
            <h2 className="font-semibold">Four errors, and what mends them</h2>
            <Errors found={result.value} tools={tools} />
          </aside>
        </div>
      ) : (
        <Message>
          {result ? (
            <ProblemText problem={result.problem} />
          ) : (
            <p className="text-dim">Trying what works here…</p>
          )}
        </Message>
      )}
    </KernelFrame>
  );
}
