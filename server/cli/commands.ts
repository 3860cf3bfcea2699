/** The commands beside `start`, by name. */
import { statusOf, UsageError } from "./exit";
import { exportSnapshot } from "./export";
import { installService } from "./install-service";
import { list } from "./list";
import { record } from "./record";
import { tools } from "./tools";

const COMMANDS: Record<string, (argv: readonly string[]) => Promise<number>> = {
  record,
  tools,
  "install-service": installService,
  list,
  export: exportSnapshot,
};

/** Runs the command that `argv` begins with, to its end and that of the process; false when it begins with none. */
export async function ranCommand(argv: readonly string[]): Promise<boolean> {
  const [name = "", ...rest] = argv;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) return false;
  process.exit(await statusOf(() => command(rest), `ringside ${name}`));
}

/** `word`: what no command took. Throws a UserError unless it is an option, or nothing. */
export function refuseUnknown(word: string | undefined): void {
  if (word === undefined || word.startsWith("-")) return;
  throw new UsageError({
    reason: `There is no command ${JSON.stringify(word)}.`,
    fix: `There are: start, doctor, link, open, ${Object.keys(COMMANDS).join(", ")}.`,
  });
}
