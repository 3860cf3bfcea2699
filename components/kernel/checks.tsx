/** The checks of the host: a table, one row each, with what is lost and what mends it. */
import type { Check, Preflight } from "../../server/protocol/kernel";
import { Dot, type DotLook } from "../controls";
import { TryIt } from "../try-it";

const states: Record<Check["state"], { look: DotLook; text: string; colour: string }> = {
  ok: { look: "ok", text: "OK", colour: "text-dim" },
  limited: { look: "warn", text: "Limited", colour: "text-warn" },
  missing: { look: "bad", text: "Missing", colour: "text-bad" },
  off: { look: "off", text: "Off", colour: "text-dim" },
  unknown: { look: "off", text: "Unknown", colour: "text-dim" },
};

function Row({ check }: { check: Check }) {
  const { look, text, colour } = states[check.state];
  const { lost, fix, command } = check;
  return (
    <tr className="border-line border-t align-baseline">
      <td className={`py-1 pr-2 pl-3 whitespace-nowrap ${colour}`}>
        <span className="inline-flex items-center gap-1.5">
          <Dot look={look} />
          {text}
        </span>
      </td>
      <th scope="row" className="figures py-1 pr-3 text-left font-normal break-words select-text">
        {check.name}
      </th>
      <td className="figures py-1 pr-3 break-words text-text select-text">{check.found}</td>
      <td className="py-1 pr-3 text-dim">
        {check.means}
        {(lost.length > 0 || fix || command) && (
          <div className="mt-1 mb-1 grid max-w-prose gap-1">
            {lost.length > 0 && (
              <p className="text-text">
                Costs you: <span className="figures">{lost.join("; ")}</span>
              </p>
            )}
            {fix && <p className="text-text select-text">{fix}</p>}
            {command && <TryIt command={command} />}
          </div>
        )}
      </td>
    </tr>
  );
}

export function Checks({ groups }: { groups: Preflight["groups"] }) {
  return (
    <>
      {groups.map(({ title, checks }) => (
        <section key={title} aria-label={title} className="rounded-lg border border-line bg-panel">
          <h2 className="px-3 py-2 font-semibold">{title}</h2>
          <table className="w-full table-fixed">
            <colgroup>
              <col className="w-[98px]" />
              <col className="w-[25%]" />
              <col className="w-[22%]" />
              <col />
            </colgroup>
            <tbody>
              {checks.map((check) => (
                <Row key={check.name} check={check} />
              ))}
            </tbody>
          </table>
        </section>
      ))}
    </>
  );
}
