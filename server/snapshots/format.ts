/**
 * A snapshot: one JSON file with everything that a board showed. `docs/snapshots.md` tells it in prose,
 * `docs/snapshot.schema.json` is made from the schema below. Its text is what JSON.stringify writes of it.
 */
import { z } from "zod";
import type { Tool } from "../../bpf/tool";
import type { ColumnType, FrameKind, Problem, RunCost, ToolInfo, Value } from "../protocol";

/** The version that is written; older ones stay readable (server/snapshots/testdata has one file of each). */
export const FORMAT_VERSION = 1;

/** Of the JSON text, not of its gzip: it has to fit in a text of V8 (512 MiB) and, read, into the memory of a worker. */
export const MOST_JSON_BYTES = 256 << 20;

const whole = z.number().int();
const least0 = whole.min(0);
const text = z.string().max(64 * 1024);
/** Names that a column may have: those of C, and none that every object of JavaScript has. */
const columnName = z.string().regex(/^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]{0,127}$/);
const value: z.ZodType<Value> = z.union([z.number(), z.boolean(), text]);

/** The keys of a type, all of them: the compiler counts. */
const namesOf = <T extends string>(all: Record<T, true>) => z.enum(Object.keys(all) as T[]);
const view = namesOf<Tool["view"]>({
  events: true,
  histogram: true,
  flame: true,
  top: true,
  processes: true,
});
const cost = namesOf<Tool["cost"]>({ low: true, medium: true, high: true, "by target": true });
const frameKind = namesOf<FrameKind>({ kernel: true, user: true, jit: true, unknown: true, inlined: true });
const columnType = namesOf<ColumnType>({
  u8: true,
  s8: true,
  u16: true,
  s16: true,
  u32: true,
  s32: true,
  u64: true,
  s64: true,
  bool: true,
  text: true,
  bytes: true,
  stack: true,
});

const problem: z.ZodType<Problem> = z.object({
  reason: text,
  fix: text,
  detail: z.string().exactOptional(),
  anyway: z.boolean().exactOptional(),
  help: namesOf<NonNullable<Problem["help"]>>({
    btf: true,
    verifier: true,
    permission: true,
    overhead: true,
  }).exactOptional(),
});

const runCost: z.ZodType<RunCost> = z.object({
  runs: z.number(),
  seen: z.number(),
  unseen: z.number(),
  isEstimated: z.boolean(),
  bystanders: z.number(),
  cpu: z.number(),
});

const parameter = z.object({
  name: text,
  title: text,
  help: text.exactOptional(),
  type: z.enum(["number", "boolean", "text"]),
  meaning: text,
  default: value,
  min: z.number().exactOptional(),
  max: z.number().exactOptional(),
  unit: text.exactOptional(),
});

const column = z.object({
  name: columnName,
  title: text,
  help: text.exactOptional(),
  type: columnType,
  /** The C typedef of bpf/meanings.bpf.h. */
  meaning: text,
  /** Of the numbers, where they have one: "ns", "bytes". */
  unit: text.exactOptional(),
  /** Bytes of a value of type `bytes`, and of the numbers. */
  size: whole.min(0).max(65_536),
  /** Part of a table's key: rows of the same key are added up. */
  key: z.boolean(),
  /** Place from the left on screen; -1: not shown. */
  place: whole,
});

/** Names of numbers that only the recording host knew, by kind and number. */
const names = z.object({
  uid: z.record(z.string().regex(/^\d{1,20}$/), text).exactOptional(),
  dev: z.record(z.string().regex(/^\d{1,20}$/), text).exactOptional(),
  cgroup: z.record(z.string().regex(/^\d{1,20}$/), text).exactOptional(),
  pid: z.record(z.string().regex(/^\d{1,20}$/), text).exactOptional(),
  argv: z.record(z.string().regex(/^\d{1,20}$/), text).exactOptional(),
});

const host = z.object({
  hostname: text,
  kernel: text,
  cpus: least0,
  /** Milliseconds since the epoch at CLOCK_MONOTONIC 0 and at CLOCK_BOOTTIME 0. */
  bootedAt: z.number(),
  startedAt: z.number(),
  /** Names of error and system call numbers. */
  errnos: z.record(z.string().regex(/^\d+$/), text),
  syscalls: z.record(z.string().regex(/^\d+$/), text),
});

type ListOf = <T extends z.ZodType>(item: T) => z.ZodType<z.output<T>[]>;

const panelWith = (listOf: ListOf) =>
  z.object({
    tool: z.object({
      name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/),
      title: text,
      tells: text,
      subsystem: text,
      view,
      /** `ring`: a row is an event. `map`: a batch holds what was added to a table since the batch before. */
      kind: z.enum(["ring", "map"]),
      cost,
      costWhy: text,
      tryIt: text,
      parameters: z.array(parameter).max(1000),
    }),
    /** What it was started with; only what differs from the defaults. */
    parameters: z.record(columnName, value),
    target: text.exactOptional(),
    run: z.object({
      /** Milliseconds since the epoch. */
      startedAt: z.number(),
      endedAt: z.number().exactOptional(),
      attached: text,
      /** Names by `func_id`. */
      functions: z.array(text).exactOptional(),
      /** Rows of a ring, or the sum of a table's first u64 value, since the start: also what is not in this file. */
      count: z.number().min(0),
      /** What the kernel had no room for. */
      loss: z.object({ ring: z.number().min(0), map: z.number().min(0), stack: z.number().min(0) }),
      cost: runCost.exactOptional(),
      /** One event in this many was recorded. */
      oneIn: whole.min(1),
      mapBytes: z.number().min(0),
      problem: problem.exactOptional(),
    }),
    schema: z.array(column).min(1).max(256),
    /** Rows were read in batches: when (milliseconds of CLOCK_MONOTONIC), the number of the first row in its run, how many. */
    batches: z.object({
      at: listOf(z.number()),
      first: listOf(least0),
      rows: listOf(least0),
    }),
    /**
     * One list a column, all of the same length. Numbers; those beyond ±(2^53 − 1) as decimal texts; `bool` true and
     * false; `text` as texts, a byte that is not UTF-8 as U+DC80 + (byte − 0x80); `bytes` as hexadecimal digits; `stack` a number of `stacks`.
     */
    columns: z.record(columnName, listOf(z.union([whole, z.string(), z.boolean()]))),
    frames: listOf(z.object({ name: z.string(), module: z.string(), kind: frameKind })),
    /** Indexes into `frames`, leaf first. */
    stacks: listOf(z.object({ id: least0, frames: z.array(least0) })),
  });

const snapshotWith = (listOf: ListOf) =>
  z.object({
    format: z.literal("ringside-snapshot"),
    version: z.literal(FORMAT_VERSION),
    title: z.string().max(200),
    notes: z.string().max(20_000),
    /** Milliseconds since the epoch. */
    takenAt: z.number(),
    /** What wrote it: "ringside 0.1.0". */
    software: text,
    host,
    /** The board's address from its "?" on: panels, their places and settings. */
    view: text,
    /** Only this stretch of the history was kept: milliseconds of CLOCK_MONOTONIC, `to` exclusive. */
    range: z.object({ from: z.number(), to: z.number() }).exactOptional(),
    names,
    panels: z.array(panelWith(listOf)).max(256),
  });

/** What the published schema says. */
const published = snapshotWith((item) => z.array(item));
/** Of the long lists only that they are lists: whoever reads them looks at each value once, zod would take seconds. */
export const envelope = snapshotWith(<T extends z.ZodType>(_: T) =>
  z.custom<z.output<T>[]>(Array.isArray, "a list"),
);

export type Snapshot = z.output<typeof published>;
export type SnapshotPanel = Snapshot["panels"][number];
/** All but the panels' long lists. */
export type PanelHead = Omit<SnapshotPanel, "batches" | "columns" | "frames" | "stacks">;

/** The JSON Schema in docs/. */
export const jsonSchema = (): object => ({
  $id: "ringside-snapshot-1",
  title: "A snapshot of Ringside, version 1",
  ...z.toJSONSchema(published),
});

/** Units of the numbers of a meaning; instants count from the host's start. */
const UNITS: Record<string, string> = {
  ktime: "ns",
  boottime: "ns",
  nsec: "ns",
  usec: "us",
  bytes: "bytes",
  slot_nsec: "log-linear slot of ns",
};

/** The column as a snapshot describes it. */
export function schemaOf({
  name,
  title,
  help,
  type,
  meaning,
  size,
  key,
  place,
}: ToolInfo["columns"][number]) {
  const unit = UNITS[meaning];
  return { name, title, ...(help && { help }), type, meaning, ...(unit && { unit }), size, key, place };
}

/** The tool as it was when it recorded; what it can trace here and now is none of its business. */
export const toolInfoOf = ({ tool, schema }: Pick<SnapshotPanel, "tool" | "schema">): ToolInfo => ({
  ...tool,
  // A heading of the catalogue, where a recorded tool does not stand.
  subsystem: tool.subsystem as ToolInfo["subsystem"],
  columns: schema.map(({ unit: _, ...column }) => column),
  targets: [],
});
