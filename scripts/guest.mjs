/** A command on a stock kernel, by scripts/run-in-vm. */
import { spawnSync } from "node:child_process";
import { basename, join } from "node:path";
import { root } from "./step.mjs";

/** run-in-vm's status when a kernel cannot be had on this machine, and when it stopped by itself. */
const UNAVAILABLE = 69;
const STOPPED = 125;

/**
 * What a command in a guest printed, which begins with the kernel's release; undefined: this machine cannot have that
 * kernel, which `report` then tells.
 * @param {{ kernel: string, title?: string, append?: string, timeout: number, cpus?: number, memory?: string,
 *   icount?: boolean }} how `timeout`: seconds, boot included
 * @param {string[]} command
 * @param {import("./report.mjs").Report} report
 */
export function inGuest(
  { kernel, title = kernel, append = "", timeout, cpus = 2, memory = "2G", icount = false },
  command,
  report,
) {
  const machine = ["--kernel", kernel, "--cpus", String(cpus), "--mem", memory, "--timeout", String(timeout)];
  if (icount) machine.push("--icount");
  const guest = ["sh", "-c", 'uname -r && exec "$@"', "sh", ...command];
  const run = () =>
    spawnSync(join(root, "scripts/run-in-vm"), [...machine, "--append", append, "--", ...guest], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  let result = run();
  // Emulated, a kernel now and then panics while it patches itself and its second CPU comes up: nothing of ours ran.
  if (result.status === STOPPED && result.stdout === "") {
    process.stdout.write(`Kernel ${title} stopped before it had booted, once more:\n${result.stderr}`);
    result = run();
    if (result.status === 0) report.retried = [...(report.retried ?? []), `kernel ${title}: its boot`];
  }
  const { status, stdout, stderr } = result;
  if (status === UNAVAILABLE) {
    report.skipped.push({ name: `kernel ${title}`, reason: stderr.trim().split("\n").at(-1) ?? "" });
    process.stdout.write(stderr);
    return undefined;
  }
  const [release = "", ...lines] = stdout.trim().split("\n");
  return { status, release, stderr, lines: lines.filter((line) => line.startsWith("{")) };
}

/**
 * A program for the guest, not optimised so that its functions stay its own; gives its path.
 * @param {string} file
 */
export function compile(file) {
  const path = join(root, "dist/run", basename(file, ".c"));
  if (spawnSync("cc", ["-O0", "-o", path, join(root, file)], { stdio: "inherit" }).status !== 0)
    process.exit(1);
  return path;
}
