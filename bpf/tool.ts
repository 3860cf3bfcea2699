/**
 * The words of a tool. Types, sizes, defaults and layouts are not here: they are read from the object's own BTF.
 * `bpf/NAME.ts` is `export default { … } satisfies Tool`.
 */
export interface Tool {
  /** One line, what it shows: "Files opened, by whom, with which result". */
  title: string;
  /** Two or three sentences: what it tells you and when to reach for it. */
  tells: string;
  subsystem:
    | "CPU"
    | "Disks"
    | "Files"
    | "Network"
    | "Processes"
    | "System calls"
    | "Functions"
    | "Memory"
    | "Security";
  /** The map in the object that is the tool's table. */
  table: string;
  /** Which panel draws the table; each panel checks that the table has the columns it needs. */
  view: "events" | "histogram" | "flame" | "top" | "processes";
  /** Cost of leaving it running, by how often its probes fire and what a firing costs. */
  cost: "low" | "medium" | "high" | "by target";
  /** Why that class: "one raw tracepoint slows every system call of the host by about 140 ns". */
  costWhy: string;
  /** Words for columns, in the order to show them. A column left out here is not shown. */
  columns: Record<string, Words>;
  /** Words for parameters, in the order to show them; those of `filter.bpf.h` have theirs already. */
  parameters?: Record<string, ParameterWords>;
  /** Sets of programs that do the same; the first set that loads and attaches is taken. Programs in no set always run. */
  oneOf?: readonly (readonly string[])[];
  /** Programs that run only where a parameter of this name is true: what is dear and not everyone wants. */
  onlyWith?: Record<string, readonly string[]>;
  /** The programs that attach to a function, symbol or tracepoint chosen at run time, by the kind of target. */
  targets?: Targets;
  /** A shell line, at most a few seconds long, that makes the tool say something. */
  tryIt: string;
  /** For tools with targets: one that `tryIt` hits. */
  tryTarget?: string;
}

export interface Words {
  title: string;
  help?: string;
}

export interface ParameterWords extends Words {
  min?: number;
  max?: number;
  /** "Hz", "ms" … shown behind the field; the value is in this unit. */
  unit?: string;
}

/** Each kind: alternatives in order of preference, each a list of programs to attach to the target. */
export interface Targets {
  kernel?: readonly (readonly string[])[];
  user?: readonly (readonly string[])[];
  tracepoint?: readonly (readonly string[])[];
}
