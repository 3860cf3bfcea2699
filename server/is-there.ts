import { statSync } from "node:fs";

/** Whether a path is there for the rights in effect: existsSync asks access(2), which leaves out ambient capabilities. */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
