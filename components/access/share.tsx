/** Share: a link to what this page shows now, for somebody who looks or operates, until it expires or is revoked. */
import { type FormEvent, useState } from "react";
import type { Problem } from "../../server/protocol";
import type { Role, Share } from "../../server/protocol/access";
import { useBoard } from "../board-store";
import { Button, Segments } from "../controls";
import { dateTime } from "../format";
import { pages } from "../pages";
import { FigurePopover } from "../popover";
import { ProblemText } from "../problem";
import { share, useServer } from "../socket";
import { TryIt } from "../try-it";

const roles: { value: Role; text: string }[] = [
  { value: "viewer", text: "Looks" },
  { value: "operator", text: "Operates" },
];
const roleWords: Record<Role, string> = {
  viewer: "Sees every tracer that runs, starts and stops none.",
  operator: "Can do whatever you can, also start tracers and make links.",
};
const spans = [
  { value: "1", text: "an hour" },
  { value: "24", text: "a day" },
  { value: "168", text: "a week" },
  { value: "720", text: "30 days" },
];

/** What the list of links will call it, unless something else is typed. */
function titleOf(): string {
  const here = location.pathname.replace(/(\.html|\/)$/, "") || "/";
  const tools = here === "/" ? useBoard.getState().panels.map(({ request }) => request.tool) : [];
  if (tools.length > 0) return tools.slice(0, 6).join(", ");
  return pages.find(({ path }) => path !== "/" && here.startsWith(path))?.title ?? "The live board";
}

const isLoopback = () => /^(localhost|127\.|\[::1\])/.test(location.hostname);

function Made({ made, onAgain }: { made: Share; onAgain(): void }) {
  return (
    <div className="grid gap-3">
      <TryIt command={location.origin + made.link} />
      <p className="text-dim">
        Valid until {dateTime(made.expires)}. Whoever has it {made.role === "viewer" ? "looks" : "operates"}:
        send it to who should.
        {isLoopback() && (
          <>
            {" "}
            {location.hostname} is this machine itself; elsewhere it takes a tunnel:{" "}
            <span className="figures">
              ssh -L {location.port}:127.0.0.1:{location.port} HOST
            </span>
          </>
        )}
      </p>
      <div className="flex items-center gap-3">
        <Button onClick={onAgain}>Another</Button>
        <AllLinks />
      </div>
    </div>
  );
}

const AllLinks = () => (
  <a href="/access" className="text-dim underline decoration-faint underline-offset-2 hover:text-text">
    All links
  </a>
);

function ShareForm() {
  const [title, setTitle] = useState(titleOf);
  const [role, setRole] = useState<Role>("viewer");
  const [hours, setHours] = useState("24");
  const [made, setMade] = useState<Share>();
  const [problem, setProblem] = useState<Problem>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const path = location.pathname + location.search;
    const result = await share({ role, title: title.trim(), path, hours: Number(hours) });
    setMade(result.ok ? result.value : undefined);
    setProblem(result.ok ? undefined : result.problem);
  };
  return (
    <div className="grid w-[30rem] max-w-[90vw] gap-3 whitespace-normal text-left">
      <p className="text-dim">
        A link to this page as it is now: panels, ranges, zoom, search and selection. It starts no tracer by
        itself.
      </p>
      {made ? (
        <Made made={made} onAgain={() => setMade(undefined)} />
      ) : (
        <form
          onSubmit={submit}
          className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-2.5"
        >
          <label htmlFor="share-title" className="text-dim">
            Name
          </label>
          <input
            id="share-title"
            value={title}
            maxLength={120}
            onChange={(event) => setTitle(event.target.value)}
            className="rounded-md border border-line bg-bg px-2 py-1"
          />
          <span className="text-dim">Who has it</span>
          <span className="flex items-center gap-3">
            <Segments<Role> label="Who has it" choices={roles} value={role} onChoose={setRole} />
          </span>
          <span />
          <span className="text-dim">{roleWords[role]}</span>
          <span className="text-dim">Valid for</span>
          <span className="justify-self-start">
            <Segments label="Valid for" choices={spans} value={hours} onChoose={setHours} />
          </span>
          <span />
          <span className="flex items-center gap-3 pt-1">
            <Button type="submit" look="primary">
              Make the link
            </Button>
            <AllLinks />
          </span>
        </form>
      )}
      {problem && <ProblemText problem={problem} />}
    </div>
  );
}

export function ShareButton() {
  // Not before the server has said so: in the exported page its style would be inline, which the policy refuses.
  const isOperator = useServer((server) => server.visitor?.role === "operator");
  if (!isOperator) return null;
  return (
    <FigurePopover
      className="border border-line bg-raised px-2.5 py-[3px] hover:border-faint"
      parts={() => <ShareForm />}
    >
      Share
    </FigurePopover>
  );
}
