/** What each verb of the socket asks of its caller: the one place that says who may do what. */
import { UserError } from "../problem";
import type { ClientEvents } from "../protocol";
import type { Role } from "../protocol/access";

export interface Rule {
  role: Role;
  /** It changes something for others, or takes something from them: it stands in the audit log. Refusals always do. */
  audited?: true;
  /** What it takes of the caller's share of messages; 1 where nothing is said. */
  cost?: number;
}

export const RULES: Record<keyof ClientEvents, Rule> = {
  // Each loads programs: eight at once, then four a second.
  start: { role: "operator", audited: true, cost: 50 },
  stop: { role: "operator", audited: true },
  budget: { role: "operator", audited: true },
  keep: { role: "operator", audited: true },
  watch: { role: "viewer" },
  unwatch: { role: "viewer" },
  pace: { role: "viewer" },
  rest: { role: "viewer" },
  names: { role: "viewer" },
  process: { role: "viewer" },
  processes: { role: "operator" },
  cgroups: { role: "operator" },
  targets: { role: "operator" },
  // Loads programs to see whether it can.
  preflight: { role: "operator", cost: 50 },
  // Switches the kernel's statistics on.
  inventory: { role: "operator" },
  code: { role: "operator" },
  mapRows: { role: "operator" },
  mapCount: { role: "operator" },
  // What is read of the pipe is gone for others.
  tracePipe: { role: "operator", audited: true },
  share: { role: "operator", audited: true },
  shares: { role: "operator" },
  revoke: { role: "operator", audited: true },
  audit: { role: "operator" },
  keepBoard: { role: "operator", audited: true },
  snapshots: { role: "viewer" },
  // Reads a file in a thread of its own, unless it is open.
  openSnapshot: { role: "viewer", cost: 20 },
  // Reads and writes all of it, in a thread of its own.
  describeSnapshot: { role: "operator", cost: 20, audited: true },
  pinSnapshot: { role: "operator", audited: true },
  deleteSnapshot: { role: "operator", audited: true },
};

/** Throws a UserError unless this role may. */
export function demand(verb: keyof ClientEvents, role: Role): void {
  if (RULES[verb].role === "viewer" || role === "operator") return;
  throw new UserError({
    reason: `Your link lets you look; "${verb}" is for operators.`,
    fix: "Ask who sent you the link for one that lets you operate.",
  });
}
