/** What goes wrong for a user, as a sentence that names the thing and one that mends it. */
import { BpfError, type BpfErrorCode } from "../native";
import { lockdown } from "./host/settings";
import type { Help, Problem } from "./protocol";

/** An error that is meant for the user's eyes. */
export class UserError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.reason);
    this.name = "UserError";
  }
}

/** Throws the sentence and its mend. */
export function refuse(reason: string, fix: string, detail?: string): never {
  throw new UserError(detail === undefined ? { reason, fix } : { reason, fix, detail });
}

const FIXES: Record<BpfErrorCode, string> = {
  CLOSED: "Start it again.",
  STATE: "Start it again.",
  ARGUMENT: "Correct the value.",
  OBJECT: "Build it again: npm run build.",
  BTF: "Use a kernel built with CONFIG_DEBUG_INFO_BTF=y (every current distribution's own kernel is).",
  PERMISSION: "Start it with npm start, which asks sudo for what is missing; /kernel tells what that is.",
  VERIFIER:
    "On Linux 5.15 and newer this is a fault in the tool: please report it with the verifier's log below.",
  UNSUPPORTED: "Use a kernel that has it; the other tools are not affected.",
  NOT_FOUND: "Check the name; the search field lists what is there.",
  LIMIT: "Stop another tracer, or raise the limit named below.",
  SYSTEM: "See the detail below.",
};

const HELP: Partial<Record<BpfErrorCode, Help>> = {
  BTF: "btf",
  VERIFIER: "verifier",
  PERMISSION: "permission",
};

/** Any thrown thing as a Problem; `what` names what was being done ("opensnoop"). */
export function problemOf(error: unknown, what: string): Problem {
  if (error instanceof UserError) return error.problem;
  if (error instanceof BpfError) {
    const help = HELP[error.code];
    const locked = error.code === "UNSUPPORTED" && lockdown() === "confidentiality";
    return {
      reason: `${what}: ${error.message}`,
      fix: locked
        ? "This kernel is locked down at confidentiality, which takes helpers away; boot with lockdown=integrity."
        : FIXES[error.code],
      ...(error.detail && { detail: error.detail }),
      ...(help && { help }),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { reason: `${what}: ${message}`, fix: "See the server's log." };
}
