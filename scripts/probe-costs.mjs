/**
 * `node scripts/probe-costs.mjs`: what each probe costs in a virtual machine with a stock kernel whose time counts
 * instructions, so that no other program and no cache disturbs the measurement; kprobes too, which not every machine has.
 * Prints the kernel's release and then a line of JSON each, or why this machine can have no such kernel.
 */
import { compile, inGuest } from "./guest.mjs";
import { bundle } from "./run-ts.mjs";

const GUEST = { kernel: "6.12", cpus: 1, memory: "3G", timeout: 1200, icount: true };

compile("e2e/loads/turns.c");
/** @type {import("./report.mjs").Report} */
const report = { passed: 0, failed: 0, skipped: [] };
const ended = inGuest(GUEST, [process.execPath, await bundle("bench/probes-in-guest.ts")], report);
if (ended?.status === 0) process.stdout.write(`${[ended.release, ...ended.lines].join("\n")}\n`);
else {
  process.stderr.write(
    ended?.stderr ?? report.skipped.map(({ name, reason }) => `${name}: ${reason}\n`).join(""),
  );
  process.exitCode = 1;
}
