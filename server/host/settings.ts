/** What the host's files say about tracing: each read when asked, undefined where it is not there or not ours to read. */
import { existsSync, readFileSync } from "node:fs";

export function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

/** A number below /proc/sys, by its name there ("kernel.perf_event_paranoid"). */
export function sysctl(name: string): number | undefined {
  const text = read(`/proc/sys/${name.replaceAll(".", "/")}`);
  return text === undefined || text === "" ? undefined : Number(text);
}

export type Lockdown = "none" | "integrity" | "confidentiality";

/** The chosen word of "none [integrity] confidentiality"; undefined where the kernel has no lockdown, or securityfs is not mounted. */
export function lockdown(): Lockdown | undefined {
  return /\[(\w+)\]/.exec(read("/sys/kernel/security/lockdown") ?? "")?.[1] as Lockdown | undefined;
}

export interface Mount {
  folder: string;
  type: string;
}

export const mounts = (): Mount[] =>
  (read("/proc/self/mounts") ?? "").split("\n").flatMap((line) => {
    const [, folder, type] = line.split(" ");
    return folder && type ? [{ folder, type }] : [];
  });

/** Where tracefs is, whether or not this process may read it. */
export const tracefs = (): string | undefined => mounts().find(({ type }) => type === "tracefs")?.folder;

/** The mode in /proc/self/status: 0 none, 1 strict, 2 a filter. */
export const seccomp = (): number =>
  Number(/^Seccomp:\s*(\d)/m.exec(read("/proc/self/status") ?? "")?.[1] ?? 0);

export const hasBtf = (): boolean => existsSync("/sys/kernel/btf/vmlinux");
