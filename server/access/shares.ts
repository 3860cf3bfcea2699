/** Links for others: made, listed, revoked. */
import { refuse } from "../problem";
import type { Share, ShareRequest } from "../protocol/access";
import type { Callers } from "./callers";
import type { Issued, Tokens } from "./tokens";

export class Shares {
  constructor(
    private readonly tokens: Tokens,
    private readonly callers: Callers,
  ) {}

  /** `by`: the token of who asks. */
  add({ role, title, path, hours }: ShareRequest, by: string): Share {
    return this.shown(this.tokens.issue({ role, title, path, by }, hours));
  }

  list(): Share[] {
    return this.tokens.list().map((issued) => this.shown(issued));
  }

  /** Throws a UserError when there is no such link. */
  revoke(id: string): void {
    if (!this.tokens.revoke(id))
      refuse("There is no such link any more.", "Look at the list of links again.");
    this.callers.check();
  }

  private shown(issued: Issued): Share {
    const link = withToken(issued.path || "/", this.tokens.textOf(issued));
    return { ...issued, link, open: this.callers.openBy(issued.id) };
  }
}

/** The token comes first: what follows belongs to the board. */
export function withToken(path: string, token: string): string {
  const [page = "/", query] = path.split(/\?(.*)/s);
  return `${page}?token=${token}${query ? `&${query}` : ""}`;
}
