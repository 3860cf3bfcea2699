/** The verbs of the socket: checks what comes, calls the runs, answers with a value or a sentence. */
import type { Server as HttpServer } from "node:http";
import type { Logger } from "pino";
import { Server } from "socket.io";
import { z } from "zod";
import type { Symbols } from "../native";
import { mayPass } from "./access";
import { findCgroups } from "./host/cgroups";
import { codeOf } from "./host/code";
import { inventory } from "./host/inventory";
import { mapCount, mapRows } from "./host/map-rows";
import { preflight, Rejections } from "./host/preflight";
import { processDetails } from "./host/process";
import { findProcesses } from "./host/processes";
import { Looking } from "./looking";
import { namesOf } from "./names/names";
import { problemOf, UserError } from "./problem";
import type { ClientEvents, Host, ServerEvents, ToolInfo } from "./protocol";
import type { Runs } from "./runs/runs";
import { findTargets } from "./runs/targets";
import { Stream } from "./stream";

/** The longest message a page may send: a start with every parameter set is under 2 KiB. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** The room of the pages that are out of sight. */
export const RESTING = "resting";

const text = z.string().max(4096);
const id = z.number().int().nonnegative();
/** Of the machine. */
const percent = z.number().positive().max(100);
const ARGUMENTS = {
  start: z.tuple([
    z.object({
      tool: text,
      parameters: z.record(text, z.union([z.number(), z.boolean(), text])),
      target: text.optional(),
      anyway: z.boolean().optional(),
      budget: percent.optional(),
    }),
  ]),
  stop: z.tuple([id]),
  budget: z.tuple([id.nullable(), percent]),
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
} satisfies Record<keyof ClientEvents, z.ZodTuple>;
type Verb = keyof typeof ARGUMENTS;
type Verbs = { [V in Verb]: (...args: z.output<(typeof ARGUMENTS)[V]>) => unknown };

export interface Hub {
  io: Server<ClientEvents, ServerEvents>;
  streams: Map<string, Stream>;
}

export interface HubOptions {
  http: HttpServer;
  hosts: ReadonlySet<string>;
  runs: Runs;
  symbols: Symbols;
  log: Logger;
  /** Asked at each connection, as clocks and privileges move. */
  host(): Host;
  tools: ToolInfo[];
}

export function createHub({ http, hosts, runs, symbols, log, host, tools }: HubOptions): Hub {
  const io = new Server<ClientEvents, ServerEvents>(http, {
    transports: ["websocket"],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    allowRequest: (request, decide) => decide(null, mayPass(request, hosts)),
  });
  const streams = new Map<string, Stream>();
  const rejections = new Rejections();

  io.on("connection", (socket) => {
    const stream = new Stream(socket);
    streams.set(socket.id, stream);
    const looking = new Looking();
    const verbs: Verbs = {
      start: async ({ tool, parameters, target, anyway, budget }) => {
        const run = await runs.start({
          tool,
          parameters,
          ...(target !== undefined && { target }),
          ...(anyway !== undefined && { anyway }),
          ...(budget !== undefined && { budget }),
        });
        log.info({ run: run.key, id: run.id }, "started");
        return run.info();
      },
      stop: (run) => {
        const stopped = runs.stop(run);
        log.info({ run: stopped.key, id: run }, "stopped");
        return stopped.info();
      },
      budget: (run, percent) => {
        runs.setBudget(run, percent);
        log.info({ run, percent }, "budget");
        return runs.tracing();
      },
      watch: (run) => {
        const watched = runs.get(run);
        stream.watch(watched);
        return watched.info();
      },
      unwatch: (run) => stream.unwatch(run),
      pace: (run, fine) => {
        stream.pace(run, fine);
        runs.paceChanged();
      },
      rest: (resting) => {
        stream.rest(resting);
        if (resting) return void socket.join(RESTING);
        socket.leave(RESTING);
        socket.emit("runs", runs.infos());
      },
      names: namesOf,
      processes: findProcesses,
      process: processDetails,
      cgroups: findCgroups,
      targets: (kind, search) => findTargets(kind, search, symbols),
      preflight: () => preflight(runs.catalogue.tools.values(), rejections.newest()),
      inventory: (version) => {
        looking.atUsage();
        return inventory(version);
      },
      code: codeOf,
      mapRows,
      mapCount,
      tracePipe: (on) => {
        if (on) looking.atTracePipe((...batch) => socket.emit("printk", ...batch));
        else looking.leaveTracePipe();
        return null;
      },
    };
    // One listener for every verb, so that nothing a page sends can reach a handler unchecked.
    socket.onAny(async (verb: string, ...args: unknown[]) => {
      const last = args.at(-1);
      const reply = typeof last === "function" ? (args.pop() as (result: unknown) => void) : () => {};
      try {
        if (!Object.hasOwn(verbs, verb)) throw unknownMessage(verb);
        const parsed = ARGUMENTS[verb as Verb].safeParse(args);
        if (!parsed.success) throw unknownMessage(verb);
        const call = verbs[verb as Verb] as (...args: unknown[]) => unknown;
        reply({ ok: true, value: await call(...parsed.data) });
      } catch (error) {
        const problem = problemOf(
          error,
          typeof args[0] === "object" ? String((args[0] as { tool?: string })?.tool) : verb,
        );
        rejections.add(problem);
        log.warn({ verb, ...problem, ...(!(error instanceof UserError) && { err: error }) }, "refused");
        reply({ ok: false, problem });
      }
    });
    socket.on("disconnect", () => {
      streams.delete(socket.id);
      stream.close();
      looking.end();
    });
    socket.emit("hello", host(), tools);
    socket.emit("tracing", runs.tracing());
    socket.emit("runs", runs.infos());
  });
  return { io, streams };
}

const unknownMessage = (verb: string): UserError =>
  new UserError({
    reason: `The message ${JSON.stringify(verb.slice(0, 40))} is not one this server understands.`,
    fix: "Reload the page: it may be older or newer than the server.",
  });
