/** Who may do what: links, roles, the audit log. */

/** What a token lets its holder do: an operator everything, a viewer look at what runs. */
export type Role = "operator" | "viewer";

/** As whom the server knows this client. */
export interface Visitor {
  role: Role;
  /** Of the token: what the audit log calls it. */
  id: string;
  /** Milliseconds since the epoch. */
  expires: number;
}

/** The pages that are open and in sight, this one included. */
export interface Present {
  operators: number;
  viewers: number;
}

export interface ShareRequest {
  role: Role;
  /** What the list of links calls it. */
  title: string;
  /** Where it leads: a page of this server with all that its address holds, "/?opensnoop". */
  path: string;
  /** How long it is valid. */
  hours: number;
}

/** A link that lets somebody in until it expires or is revoked. */
export interface Share extends Visitor {
  title: string;
  /** "" for the operator's link that each start prints. */
  path: string;
  /** Milliseconds since the epoch. */
  made: number;
  /** Token of who made it; "" for that of a start. */
  by: string;
  /** Where it leads, token included, without scheme and host. */
  link: string;
  /** Pages that it has opened now. */
  open: number;
}

/** A line of the audit log. */
export interface AuditEntry {
  /** ISO 8601, UTC. */
  at: string;
  /** "operator 3hPq…", or "nobody". */
  who: string;
  /** The address it came from. */
  from: string;
  /** A verb, or "visit": a page was opened. */
  what: string;
  /** What was asked for. */
  with?: unknown;
  /** "ok", or why not. */
  outcome: string;
  /** Of the run or the link that came of it. */
  id?: string | number;
  /** Refusals before this one that were too many to write. */
  more?: number;
}
