/** How a command ends: its status, and the sentence for it. */
import { type Command, CommanderError } from "commander";
import { problemOf, UserError } from "../problem";

/** Scripts rely on these numbers; docs/cli.md lists them. */
export const EXIT = {
  /** All that was asked for. */
  ok: 0,
  /** Refused or failed: no privileges, a file that cannot be written. */
  refused: 1,
  /** No such command, tool, option or value. */
  usage: 2,
  /** Recorded, but not all: rows were lost, or the budget narrowed or stopped it. */
  incomplete: 3,
} as const;

/** A sentence about what was typed. */
export class UsageError extends UserError {}

/** Runs `ask`, whose refusals are about what was typed. */
export function asUsage<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw error instanceof UserError ? new UsageError(error.problem) : error;
  }
}

/** Commander's own words come from commander; it must not end the process. */
export const asCommand = (command: Command): Command =>
  command.exitOverride().showHelpAfterError(`(${command.name()} --help lists what there is)`);

/** Writes what was thrown as its sentence to standard error, commander's apart, who has spoken already. */
export function statusOfFailure(error: unknown, what: string): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const { reason, fix, detail } = problemOf(error, what);
  process.stderr.write(`${reason}\n${fix}\n${detail ? `${detail.trimEnd()}\n` : ""}`);
  return error instanceof UsageError ? EXIT.usage : EXIT.refused;
}

/** Runs a command to its end and gives its status. */
export async function statusOf(run: () => Promise<number>, what: string): Promise<number> {
  try {
    return await run();
  } catch (error) {
    const status = statusOfFailure(error, what);
    const isFault =
      error instanceof Error && !(error instanceof UserError || error instanceof CommanderError);
    if (isFault && process.env.RINGSIDE_LOG_LEVEL === "debug") process.stderr.write(`${error.stack}\n`);
    return status;
  }
}
