/** Giving privileges up: for good, and for every thread. */
import { loadAddon } from "./addon";
import { check, isWhole } from "./check";
import { native } from "./errors";

export interface Lesser {
  /** Numbers of include/uapi/linux/capability.h; those that are not held are not gained. */
  capabilities: readonly number[];
  /** 0: stays root's identity. */
  user: number;
  group: number;
}

/**
 * Replaces this program by `command` (its first word a path) in the same process, with no more than these privileges
 * and no way to gain others. Returns only by throwing BpfError.
 */
export function restartWith({ capabilities, user, group }: Lesser, command: readonly string[]): never {
  check(
    capabilities.every((one) => isWhole(one, 0, 63)),
    "A capability is a number below 64",
  );
  check(isWhole(user, 0, 2 ** 32 - 2) && isWhole(group, 0, 2 ** 32 - 2), "A user and a group are numbers");
  check(command.length > 0, "The command is a list of words");
  native(() => loadAddon().restartWithLess(capabilities, user, group, command));
  throw new Error("unreachable: the program was replaced");
}

/** Programs that Node starts from now on get none of this one's capabilities. */
export const giveNoneOn = (): void => loadAddon().giveNoneOn();
