/** What each verb of the socket takes: whatever else comes is refused before anything looks at it. */
import { z } from "zod";
import type { ClientEvents } from "./protocol";
import { SNAPSHOT_ID } from "./snapshots/store";

const text = z.string().max(4096);
const id = z.number().int().nonnegative();
/** Of the machine. */
const percent = z.number().positive().max(100);
/** How long a run may live: up to a year. */
const seconds = z
  .number()
  .int()
  .positive()
  .max(366 * 86_400);
/** Of a snapshot. */
const title = z.string().max(200);
const notes = z.string().max(20_000);
const snapshotId = z.string().regex(SNAPSHOT_ID);
/** By verb: the shapes, and how much of each. */
export const ARGUMENTS = {
  start: z.tuple([
    z.object({
      tool: text,
      parameters: z.record(text, z.union([z.number(), z.boolean(), text])),
      target: text.optional(),
      anyway: z.boolean().optional(),
      budget: percent.optional(),
      seconds: seconds.optional(),
    }),
  ]),
  stop: z.tuple([id]),
  budget: z.tuple([id.nullable(), percent]),
  keep: z.tuple([id, z.boolean(), seconds.nullable()]),
  watch: z.tuple([id]),
  unwatch: z.tuple([id]),
  pace: z.tuple([id, z.boolean()]),
  rest: z.tuple([z.boolean()]),
  names: z.tuple([z.enum(["uid", "dev", "cgroup", "pid", "argv"]), z.array(text).max(1000)]),
  processes: z.tuple([text]),
  process: z.tuple([id, z.number().nonnegative()]),
  cgroups: z.tuple([text]),
  targets: z.tuple([z.enum(["kernel", "user", "tracepoint"]), text]),
  preflight: z.tuple([]),
  inventory: z.tuple([z.string().max(64)]),
  code: z.tuple([id, z.enum(["translated", "compiled"]), id]),
  mapRows: z.tuple([id, text.regex(/^([0-9a-f]{2})*$/)]),
  mapCount: z.tuple([id]),
  tracePipe: z.tuple([z.boolean()]),
  share: z.tuple([
    z.object({
      role: z.enum(["operator", "viewer"]),
      title: z.string().max(120),
      // A page of this server: "//" would begin the name of another.
      path: z
        .string()
        .max(16_000)
        .regex(/^\/(?![/\\])[^\s#]*$/),
      hours: z
        .number()
        .positive()
        .max(24 * 366),
    }),
  ]),
  shares: z.tuple([]),
  revoke: z.tuple([z.string().regex(/^[\w-]{8}$/)]),
  audit: z.tuple([z.number().int().min(1).max(500)]),
  keepBoard: z.tuple([
    z.object({
      title,
      notes,
      view: text,
      runs: z.array(id).max(64),
      range: z.object({ from: z.number(), to: z.number() }).exactOptional(),
    }),
  ]),
  snapshots: z.tuple([]),
  openSnapshot: z.tuple([snapshotId]),
  describeSnapshot: z.tuple([snapshotId, title, notes]),
  pinSnapshot: z.tuple([snapshotId, z.boolean()]),
  deleteSnapshot: z.tuple([snapshotId]),
} satisfies Record<keyof ClientEvents, z.ZodTuple>;

export type Verb = keyof typeof ARGUMENTS;

export const isVerb = (text: string): text is Verb => Object.hasOwn(ARGUMENTS, text);
