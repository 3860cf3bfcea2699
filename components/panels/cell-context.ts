import { useMemo } from "react";
import type { Host, RunInfo } from "../../server/protocol";
import type { Context } from "../format";
import { hostName, hostNames } from "../names";
import type { Stacks } from "../stacks";
import { useVersion } from "../use-version";

/** What cells need for their names; renders again when names have come. */
export function useCellContext(host: Host, run: RunInfo, stacks: Stacks): Context {
  useVersion(hostNames);
  // The server tells a run anew every second, with the same functions.
  const functions = run.functions?.join("\n") ?? "";
  return useMemo(
    () => ({ host, functions: functions ? functions.split("\n") : [], stacks, name: hostName }),
    [host, functions, stacks],
  );
}
