/** The verbs of the socket: checks what comes, calls the runs, answers with a value or a sentence. */
import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Logger } from "pino";
import { Server } from "socket.io";
import { type ServerOptions, WebSocketServer } from "ws";
import type { z } from "zod";
import type { Symbols } from "../native";
import type { Audit } from "./access/audit";
import { Allowance, type CallerServer, Callers, hangUp } from "./access/callers";
import { addressOf, type Gate } from "./access/gate";
import { Shares } from "./access/shares";
import { demand, RULES } from "./access/verbs";
import { ARGUMENTS, isVerb, type Verb } from "./arguments";
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
import type { Host, Problem, ToolInfo } from "./protocol";
import type { Visitor } from "./protocol/access";
import type { Runs } from "./runs/runs";
import { findTargets } from "./runs/targets";
import type { Snapshots } from "./snapshots/snapshots";
import { Stream } from "./stream";

/** The longest message a page may send: a start with every parameter set is under 2 KiB. */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** Each costs some 50 KiB; more than a team opens. */
const MAX_SOCKETS = 1000;

/** The room of the pages that are out of sight. */
export const RESTING = "resting";

type Verbs = { [V in Verb]: (...args: z.output<(typeof ARGUMENTS)[V]>) => unknown };

export interface Hub {
  io: CallerServer;
  streams: Map<string, Stream>;
}

export interface HubOptions {
  http: HttpServer;
  gate: Gate;
  audit: Audit;
  /** Of one page, a second. */
  maxMessages: number;
  runs: Runs;
  snapshots: Snapshots;
  symbols: Symbols;
  log: Logger;
  /** Asked at each connection, as clocks and privileges move. */
  host(): Host;
  tools: ToolInfo[];
}

/**
 * Handles one message of each page, then lets timers and rings have their turn. By default all that one reading of a socket
 * brought is handled in one go: 64 KiB of a flood are 1,500 messages, a tenth of a second in which no ring is read.
 */
class OneByOne extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({ ...options, allowSynchronousEvents: false });
  }
}

export function createHub(options: HubOptions): Hub {
  const { http, gate, audit, maxMessages, runs, snapshots, symbols, log, host, tools } = options;
  const visitors = new WeakMap<IncomingMessage, Visitor>();
  const io: CallerServer = new Server(http, {
    transports: ["websocket"],
    serveClient: false,
    perMessageDeflate: false,
    wsEngine: OneByOne,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    allowRequest: (request, decide) => {
      const admission = gate.admit(request);
      if ("refusal" in admission) return decide(admission.refusal.reason, false);
      if (io.engine.clientsCount >= MAX_SOCKETS) return decide("Too many pages are open.", false);
      visitors.set(request, admission.visitor);
      decide(null, true);
    },
  });
  const callers = new Callers(io, gate.tokens);
  const shares = new Shares(gate.tokens, callers);
  const streams = new Map<string, Stream>();
  const rejections = new Rejections();

  io.on("connection", (socket) => {
    const visitor = visitors.get(socket.request);
    if (!visitor) return void socket.disconnect(true);
    const who = `${visitor.role} ${visitor.id}`;
    const from = addressOf(socket.request);
    Object.assign(socket.data, { visitor, from, resting: false });
    audit.write({ who, from, what: "visit", outcome: "ok" });
    const allowance = new Allowance(maxMessages);
    const stream = new Stream(socket);
    streams.set(socket.id, stream);
    const looking = new Looking();
    const verbs: Verbs = {
      start: async ({ tool, parameters, target, anyway, budget, seconds }) => {
        const run = await runs.start({
          tool,
          parameters,
          ...(target !== undefined && { target }),
          ...(anyway !== undefined && { anyway }),
          ...(budget !== undefined && { budget }),
          ...(seconds !== undefined && { seconds }),
        });
        log.info({ run: run.key, id: run.id }, "started");
        return run.info();
      },
      stop: async (run) => {
        const stopped = await runs.stop(run);
        log.info({ run: stopped.key, id: run }, "stopped");
        return stopped.info();
      },
      budget: (run, percent) => {
        runs.setBudget(run, percent);
        log.info({ run, percent }, "budget");
        return runs.tracing();
      },
      keep: (run, pinned, seconds) => {
        const kept = runs.keep(run, pinned, seconds);
        log.info({ run: kept.key, id: run, pinned, seconds }, "kept");
        return kept.info();
      },
      watch: (run) => {
        const watched = snapshots.recordings.run(run) ?? runs.get(run);
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
        socket.data.resting = resting;
        callers.changed();
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
      share: (request) => shares.add(request, visitor.id),
      shares: () => shares.list(),
      revoke: (id) => {
        shares.revoke(id);
        return null;
      },
      audit: (most) => audit.newest(most),
      keepBoard: async (request) => {
        const kept = await snapshots.keep(
          request,
          request.runs.map((run) => runs.get(run)),
          host(),
        );
        log.info({ snapshot: kept.id, bytes: kept.bytes }, "kept");
        return kept;
      },
      snapshots: () => snapshots.store.list(),
      openSnapshot: (snapshot) => snapshots.open(snapshot),
      describeSnapshot: async (snapshot, title, notes) => {
        await snapshots.describe(snapshot, title, notes);
        log.info({ snapshot }, "described");
        return null;
      },
      pinSnapshot: async (snapshot, pinned) => {
        await snapshots.pin(snapshot, pinned);
        return null;
      },
      deleteSnapshot: async (snapshot) => {
        await snapshots.delete(snapshot);
        log.info({ snapshot }, "deleted");
        return null;
      },
    };
    /** Since it last kept to its allowance: the log and the audit need no more than the first. */
    let toldTooMuch = false;
    // One listener for every verb, so that nothing a page sends can reach a handler unchecked.
    socket.onAny(async (named: unknown, ...args: unknown[]) => {
      const verb = textOf(named);
      const last = args.at(-1);
      const reply = typeof last === "function" ? (args.pop() as (result: unknown) => void) : () => {};
      const known = isVerb(verb) ? verb : undefined;
      const rule = known && RULES[known];
      const write = (outcome: string, value?: unknown) => {
        const { id } = (value ?? {}) as { id?: string | number };
        const asked = args.length > 1 ? args : args[0];
        const entry = { who, from, what: verb.slice(0, 40), with: asked, outcome };
        audit.write(id === undefined ? entry : { ...entry, id });
      };
      try {
        const rate = allowance.take(rule?.cost ?? 1);
        if (rate === "flood") return hangUp(socket, tooMuch(maxMessages));
        if (rate === "over" && toldTooMuch) return reply({ ok: false, problem: tooMuch(maxMessages) });
        toldTooMuch = rate === "over";
        if (toldTooMuch) throw new UserError(tooMuch(maxMessages));
        if (!known) throw unknownMessage(verb);
        demand(known, visitor.role);
        const parsed = ARGUMENTS[known].safeParse(args);
        if (!parsed.success) throw unknownMessage(verb);
        const call = verbs[known] as (...args: unknown[]) => unknown;
        const value = await call(...parsed.data);
        if (rule?.audited) write("ok", value);
        reply({ ok: true, value });
      } catch (error) {
        const [first] = args;
        const tool = typeof first === "object" && first !== null && "tool" in first ? first.tool : verb;
        const problem = problemOf(error, textOf(tool));
        rejections.add(problem);
        if (rule?.role !== "viewer" || !(error instanceof UserError)) write(problem.reason);
        log.warn({ verb, ...problem, ...(!(error instanceof UserError) && { err: error }) }, "refused");
        reply({ ok: false, problem });
      }
    });
    socket.on("disconnect", () => {
      streams.delete(socket.id);
      stream.close();
      looking.end();
      callers.changed();
    });
    callers.changed();
    socket.emit("hello", host(), tools, visitor);
    socket.emit("tracing", runs.tracing());
    socket.emit("runs", runs.infos());
    if (visitor.role === "operator") runs.prepareSoon();
  });
  return { io, streams };
}

const tooMuch = (most: number): Problem => ({
  reason: `This page sends more than ${most} messages a second.`,
  fix: "Wait a moment, then try again; a start counts as 50. --max-messages changes the bound.",
});

/** Of what a page sent where a text should be: JSON, as not every object can be made a text otherwise. */
const textOf = (sent: unknown): string => (typeof sent === "string" ? sent : (JSON.stringify(sent) ?? ""));

const unknownMessage = (verb: string): UserError =>
  new UserError({
    reason: `The message ${JSON.stringify(verb.slice(0, 40))} is not one this server understands.`,
    fix: "Reload the page: it may be older or newer than the server.",
  });
