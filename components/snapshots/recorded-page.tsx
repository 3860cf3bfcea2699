"use client";
/** A snapshot, opened: its board with every interaction, marked as recorded. */
import { useEffect, useState } from "react";
import type { Problem } from "../../server/protocol";
import { Board } from "../board";
import { followAddress } from "../board-store";
import { Message } from "../message";
import { ProblemText } from "../problem";
import { Shell } from "../shell";
import { expectSnapshot, showSnapshot, useServer } from "../socket";
import { Downloads } from "./downloads";
import { stretch } from "./words";

const idHere = () => location.pathname.split("/").at(-1) ?? "";

function About() {
  const recorded = useServer((server) => server.recorded);
  if (!recorded) return null;
  const { title, notes, hostname, kernel } = recorded;
  return (
    <div className="flex shrink-0 items-center gap-4 border-line border-b bg-panel px-4 py-1.5 whitespace-nowrap">
      <h2 className="min-w-0 truncate font-semibold" title={title}>
        {title || "Without a title"}
      </h2>
      <span className="figures text-dim">{stretch(recorded)}</span>
      <span className="figures text-dim">
        {hostname} · {kernel}
      </span>
      {notes && (
        <span className="min-w-0 flex-1 truncate text-dim" title={notes}>
          {notes}
        </span>
      )}
      <span className="ml-auto flex gap-3">
        <Downloads snapshot={recorded} />
        <a href={`/snapshots/compare?a=${recorded.id}`} className="text-dim hover:text-text">
          Compare
        </a>
      </span>
    </div>
  );
}

export function RecordedPage() {
  const [problem, setProblem] = useState<Problem>();
  const [opened, setOpened] = useState(false);
  const live = useServer((server) => server.connection === "live");
  useEffect(() => expectSnapshot(idHere()), []);
  useEffect(() => {
    if (!live) return;
    let stop = () => {};
    void showSnapshot(idHere()).then((failed) => {
      setProblem(failed);
      const { recorded } = useServer.getState();
      if (failed || !recorded) return;
      // Whoever comes without a view of their own gets the one that was kept.
      if (location.search === "")
        history.replaceState(history.state, "", `${location.pathname}${recorded.view.replace(/^\??/, "?")}`);
      stop = followAddress();
      setOpened(true);
    });
    return () => stop();
  }, [live]);
  return (
    <Shell>
      <About />
      {opened ? (
        <div className="grid min-h-0 flex-1">
          <Board />
        </div>
      ) : (
        <Message>
          {problem ? <ProblemText problem={problem} /> : <p className="text-dim">Opening the snapshot…</p>}
        </Message>
      )}
    </Shell>
  );
}
