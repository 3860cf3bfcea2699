import { useMemo } from "react";
import type { Host, RunInfo } from "../../server/protocol";
import type { Context } from "../format";
import { hostName, hostNames } from "../names";
import type { Stacks } from "../stacks";
import { useVersion } from "../use-version";

/** What cells need for their names; renders again when names have come. */
export function useCellContext(host: Host, run: RunInfo, stacks: Stacks): Context {
  useVersion(hostNames);
  const { functions } = run;
  return useMemo(
    () => ({ host, functions: functions ?? [], stacks, name: hostName }),
    [host, functions, stacks],
  );
}
