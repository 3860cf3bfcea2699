/** Servers of ordinary users: for tests of every kind. */

/** Runs what follows it as a user who is nobody, with these capabilities only. */
export function asNobody(...capabilities: readonly number[]): string[] {
  const list = capabilities.map((capability) => `+cap_${capability}`).join(",") || "-all";
  return [
    "setpriv",
    "--reuid=65534",
    "--regid=65534",
    "--clear-groups",
    `--inh-caps=${list}`,
    `--ambient-caps=${list}`,
  ];
}

/** `npm run test:nobody` gives servers the two capabilities only, but where a test says another command. */
export const usualCommand = (): string[] =>
  process.env.RINGSIDE_NOBODY === "1" ? asNobody(CAP_BPF, CAP_PERFMON) : [];

/** Numbers from include/uapi/linux/capability.h: setpriv knows newer names only with a newer libcap-ng. */
export const CAP_DAC_READ_SEARCH = 2;
export const CAP_NET_ADMIN = 12;
export const CAP_SYS_PTRACE = 19;
export const CAP_SYS_ADMIN = 21;
export const CAP_SYSLOG = 34;
export const CAP_PERFMON = 38;
export const CAP_BPF = 39;
