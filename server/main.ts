/** Starts the server: options, tools, page, sockets; stops without leaving anything in the kernel. */
import { CommanderError } from "commander";
import pino from "pino";
import { keepKernelTypes, releaseMemory, Symbols } from "../native";
import { Audit } from "./access/audit";
import { Gate } from "./access/gate";
import { allowedHosts } from "./access/hosts";
import { withToken } from "./access/shares";
import { Tokens } from "./access/tokens";
import { readCatalogue } from "./catalogue";
import { ranCommand, refuseUnknown } from "./cli/commands";
import { statusOfFailure } from "./cli/exit";
import { opened } from "./cli/open";
import { doctor, shortfall } from "./doctor";
import { hostProblems } from "./host/capabilities";
import { hostNow } from "./host/host";
import { goFirst } from "./host/priority";
import { shedPrivileges } from "./host/privileges";
import { createHttpServer } from "./http";
import { type Options, parseOptions } from "./options";
import { UserError } from "./problem";
import { fromRoot } from "./project";
import { bringBack, savePins } from "./runs/pins";
import { Runs } from "./runs/runs";
import { answerSnapshots, pageFor, toRecordings } from "./snapshots/http";
import { Snapshots } from "./snapshots/snapshots";
import { createHub, type Hub, RESTING } from "./sockets";
import { stateFolder } from "./state";
import { waitFor } from "./stream";
import { watchLoop } from "./watchdog";

/** Of a link that a start prints. */
const OPERATOR_HOURS = 24 * 30;
/** Of those that starts have printed, the newest stay valid: a service that is restarted again and again makes no heap of them. */
const OPERATOR_LINKS = 20;
/** How often memory that is free is given back. */
const RELEASE_MS = 30_000;

/** An address to open, with an operator's token. */
function operatorLink(
  { listen, allowHost, tlsCert }: Options,
  port: number,
  tokens: Tokens,
  path = "/",
): string {
  const isAny = listen === "0.0.0.0" || listen === "::";
  const host = isAny ? (allowHost[0] ?? "127.0.0.1") : listen.includes(":") ? `[${listen}]` : listen;
  const printed = tokens.list().filter(({ path }) => path === "");
  for (const { id } of printed.slice(OPERATOR_LINKS - 1)) tokens.revoke(id);
  const issued = tokens.issue(
    { role: "operator", title: "Printed by a start", path: "", by: "" },
    OPERATOR_HOURS,
  );
  return `${tlsCert ? "https" : "http"}://${host}:${port}${withToken(path, tokens.textOf(issued))}`;
}

async function main(): Promise<void> {
  if (process.argv[2] === "doctor") {
    const options = parseOptions(process.argv.slice(3));
    shedPrivileges(options);
    await doctor(options);
    return;
  }
  if (process.argv[2] === "link") {
    const options = parseOptions(process.argv.slice(3));
    shedPrivileges(options); // What it writes is the server's to read and write.
    process.stdout.write(`${operatorLink(options, options.port, new Tokens(stateFolder(options.state)))}\n`);
    return;
  }
  if (await ranCommand(process.argv.slice(2))) return;
  const file = process.argv[2] === "open" ? await opened(process.argv.slice(3)) : undefined;
  if (!file) refuseUnknown(process.argv[2]);
  const options = file?.options ?? parseOptions(process.argv.slice(2));
  goFirst();
  let hub: Hub | undefined;
  shedPrivileges(options);
  const log = pino({ level: options.logLevel }, pino.destination(2));
  const state = stateFolder(options.state);
  const tokens = new Tokens(state);
  const audit = new Audit(state, log);
  const gate = new Gate(allowedHosts(options.listen, options.allowHost), tokens, audit);
  const { tlsCert: cert, tlsKey: key } = options;
  const snapshots = new Snapshots(
    state,
    options.snapshotsMib,
    (list) => hub?.io.emit("snapshots", list),
    options.demo && !file ? fromRoot("demo") : undefined,
  );
  const http = createHttpServer(
    fromRoot("out"),
    gate,
    (request, response, visitor) =>
      (options.demo && toRecordings(request, response)) ||
      answerSnapshots({ snapshots, audit, visitor }, request, response),
    pageFor,
    cert && key ? { cert, key } : undefined,
  );
  const catalogue = options.demo ? { tools: new Map(), problems: [] } : readCatalogue(options.tools);
  const problems = options.demo ? [] : [...hostProblems(), ...catalogue.problems];
  for (const problem of problems) log.warn(problem, "problem");

  const symbols = new Symbols();
  const runs = new Runs(
    catalogue,
    symbols,
    {
      history: { bytes: options.historyMib * 1024 * 1024, minutes: options.historyMinutes },
      maxRuns: options.maxRuns,
      maxPrograms: options.maxPrograms,
      lifeSeconds: options.lifeMinutes && options.lifeMinutes * 60,
      idleSeconds: options.idleSeconds,
      budget: options.budget,
      stalls: watchLoop(log),
    },
    {
      rows: (run) => {
        if (!hub) return;
        const waitMs = waitFor(hub.streams.size);
        for (const stream of hub.streams.values()) if (stream.watches(run)) stream.pumpWithin(waitMs);
      },
      list: () => {
        hub?.io.except(RESTING).emit("tracing", runs.tracing());
        hub?.io.except(RESTING).emit("runs", runs.infos());
      },
      forgotten: (run) => {
        for (const stream of hub?.streams.values() ?? []) stream.unwatch(run.id);
      },
      pins: () => {
        try {
          savePins(state, runs);
        } catch (error) {
          log.error({ err: error }, "the pinned runs could not be saved");
        }
      },
    },
  );
  const tools = [...catalogue.tools.values()].map((tool) => tool.info);
  hub = createHub({
    http,
    gate,
    audit,
    maxMessages: options.maxMessages,
    runs,
    snapshots,
    symbols,
    log,
    host: () => hostNow(problems),
    tools,
  });

  for (const problem of await bringBack(state, runs)) {
    log.warn(problem, "problem");
    problems.push(problem);
  }

  const { port, listen } = options;
  http.on("error", (error: NodeJS.ErrnoException) => {
    fail(
      error.code === "EADDRINUSE"
        ? new UserError({
            reason: `Port ${port} of ${listen} is taken, perhaps by another Ringside.`,
            fix: `npm start -- link --port ${port} prints its address, if it is yours; or start with another port: npm start -- --port ${port + 1}`,
          })
        : error,
    );
  });
  http.listen(port, listen, () => {
    const address = http.address();
    const bound = address && typeof address === "object" ? address.port : port;
    process.stdout.write(`Ringside on ${operatorLink(options, bound, tokens, file?.path)}\n`);
    for (const { reason, fix } of problems) process.stdout.write(`  ${reason}\n  ${fix}\n`);
    if (problems.length === 0 && !options.demo)
      void shortfall(catalogue).then((text) => process.stdout.write(text));
    // Behind the address, which nobody has to wait for it to see.
    keepKernelTypes([...catalogue.tools.values()].map(({ objectPath }) => objectPath));
  });

  setInterval(releaseMemory, RELEASE_MS).unref();

  const stop = (signal: NodeJS.Signals) => {
    log.info({ signal }, "stopping");
    symbols.close();
    process.exit(0); // The kernel ends what the process had attached and loaded.
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
}

function fail(error: unknown): never {
  const status = statusOfFailure(error, "Ringside");
  if (!(error instanceof UserError || error instanceof CommanderError))
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(status);
}

main().catch(fail);
