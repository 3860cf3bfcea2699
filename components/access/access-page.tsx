"use client";
/** Who may come in, by which links, and what was done: for operators. */
import { useCallback, useEffect, useState } from "react";
import type { Problem } from "../../server/protocol";
import type { AuditEntry, Share } from "../../server/protocol/access";
import { Button } from "../controls";
import { Message } from "../message";
import { ProblemText } from "../problem";
import { useOperator } from "../role";
import { Shell } from "../shell";
import { askAudit, askShares, revoke, useServer } from "../socket";
import { AuditLog } from "./audit-log";
import { Links } from "./links";

/** Of the audit log, as many as one answer holds. */
const most = 500;
const everyMs = 3000;

function Lists() {
  const live = useServer((server) => server.connection === "live");
  const [links, setLinks] = useState<Share[]>();
  const [entries, setEntries] = useState<AuditEntry[]>();
  const [problem, setProblem] = useState<Problem>();
  const look = useCallback(async () => {
    const [shares, audit] = await Promise.all([askShares(), askAudit(most)]);
    if (shares.ok) setLinks(shares.value);
    if (audit.ok) setEntries(audit.value);
    setProblem(shares.ok ? (audit.ok ? undefined : audit.problem) : shares.problem);
  }, []);
  useEffect(() => {
    if (!live) return;
    void look();
    const timer = setInterval(() => !document.hidden && void look(), everyMs);
    return () => clearInterval(timer);
  }, [live, look]);
  const end = async (id: string) => {
    const result = await revoke(id);
    await look();
    if (!result.ok) setProblem(result.problem);
  };
  if (!links || !entries)
    return (
      <Message>{problem ? <ProblemText problem={problem} /> : <p className="text-dim">Looking…</p>}</Message>
    );
  return (
    <main className="grid min-h-0 flex-1 grid-cols-[minmax(400px,36%)_minmax(0,1fr)] overflow-hidden">
      <section aria-label="Links" className="flex min-h-0 flex-col border-line border-r">
        <h2 className="flex h-10 shrink-0 items-center border-line border-b bg-panel px-4 font-semibold">
          Links
        </h2>
        {problem && (
          <div className="border-line border-b px-4 py-2">
            <ProblemText problem={problem} />
          </div>
        )}
        <Links links={links} onRevoke={end} />
      </section>
      <section aria-label="Audit log" className="flex min-h-0 flex-col">
        <div className="flex h-10 shrink-0 items-center gap-4 border-line border-b bg-panel px-4">
          <h2 className="font-semibold">What was done</h2>
          <span className="truncate text-dim">
            the newest {entries.length} lines of audit.jsonl in the server’s state folder
          </span>
          <span className="flex-1" />
          <Button onClick={() => void look()} disabled={!live}>
            Look again
          </Button>
        </div>
        <AuditLog entries={entries} />
      </section>
    </main>
  );
}

export function AccessPage() {
  const operator = useOperator();
  return (
    <Shell>
      {operator ? (
        <Lists />
      ) : (
        <Message>
          <p>Links and the audit log are for operators.</p>
          <p className="text-dim">Your link lets you look at what runs.</p>
        </Message>
      )}
    </Shell>
  );
}
