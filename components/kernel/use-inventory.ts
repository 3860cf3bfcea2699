/** What is loaded, asked for once a second while the page is in sight: the server switches statistics on for as long. */
import { useEffect, useState } from "react";
import type { Problem } from "../../server/protocol";
import type { Inventory } from "../../server/protocol/kernel";
import { isOperator } from "../role";
import { askInventory, useServer } from "../socket";
import { type Rate, ratesBetween } from "./rates";

const everyMs = 1000;

export interface Loaded extends Required<Pick<Inventory, "lists">> {
  problems: readonly Problem[];
  /** Runs and time since each was loaded, by program. */
  usage: ReadonlyMap<number, { runs: number; nsec: number }>;
  /** Of the last second; empty until there were two readings. */
  rates: ReadonlyMap<number, Rate>;
}

/** Undefined until the first answer. */
export function useInventory(): { loaded: Loaded | undefined; problem: Problem | undefined } {
  const live = useServer((server) => server.connection === "live");
  const [loaded, setLoaded] = useState<Loaded>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    if (!live || !isOperator()) return;
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let before: Inventory | undefined;
    let lists: Inventory["lists"];
    const ask = async () => {
      timer = undefined;
      if (ended || document.hidden) return;
      const result = await askInventory(before?.version ?? "");
      if (ended) return;
      if (result.ok) {
        const now = result.value;
        lists = now.lists ?? lists;
        if (lists)
          setLoaded({
            lists,
            problems: now.problems,
            usage: new Map(now.usage.map(([id, runs, nsec]) => [id, { runs, nsec }])),
            rates: before ? ratesBetween(before, now) : new Map(),
          });
        before = now;
      }
      setProblem(result.ok ? undefined : result.problem);
      timer = setTimeout(ask, everyMs);
    };
    const onVisible = () => {
      if (document.hidden || timer !== undefined) return;
      before = before && { ...before, usage: [] };
      void ask();
    };
    document.addEventListener("visibilitychange", onVisible);
    void ask();
    return () => {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [live]);
  return { loaded, problem };
}
