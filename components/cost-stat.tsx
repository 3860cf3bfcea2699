/** What a run costs, in its head: an event, and its share of a CPU; opens into the parts, and the budget. */
import type { Host, RunCost, RunInfo, ToolInfo } from "../server/protocol";
import { BudgetField } from "./budget-field";
import { bytes, nsec, percent, rate } from "./format";
import { PinField } from "./pin-field";
import { FigurePopover } from "./popover";
import { useServer } from "./socket";

type Line = [figure: string, what: string];

function linesOf(cost: RunCost, run: RunInfo, host: Host): Line[] {
  const { runs, seen, unseen, bystanders, cpu, isEstimated } = cost;
  const lines: Line[] = [
    [`${rate(runs)}/s`, "events: runs of its programs"],
    [nsec(seen), "each in the program, by the kernel's statistics"],
    [
      nsec(unseen),
      isEstimated
        ? "each on the way there and back: estimated, calibrated on this host"
        : "each on the way there and back, as far as this kernel let it be calibrated",
    ],
  ];
  if (bystanders > 0)
    lines.push([
      percent(bystanders / 1e9),
      "of a CPU for system calls that are not its own but take the slower way: estimated",
    ]);
  return [
    ...lines,
    [percent(cpu), "of one CPU, all of it together"],
    [percent(cpu / host.cpus), `of the machine (${host.cpus} CPUs)`],
    [bytes(run.mapBytes), "of kernel memory for its maps"],
  ];
}

export function CostStat({ run, tool, host }: { run: RunInfo; tool: ToolInfo; host: Host }) {
  const problem = useServer((server) => server.tracing?.problem);
  const each = useServer((server) => server.tracing?.each);
  const { cost, oneIn } = run;
  const parts = () => (
    <div className="grid w-[26rem] max-w-[90vw] gap-3 whitespace-normal text-left">
      {cost ? (
        <table>
          <tbody>
            {linesOf(cost, run, host).map(([figure, what]) => (
              <tr key={what} className="align-baseline">
                <td className="figures pr-3 text-right whitespace-nowrap">{figure}</td>
                <td className="text-dim">{what}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className="text-dim">
          {problem ? `${problem.reason} ${problem.fix}` : "Not measured yet: that takes a second or two."}
        </p>
      )}
      <p className="text-dim">
        Expected: {tool.cost === "by target" ? "by target" : `${tool.cost} cost`}; {tool.costWhy}.
      </p>
      {oneIn > 1 && (
        <p className="text-warn">
          Over its budget, so it records one event in {oneIn}, by chance
          {tool.kind === "map" ? "; counts hold that many for each" : ""}.
        </p>
      )}
      {each !== undefined && run.state === "running" && (
        <BudgetField run={run.id} value={run.budget ?? each} label="Budget of this tracer" />
      )}
      {run.state === "running" && <PinField run={run} />}
    </div>
  );
  return (
    <FigurePopover
      className="figures @max-[480px]:hidden text-[11.5px] text-dim"
      title="What it costs"
      parts={parts}
    >
      {cost ? (
        <>
          <span className="@max-[620px]:hidden mr-2.5">
            <b className="font-medium text-text">{nsec(cost.seen + cost.unseen)}</b>/event
          </span>
          {percent(cost.cpu)} CPU
        </>
      ) : (
        `${problem ? "cost unknown" : tool.cost === "by target" ? "cost by target" : `${tool.cost} cost`}`
      )}
    </FigurePopover>
  );
}
