/**
 * Share: a link to what this page shows, or to a snapshot of the board that is taken with the same press; for somebody who
 * looks or operates, until it expires or is revoked.
 */
import { type FormEvent, useState } from "react";
import type { Problem, Result } from "../../server/protocol";
import type { Role, Share } from "../../server/protocol/access";
import type { SnapshotSummary } from "../../server/protocol/snapshots";
import { useBoard } from "../board-store";
import { Button, Segments } from "../controls";
import { dateTime } from "../format";
import { pages } from "../pages";
import { FigurePopover } from "../popover";
import { ProblemText } from "../problem";
import { keepShown } from "../snapshots/keep-shown";
import { contents } from "../snapshots/words";
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

const pathHere = () => location.pathname.replace(/(\.html|\/)$/, "") || "/";

/** What the list of links will call it, unless something else is typed. */
function titleOf(): string {
  const here = pathHere();
  const tools = here === "/" ? useBoard.getState().panels.map(({ request }) => request.tool) : [];
  if (tools.length > 0) return tools.slice(0, 6).join(", ");
  return pages.find(({ path }) => path !== "/" && here.startsWith(path))?.title ?? "The live board";
}

const isLoopback = () => /^(localhost|127\.|\[::1\])/.test(location.hostname);

interface Link {
  made: Share;
  /** What it opens, if not the live page. */
  kept?: SnapshotSummary;
}

function Made({ link: { made, kept }, onAgain }: { link: Link; onAgain(): void }) {
  return (
    <div className="grid gap-3">
      {kept && <p>Kept: {contents(kept)}. The link opens that.</p>}
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
  const [link, setLink] = useState<Link>();
  const [keeping, setKeeping] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const canKeep = useBoard(({ panels }) => panels.length > 0) && pathHere() === "/";
  const linkTo = async (path: string, kept?: SnapshotSummary): Promise<Result<Link>> => {
    const result = await share({ role, title: title.trim(), path, hours: Number(hours) });
    return result.ok ? { ok: true, value: { made: result.value, ...(kept && { kept }) } } : result;
  };
  const show = (result: Result<Link>) => {
    setLink(result.ok ? result.value : undefined);
    setProblem(result.ok ? undefined : result.problem);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    show(await linkTo(location.pathname + location.search));
  };
  const keepAndLink = async () => {
    setKeeping(true);
    setProblem(undefined);
    const kept = await keepShown(title, "");
    // It opens with the view that was kept.
    show(kept.ok ? await linkTo(`/snapshots/${kept.value.id}`, kept.value) : kept);
    setKeeping(false);
  };
  return (
    <div className="grid w-[30rem] max-w-[90vw] gap-3 whitespace-normal text-left">
      {!link?.kept && (
        <p className="text-dim">
          A link to this page as it is now: panels, ranges, zoom, search and selection. It starts no tracer by
          itself.
          {canKeep && !link && " Or to a snapshot, taken now, of all that the panels have in their history."}
        </p>
      )}
      {link ? (
        <Made link={link} onAgain={() => setLink(undefined)} />
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
            <Button type="submit" look="primary" disabled={keeping}>
              Make the link
            </Button>
            {canKeep && (
              <Button disabled={keeping} onClick={() => void keepAndLink()}>
                {keeping ? "Keeping…" : "Keep, and link to that"}
              </Button>
            )}
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
