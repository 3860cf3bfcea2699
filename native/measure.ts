/** Loops whose turns a probe makes longer, so that what it costs can be told. */
import { addonPath, loadAddon } from "./addon";
import { check, isWhole } from "./check";

/** Loops to put probes on: a system call (getsid), a function whose first instruction the kernel emulates, one it steps. */
export type Loop = "call" | "emulated" | "stepped";

/** Nanoseconds of CPU time that one of `turns` turns takes. */
export function timeLoop(loop: Loop, turns: number): number {
  check(isWhole(turns, 1, 1e6), "timeLoop takes from 1 to a million turns");
  return loadAddon().timeLoop(loop, turns);
}

/** Where a uprobe on a loop's function goes. */
export const loopFunction = (loop: "emulated" | "stepped"): { binary: string; symbol: string } => ({
  binary: addonPath(),
  symbol: `ringside_${loop}`,
});

/** Spins for `milliseconds`; nanoseconds of CPU time that it spent, and of those what interrupts took. */
export function lostToInterrupts(milliseconds: number): { lost: number; spent: number } {
  check(isWhole(milliseconds, 1, 100), "lostToInterrupts takes from 1 to 100 ms");
  return loadAddon().lostToInterrupts(milliseconds);
}
