/** What tracing as a whole costs, against its budget: always on screen. */
import type { Host, RunInfo, Tracing } from "../server/protocol";
import { BudgetField } from "./budget-field";
import { chosenPercent, dateTime, percent } from "./format";
import { useMoment } from "./moment";
import { usePageShare } from "./page-share";
import { FigurePopover } from "./popover";
import { useServer } from "./socket";

function Bar({ share }: { share: number }) {
  const colour = share > 1 ? "bg-bad" : share > 0.7 ? "bg-warn" : "bg-ok";
  return (
    <span aria-hidden="true" className="h-1 w-20 overflow-hidden rounded-full bg-line max-2xl:w-8">
      <span
        className={`block h-full rounded-full ${colour}`}
        style={{ width: `${Math.min(100, 100 * share)}%` }}
      />
    </span>
  );
}

function Parts({ tracing, host, runs }: { tracing: Tracing; host: Host; runs: readonly RunInfo[] }) {
  const page = usePageShare();
  const running = runs.filter(({ state, cost }) => state === "running" && cost);
  const ofMachine = (share: number) => percent(share / host.cpus);
  return (
    <div className="grid w-[26rem] max-w-[90vw] gap-3 whitespace-normal text-left">
      {tracing.problem && (
        <p className="text-dim">
          {tracing.problem.reason} {tracing.problem.fix}
        </p>
      )}
      <table>
        <thead className="sr-only">
          <tr>
            <th>Share of the machine</th>
            <th>What</th>
          </tr>
        </thead>
        <tbody className="align-baseline">
          {running
            .sort((a, b) => (b.cost?.cpu ?? 0) - (a.cost?.cpu ?? 0))
            .map((run) => (
              <tr key={run.id}>
                <td className="figures pr-3 text-right whitespace-nowrap">{ofMachine(run.cost?.cpu ?? 0)}</td>
                <td className="text-dim">{run.key}</td>
              </tr>
            ))}
          <tr className="border-line border-t">
            <td className="figures pr-3 text-right whitespace-nowrap">{ofMachine(tracing.cpu)}</td>
            <td>all tracers, in the kernel: what the budget is for</td>
          </tr>
          <tr>
            <td className="figures pt-2 pr-3 text-right whitespace-nowrap">{ofMachine(tracing.server)}</td>
            <td className="text-dim">beside it, the server: reads, names and sends</td>
          </tr>
          <tr>
            <td className="figures pr-3 text-right whitespace-nowrap">
              {page === undefined ? "…" : percent(page)}
            </td>
            <td className="text-dim">of one CPU where this page is shown: its drawing, estimated</td>
          </tr>
        </tbody>
      </table>
      {tracing.stalls && (
        <p className="text-warn">
          The server stood still {tracing.stalls.count === 1 ? "once" : `${tracing.stalls.count} times`}, for{" "}
          {(tracing.stalls.longest / 1000).toFixed(1)} s at most; last at {dateTime(tracing.stalls.lastAt)}.
        </p>
      )}
      {tracing.each !== undefined ? (
        <BudgetField run={null} value={tracing.each} label="Each, and all together" />
      ) : (
        <p className="text-dim">
          The server was started without a budget (--budget off): nothing is stopped.
        </p>
      )}
    </div>
  );
}

export function TracingCost() {
  const tracing = useServer((server) => server.tracing);
  const host = useServer((server) => server.host);
  const runs = useServer((server) => server.runs);
  // The head then has no room for all of it; the bar stays.
  const timeIsSelected = useMoment(({ selected }) => selected !== undefined);
  if (!tracing || !host) return null;
  const share = tracing.cpu / host.cpus;
  const { budget, problem } = tracing;
  return (
    <FigurePopover
      className="flex items-center gap-2 text-dim"
      parts={() => <Parts {...{ tracing, host, runs }} />}
    >
      Tracing costs
      <span className="figures text-text">{problem ? "unknown" : percent(share)}</span>
      {budget !== undefined && !problem && (
        <>
          <Bar share={(100 * share) / budget} />
          <span className={timeIsSelected ? "max-2xl:sr-only" : ""}>
            of <span className="figures">{chosenPercent(budget)}</span>
          </span>
        </>
      )}
    </FigurePopover>
  );
}
