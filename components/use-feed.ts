import { useEffect, useState } from "react";
import type { RunInfo, ToolInfo } from "../server/protocol";
import { type Feed, feedOf, release, watch } from "./feeds";

/** Rows and stacks of a run, watched as long as the component that asks is there. */
export function useFeed(run: RunInfo, tool: ToolInfo): Feed | undefined {
  const [feed, setFeed] = useState(() => feedOf(run));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run is told apart by its id and start, its figures change every second
  useEffect(() => {
    setFeed(watch(run, tool));
    return () => release(run);
  }, [run.id, run.startedAt]);
  return feed;
}
