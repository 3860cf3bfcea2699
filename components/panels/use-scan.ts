import { useEffect, useMemo, useRef, useState } from "react";
import type { Column } from "../../server/protocol";
import { compileFilter, type Filter } from "../filter/filter";
import { FilterError } from "../filter/filter-error";
import type { Context } from "../format";
import { type GroupChoice, Groups } from "../groups";
import { hostNames } from "../names";
import { Scan } from "../scan";
import type { Table } from "../table";

interface Compiled {
  filter: Filter | undefined;
  problem: FilterError | undefined;
}

const newestTime = (table: Table) => table.batches.at(-1)?.at ?? 0;

/** New names may change what a filter finds; not more often than this. */
const renamedMs = 1000;

/** Grows when host names came and `wanted` says that they matter. */
function useNames(wanted: boolean): number {
  const [names, setNames] = useState(0);
  useEffect(() => {
    if (!wanted) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = hostNames.subscribe(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setNames(hostNames.version);
      }, renamedMs);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [wanted]);
  return names;
}

/** The filter that a text means; while the text is malformed, the last good one. */
export function useFilter(
  text: string,
  table: Table,
  context: Context,
  columns: readonly Column[] = table.columns,
): Compiled {
  const good = useRef<Filter | undefined>(undefined);
  const newest = useRef(table);
  newest.current = table;
  const names = useNames(good.current?.byHostNames === true);
  const { host: named, functions, stacks } = context;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the table only tells the day; the context's parts are what counts
  const compiled = useMemo((): Compiled => {
    try {
      const filter = compileFilter(text, { columns, context, now: newestTime(newest.current) });
      return { filter, problem: undefined };
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      return { filter: undefined, problem: error };
    }
  }, [text, columns, named, functions, stacks, names]);
  if (!compiled.problem) good.current = compiled.filter;
  return { filter: good.current, problem: compiled.problem };
}

/**
 * The rows that pass, or their groups; undefined when neither is asked for. A new question's answer appears once it
 * is whole: until then the answer to the last one stays.
 */
export function useScan(table: Table, filter: Filter | undefined, choice: GroupChoice | undefined) {
  const [scan, setScan] = useState<Scan>();
  const latest = useRef(table);
  latest.current = table;
  const groupKey = JSON.stringify(choice ?? null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the table is followed below; the choice is compared by its text
  useEffect(() => {
    if (!filter && !choice) {
      setScan(undefined);
      return;
    }
    const next = new Scan(latest.current, filter, choice && new Groups(latest.current.columns, choice));
    const show = () => {
      if (!next.caughtUp) return;
      setScan(next);
      stop();
    };
    const stop = next.subscribe(show);
    show();
    return () => next.close();
  }, [filter, groupKey]);
  useEffect(() => scan?.follow(table), [scan, table]);
  return scan;
}
