import { useEffect, useMemo, useState } from "react";
import { argv } from "../format";
import { hostName, hostNames } from "../names";
import { useVersion } from "../use-version";
import { CommandLines } from "./command-lines";
import { containerName } from "./process-columns";
import type { Names } from "./process-order";
import type { ProcessStore } from "./process-store";

export interface ShownNames extends Names {
  /** As one would type it; "" where there is none, and until it comes: see `onLines`. */
  commandLine(slot: number): string;
  /** Calls back when command lines have come; returns what ends that. */
  onLines(listener: () => void): () => void;
  containerPath(slot: number): string;
  /** Changes when names have come, those of command lines only where they decide the order. */
  version: string;
}

const nothing = { version: 0, subscribe: () => () => {} };

/**
 * Names of users, containers and command lines, asked for as far as they are looked at; renders again when they come, but
 * not for command lines unless the order goes by them: they come with every second's new processes, a cell each.
 */
export function useNames(store: ProcessStore, goesByLines: boolean): ShownNames {
  const [lines] = useState(() => new CommandLines());
  const hostVersion = useVersion(hostNames);
  const linesVersion = useVersion(goesByLines ? lines : nothing, 100);
  const { batch } = store;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once in a while, as batches come
  useEffect(() => {
    if (lines.size > 2 * store.live.length + 1000)
      lines.keepOnly((identity) => store.slotOf(identity) !== undefined);
  }, [batch]);
  return useMemo(() => {
    const lineOf = (slot: number) =>
      lines.of(
        store.identity(slot),
        store.pid[slot] as number,
        store.comm[slot] as string,
        store.kernel[slot] !== 0 || store.isEnded(slot),
      );
    const containerPath = (slot: number) => {
      const id = store.cgroup[slot] as string;
      return id === "0" ? "" : hostName("cgroup", id);
    };
    return {
      user: (slot) => hostName("uid", String(store.user[slot])) || String(store.user[slot]),
      container: (slot) => containerName(containerPath(slot)),
      containerPath,
      command: (slot) => lineOf(slot)?.words ?? (store.comm[slot] as string).toLowerCase(),
      commandLine: (slot) => {
        const text = lineOf(slot)?.text;
        return text ? argv(text) : "";
      },
      onLines: (listener) => lines.subscribe(listener),
      version: `${hostVersion} ${linesVersion}`,
    };
  }, [store, lines, hostVersion, linesVersion]);
}
