/** Which columns of a table a flame graph is made of. */
import type { Column } from "../../server/protocol";

export interface FlameColumns {
  /** Stacks, leaf first; -1: the table has none of the kind. */
  kernel: number;
  user: number;
  /** What the width is counted in; -1: every row is one sample. */
  weight: number;
  /** When a row's time ended; -1: only when it was read. */
  time: number;
  /** Whose stacks they are; -1: not known. */
  comm: number;
  pid: number;
  tid: number;
}

/** Places of the columns a flame graph needs, or undefined when the table has no stacks. */
export function flameColumns(columns: readonly Column[]): FlameColumns | undefined {
  const stacks = columns.flatMap((c, i) => (c.type === "stack" ? [i] : []));
  if (stacks.length === 0) return undefined;
  const named = (word: string) => stacks.find((i) => columns[i]?.name.includes(word)) ?? -1;
  const place = (meaning: string) => columns.findIndex((c) => c.meaning === meaning);
  return {
    kernel: named("kernel"),
    user: named("user") === -1 && named("kernel") === -1 ? (stacks[0] as number) : named("user"),
    weight: columns.findIndex((c) => !c.key && (c.meaning === "nsec" || c.meaning === "count_n")),
    time: place("ktime"),
    comm: place("comm"),
    pid: place("pid_n"),
    tid: place("tid_n"),
  };
}
