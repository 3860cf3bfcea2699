/** What whoever reads a recording has to know of the host it was made on. */
import { constants, cpus, hostname, release, uptime } from "node:os";
import { syscallNames } from "../parameters";
import type { Host, Problem } from "../protocol";
import { monotonicMs } from "../runs/run";

/** As it is now: the clocks move against each other. */
export const hostNow = (problems: Problem[]): Host => ({
  hostname: hostname(),
  kernel: release(),
  cpus: cpus().length,
  bootedAt: Date.now() - monotonicMs(),
  startedAt: Date.now() - uptime() * 1000,
  problems,
  errnos: Object.fromEntries(Object.entries(constants.errno).map(([name, number]) => [number, name])),
  syscalls: syscallNames(),
});
