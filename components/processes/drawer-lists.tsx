/** Threads, files, sockets and limits of one process, as plain tables. */
import type { ReactNode } from "react";
import type { ProcessDetails, ProcessThread } from "../../server/protocol/processes";
import { count, nsec, visible } from "../format";
import type { Asked } from "./drawer";
import { percentOfCpu } from "./process-columns";

interface ListProps {
  head: readonly { title: string; right?: boolean; help?: string }[];
  rows: readonly { key: string | number; cells: readonly ReactNode[] }[];
  /** How many there are, listed or not. */
  all: number;
  none: string;
}

function PlainTable({ head, rows, all, none }: ListProps) {
  if (rows.length === 0) return <p className="p-4 text-dim">{none}</p>;
  const side = (index: number) => (head[index]?.right ? "text-right whitespace-nowrap" : "text-left");
  return (
    <>
      <table className="figures w-full">
        <thead className="sticky top-0 bg-panel">
          <tr className="text-[11.5px] text-dim shadow-[inset_0_-1px_0_var(--line)]">
            {head.map(({ title, help }, index) => (
              <th
                key={title}
                title={help}
                className={`px-2 py-[3px] font-normal first:pl-4 last:pr-4 ${side(index)}`}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key} className="align-baseline hover:bg-raised">
              {cells.map((cell, index) => (
                <td
                  key={head[index]?.title}
                  className={`break-all px-2 py-[2px] select-text first:pl-4 last:pr-4 ${side(index)}`}
                >
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {all > rows.length && (
        <p className="px-4 py-2 text-dim">
          The first {count(rows.length)} of {count(all)}.
        </p>
      )}
    </>
  );
}

/** Of one CPU, since the answer before. */
function share({ before, at }: Asked, thread: ProcessThread, what: "cpu" | "wait"): string {
  const then = before?.details.threads.list.find(({ tid }) => tid === thread.tid);
  if (!before || !then) return "–";
  return percentOfCpu(((thread[what] - then[what]) * 1000) / Math.max(1, at - before.at));
}

export function Threads({ asked }: { asked: Asked }) {
  const { all, list } = asked.details.threads;
  const sorted = [...list].sort((a, b) => b.cpu - a.cpu || a.tid - b.tid);
  return (
    <PlainTable
      all={all}
      none="It has no threads that can be seen."
      head={[
        { title: "TID", right: true },
        { title: "Name" },
        { title: "State" },
        { title: "CPU %", right: true, help: "In the last two seconds" },
        { title: "Wait %", right: true, help: "Could run and had no CPU, in the last two seconds" },
        { title: "CPU time", right: true, help: "Since it was started" },
      ]}
      rows={sorted.map((thread) => ({
        key: thread.tid,
        cells: [
          thread.tid,
          visible(thread.name),
          thread.state,
          share(asked, thread, "cpu"),
          share(asked, thread, "wait"),
          nsec(thread.cpu),
        ],
      }))}
    />
  );
}

const unseen = (what: string) =>
  `${what} of other users' processes can be seen only by a server with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH: start it with sudo npm start.`;

export function Files({ details: { files } }: { details: ProcessDetails }) {
  return (
    <PlainTable
      all={files.all}
      none={files.hidden ? unseen("Files") : "It has no file open."}
      head={[{ title: "FD", right: true }, { title: "File" }]}
      rows={files.list.map(({ fd, path }) => ({ key: fd, cells: [fd, visible(path) || "–"] }))}
    />
  );
}

export function Sockets({ details: { sockets, files } }: { details: ProcessDetails }) {
  return (
    <PlainTable
      all={sockets.length}
      none={files.hidden ? unseen("Sockets") : "It has no internet or Unix socket open."}
      head={[
        { title: "FD", right: true },
        { title: "Kind" },
        { title: "Local" },
        { title: "Remote" },
        { title: "State" },
      ]}
      rows={sockets.map(({ fd, protocol, local, remote, state }) => ({
        key: fd,
        cells: [fd, protocol, visible(local) || "–", visible(remote) || "–", state],
      }))}
    />
  );
}

export function Limits({ details: { limits } }: { details: ProcessDetails }) {
  return (
    <PlainTable
      all={limits.length}
      none="Its limits cannot be read."
      head={[
        { title: "Limit" },
        { title: "Soft", right: true },
        { title: "Hard", right: true },
        { title: "Unit" },
      ]}
      rows={limits.map(({ name, soft, hard, unit }) => ({ key: name, cells: [name, soft, hard, unit] }))}
    />
  );
}
