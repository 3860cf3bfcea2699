"use client";
/** All snapshots: to find, open, take away, keep for good or delete; and where one is brought in. */
import { useEffect, useRef, useState } from "react";
import type { Problem, Result } from "../../server/protocol";
import type { SnapshotSummary } from "../../server/protocol/snapshots";
import { Button } from "../controls";
import { bytes } from "../format";
import { Message } from "../message";
import { ProblemText } from "../problem";
import { useOperator } from "../role";
import { Shell } from "../shell";
import { listSnapshots, useServer } from "../socket";
import { SnapshotRow } from "./snapshot-row";

async function bring(file: File): Promise<Result<SnapshotSummary>> {
  try {
    const response = await fetch("/snapshots", { method: "POST", body: file });
    return (await response.json()) as Result<SnapshotSummary>;
  } catch (error) {
    return {
      ok: false,
      problem: {
        reason: `${file.name} could not be sent to the server.`,
        fix: "See whether the server is running and the file is below its bound of 256 MiB.",
        detail: String(error),
      },
    };
  }
}

const searched = ({ title, notes, hostname, panels }: SnapshotSummary) =>
  `${title} ${notes} ${hostname} ${panels.map(({ tool }) => tool).join(" ")}`.toLowerCase();

export function SnapshotsPage() {
  const snapshots = useServer((server) => server.snapshots);
  const live = useServer((server) => server.connection === "live");
  const operator = useOperator();
  const [search, setSearch] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const [bringing, setBringing] = useState("");
  const [over, setOver] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (live) void listSnapshots().then(setProblem);
  }, [live]);
  const found = (snapshots ?? []).filter((snapshot) =>
    searched(snapshot).includes(search.trim().toLowerCase()),
  );
  const total = (snapshots ?? []).reduce((sum, snapshot) => sum + snapshot.bytes, 0);

  /** One is shown at once; several stand in the list. */
  const take = async (files: readonly File[]) => {
    setProblem(undefined);
    for (const file of files) {
      setBringing(file.name);
      const result = await bring(file);
      setBringing("");
      if (!result.ok) {
        const { reason, ...rest } = result.problem;
        return setProblem({ reason: files.length > 1 ? `${file.name}: ${reason}` : reason, ...rest });
      }
      if (files.length === 1) location.assign(`/snapshots/${result.value.id}`);
    }
  };

  return (
    <Shell>
      <main
        aria-label="Snapshots"
        className="relative flex min-h-0 flex-1 flex-col"
        onDragOver={(event) => {
          if (!event.dataTransfer.types.includes("Files")) return;
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
        }}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void take([...event.dataTransfer.files]);
        }}
      >
        <div className="flex h-12 shrink-0 items-center gap-3 border-line border-b bg-panel px-4 whitespace-nowrap">
          <input
            type="search"
            aria-label="Search snapshots"
            placeholder="Find by title, notes, host or tool"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            className="w-80 rounded-md border border-line bg-bg px-2.5 py-1"
          />
          {snapshots && (
            <span className="text-dim">
              {snapshots.length === 1 ? "1 snapshot" : `${snapshots.length} snapshots`}, {bytes(total)}
            </span>
          )}
          <span className="flex-1" />
          {bringing && (
            <span role="status" className="text-dim">
              Reading {bringing}…
            </span>
          )}
          {chosen.length > 0 && chosen.length < 3 && (
            <a
              className="rounded-md border border-line bg-raised px-3 py-[5px] hover:border-faint"
              href={`/snapshots/compare?a=${chosen[0]}${chosen[1] ? `&b=${chosen[1]}` : ""}`}
            >
              {chosen[1] ? "Compare the two" : "Compare with live"}
            </a>
          )}
          <input
            ref={field}
            type="file"
            accept=".json,.gz"
            multiple
            className="sr-only"
            tabIndex={-1}
            aria-label="A snapshot's file"
            onChange={(event) => {
              void take([...(event.target.files ?? [])]);
              event.target.value = "";
            }}
          />
          {operator && <Button onClick={() => field.current?.click()}>Import…</Button>}
        </div>
        {problem && (
          <div className="border-line border-b bg-panel px-4 py-2">
            <ProblemText problem={problem} />
          </div>
        )}
        {found.length > 0 ? (
          <div className="min-h-0 flex-1 overflow-y-auto">
            <table className="w-full border-collapse">
              <thead className="sticky top-0 z-10 bg-bg text-left text-[11.5px] text-dim">
                <tr className="border-line border-b">
                  <th className="w-8 pl-4">
                    <span className="sr-only">Compare</span>
                  </th>
                  <th className="py-1.5 pr-4 pl-3 font-normal">Title</th>
                  <th className="pr-4 font-normal">What is in it: rows over time</th>
                  <th className="pr-4 font-normal">Kept</th>
                  <th className="pr-4 font-normal">Host</th>
                  <th className="pr-4 text-right font-normal">Size</th>
                  <th className="pr-4">
                    <span className="sr-only">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {found.map((snapshot) => (
                  <SnapshotRow
                    key={snapshot.id}
                    snapshot={snapshot}
                    chosen={chosen.includes(snapshot.id)}
                    onChoose={() =>
                      setChosen((before) =>
                        before.includes(snapshot.id)
                          ? before.filter((id) => id !== snapshot.id)
                          : [...before, snapshot.id].slice(-2),
                      )
                    }
                    onProblem={setProblem}
                  />
                ))}
              </tbody>
            </table>
          </div>
        ) : (
          <Message>
            {snapshots ? (
              <>
                <p>{snapshots.length > 0 ? "No snapshot has these words." : "Nothing was kept yet."}</p>
                {operator && (
                  <p className="text-dim">
                    On the live board, Keep (or the key s) keeps what it shows. A file somebody sent you can
                    be dropped here.
                  </p>
                )}
              </>
            ) : (
              <p className="text-dim">Connecting…</p>
            )}
          </Message>
        )}
        {over && (
          <div className="pointer-events-none absolute inset-2 z-20 grid place-content-center rounded-lg border-2 border-accent border-dashed bg-bg/80 text-[15px]">
            Drop a snapshot’s file here
          </div>
        )}
      </main>
    </Shell>
  );
}
