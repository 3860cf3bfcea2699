/** A thread that notices when the event loop stands still. */
import { loadAddon } from "./addon";
import { check, isWhole } from "./check";

/**
 * From now on `beat` must be called every second: after `warn` seconds without, a line goes to standard error; after `end`
 * the process ends itself with status 70. Call once.
 */
export function startWatchdog(warn: number, end: number): void {
  check(isWhole(warn, 1, 3600) && isWhole(end, warn, 3600), "The watchdog takes whole seconds");
  loadAddon().startWatchdog(warn, end);
}

export const beat = (): void => loadAddon().beat();
