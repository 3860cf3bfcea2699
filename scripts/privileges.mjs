/** How an ordinary user's server gets what tracing needs: a few ambient capabilities, not root. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { userInfo } from "node:os";

/** Numbers, because setpriv knows newer names only with a newer libcap-ng. */
const CAPABILITIES = {
  CAP_DAC_READ_SEARCH: 2, // tracefs, and other users' binaries for symbols and uprobes
  CAP_SYS_PTRACE: 19, // other users' /proc/PID/maps, exe and root
  CAP_SYS_ADMIN: 21, // kprobes, uprobes; Debian and Ubuntu also ask it of perf events (kernel.perf_event_paranoid > 2)
  CAP_SYSLOG: 34, // addresses in /proc/kallsyms
  CAP_PERFMON: 38,
  CAP_BPF: 39,
};
const TRACING = [CAPABILITIES.CAP_PERFMON, CAPABILITIES.CAP_BPF];

/** sudo clears the environment; these are the server's own, or tell it about the user. */
const KEPT = /^(RINGSIDE_\w+|NODE_\w+|NO_COLOR|FORCE_COLOR|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|PATH)$/;

/** Whether this process may trace already: root, or started with the capabilities. */
export function canTrace() {
  const status = fs.readFileSync("/proc/self/status", "utf8");
  const effective = BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(status)?.[1] ?? "0"}`);
  return TRACING.every((capability) => effective & (1n << BigInt(capability)));
}

/**
 * The command that runs what follows it as this user, with the capabilities; root has to start it.
 * @param {{ uid: number, gid: number }} user
 */
export function setpriv({ uid, gid } = userInfo()) {
  const list = Object.values(CAPABILITIES)
    .map((capability) => `+cap_${capability}`)
    .join(",");
  return [
    "setpriv",
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--init-groups",
    "--no-new-privs",
    `--inh-caps=${list}`,
    `--ambient-caps=${list}`,
  ];
}

/** `env` and the variables that have to survive sudo. */
export const keptEnvironment = () => [
  "env",
  ...Object.entries(process.env).flatMap(([name, value]) => (KEPT.test(name) ? [`${name}=${value}`] : [])),
];

/**
 * `sudo`, or `sudo -n` where nobody can be asked for a password; undefined when sudo is absent or says no.
 * @returns {string[] | undefined}
 */
export function sudo() {
  const probe = [...setpriv(), "true"];
  if (spawnSync("sudo", ["-n", ...probe], { stdio: "ignore" }).status === 0) return ["sudo", "-n"];
  if (!process.stdin.isTTY) return undefined;
  process.stderr.write(
    `Tracing needs ${Object.keys(CAPABILITIES).join(", ")}; sudo asks for your password.\n`,
  );
  return spawnSync("sudo", probe, { stdio: "inherit" }).status === 0 ? ["sudo"] : undefined;
}
