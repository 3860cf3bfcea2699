/** What stands where a list of what is loaded has no rows. */
import type { Problem } from "../../server/protocol";
import { Message } from "../message";

interface NothingProps {
  what: "Programs" | "Maps" | "Links";
  /** How many there are that a search, or "own only", has left out. */
  all: number;
  /** Why some may be hidden, which stands above. */
  problems: readonly Problem[];
}

const sentences = {
  Programs: "No eBPF program is loaded",
  Maps: "No eBPF map is there",
  Links: "Nothing is attached by a link",
};

export function Nothing({ what, all, problems }: NothingProps) {
  if (all > 0)
    return (
      <Message>
        <p className="text-dim">
          None of {all} {what.toLowerCase()} matches: empty the search, or show all and not Ringside's only.
        </p>
      </Message>
    );
  return (
    <Message>
      <p>
        {sentences[what]}
        {problems.length > 0 ? ", as far as Ringside may see" : ""}.
      </p>
      <p className="text-dim">
        Start a tool on the{" "}
        <a href="/" className="text-accent underline underline-offset-2">
          board
        </a>
        : what it loads is listed here while it runs.
      </p>
    </Message>
  );
}
