/** Every option of the server, once: from the command line, else from the environment, else the default. */
import { Command, InvalidArgumentError, Option } from "commander";
import { isLoopback } from "./access/hosts";
import { asCommand } from "./cli/exit";
import { refuse } from "./problem";
import { fromRoot } from "./project";

export interface Options {
  port: number;
  listen: string;
  allowHost: string[];
  unsafeListen: boolean;
  tlsCert: string | undefined;
  tlsKey: string | undefined;
  tools: string;
  /** Folder for what outlives the server; undefined: as stateFolder() chooses. */
  state: string | undefined;
  /** Recordings instead of this host. */
  demo: boolean;
  /** Room for snapshots. */
  snapshotsMib: number;
  historyMib: number;
  historyMinutes: number;
  maxRuns: number;
  maxPrograms: number;
  idleSeconds: number;
  maxMessages: number;
  /** undefined: off. */
  lifeMinutes: number | undefined;
  /** Percent of the machine; undefined: off. */
  budget: number | undefined;
  logLevel: string;
  /** Whom the server becomes when root starts it; undefined: ringside or nobody. */
  user: string | undefined;
}

/** A whole number from `min` to `max`. */
export function whole(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max)
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    return value;
  };
}

/** Percent of the machine; "off" is NaN here, because commander makes an empty text of undefined. */
function percentOrOff(text: string): number {
  const value = Number(text);
  if (text !== "off" && !(value > 0 && value <= 100))
    throw new InvalidArgumentError("Give a percentage above 0, up to 100, or off.");
  return value;
}

export const option = (flags: string, environment: string, description: string): Option =>
  new Option(flags, description).env(environment);

export const toolsOption = (): Option =>
  option("--tools <folder>", "RINGSIDE_TOOLS", "folder of built tools").default(fromRoot("dist", "bpf"));

export const stateOption = (): Option =>
  option(
    "--state <folder>",
    "RINGSIDE_STATE",
    "folder for what outlives the server: links, audit log, snapshots (default: ringside in XDG_STATE_HOME)",
  );

export const budgetOption = (): Option =>
  option(
    "--budget <percent>",
    "RINGSIDE_BUDGET",
    "share of the machine that each tracer, and all together, may cost before they are narrowed or stopped; off: no bounds",
  )
    .default(2)
    .argParser(percentOrOff);

/** What `budgetOption` gives: undefined is off. */
export const budgetOf = (given: number): number | undefined => (Number.isNaN(given) ? undefined : given);

const EPILOGUE = `
npm start also sets up: it finds what is missing, installs it with apt when it runs as root (otherwise it prints the
one command to run), builds what is stale and then serves. Started by an ordinary user it builds as that user and
starts only the server through sudo, which gives it CAP_BPF, CAP_PERFMON, CAP_SYSLOG, CAP_SYS_PTRACE,
CAP_DAC_READ_SEARCH and CAP_SYS_ADMIN (README.md says for what) and keeps the user's own identity.
RINGSIDE_NO_SUDO=1 starts without privileges instead. Where it may, the server runs at nice -10.
npm run doctor, with the same options, tells what works on this host, what does not, and what mends it.
npm start -- link, with the same --state and --port, prints another operator's link for a server that runs already.
npx ringside record TOOL and npx ringside tools work without a browser: docs/cli.md.
Ctrl-C stops the server and every tracer; nothing stays in the kernel, not even after kill -9.`;

/** Throws a UserError when the options do not fit together. */
/** `name`: of the command that takes them. Throws a UserError, or commander's for what it refuses and for --help. */
export function parseOptions(argv: readonly string[], name = "npm start --"): Options {
  const options = asCommand(new Command(name))
    .description("Ringside: a ringside seat at this host's kernel, in a browser.")
    .addOption(
      option("-p, --port <port>", "RINGSIDE_PORT", "port to serve on; 0: any free one")
        .default(4600)
        .argParser(whole(0, 65535)),
    )
    .addOption(option("--listen <address>", "RINGSIDE_LISTEN", "address to serve on").default("127.0.0.1"))
    .addOption(
      option(
        "--allow-host <name...>",
        "RINGSIDE_ALLOW_HOST",
        "further names browsers may use for this server",
      ).default([]),
    )
    .addOption(
      option(
        "--unsafe-listen",
        "RINGSIDE_UNSAFE_LISTEN",
        "allow another address than loopback without TLS: whoever is on the way can read what is traced, and the token",
      ).default(false),
    )
    .addOption(option("--tls-cert <file>", "RINGSIDE_TLS_CERT", "certificate chain, PEM: serves https"))
    .addOption(option("--tls-key <file>", "RINGSIDE_TLS_KEY", "its key, PEM"))
    .addOption(toolsOption())
    .addOption(stateOption())
    .addOption(
      option(
        "--demo",
        "RINGSIDE_DEMO",
        "trace nothing and serve recordings of real loads: needs no privileges, and no Linux",
      ).default(false),
    )
    .addOption(
      option(
        "--snapshots-mib <n>",
        "RINGSIDE_SNAPSHOTS_MIB",
        "disk for snapshots; the oldest that is not pinned makes room",
      )
        .default(1024)
        .argParser(whole(1, 1_048_576)),
    )
    .addOption(
      option("--history-mib <n>", "RINGSIDE_HISTORY_MIB", "memory for the history of one run")
        .default(16)
        .argParser(whole(1, 4096)),
    )
    .addOption(
      option("--history-minutes <n>", "RINGSIDE_HISTORY_MINUTES", "length of the history of one run")
        .default(15)
        .argParser(whole(1, 1440)),
    )
    .addOption(
      option("--max-runs <n>", "RINGSIDE_MAX_RUNS", "tracers at a time").default(16).argParser(whole(1, 256)),
    )
    .addOption(
      option(
        "--max-programs <n>",
        "RINGSIDE_MAX_PROGRAMS",
        "programs that they may have in the kernel together",
      )
        .default(256)
        .argParser(whole(1, 4096)),
    )
    .addOption(
      option(
        "--life-minutes <n>",
        "RINGSIDE_LIFE_MINUTES",
        "every tracer stops after this long, unless it is given another time (default: off)",
      ).argParser(whole(1, 527_040)),
    )
    .addOption(
      option(
        "--idle-seconds <n>",
        "RINGSIDE_IDLE_SECONDS",
        "a tracer that nobody watches stops after this long, unless it is pinned",
      )
        .default(60)
        .argParser(whole(1, 86_400)),
    )
    .addOption(
      option(
        "--max-messages <n>",
        "RINGSIDE_MAX_MESSAGES",
        "messages a second from one page, twice that at once; a start counts as 50",
      )
        .default(200)
        .argParser(whole(50, 1_000_000)),
    )
    .addOption(budgetOption())
    .addOption(
      option("--log-level <level>", "RINGSIDE_LOG_LEVEL", "what is logged to standard error, as JSON lines")
        .choices(["debug", "info", "warn", "error"])
        .default("info"),
    )
    .addOption(
      option(
        "--user <name>",
        "RINGSIDE_USER",
        "started by root: the user it becomes (default: ringside if there is one, else nobody); root: keeps root's identity, without its other rights",
      ),
    )
    .addHelpText("after", EPILOGUE)
    .parse(argv, { from: "user" })
    .opts<Options>();
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined))
    refuse("A certificate goes with its key.", "Give both: --tls-cert CERT --tls-key KEY.");
  if (!isLoopback(options.listen) && !options.tlsCert && !options.unsafeListen)
    refuse(
      `${options.listen} is not a loopback address, and without TLS whoever is on the way could read the token.`,
      "Give a certificate (--tls-cert CERT --tls-key KEY), reach it through an SSH tunnel (ssh -L 4600:127.0.0.1:4600 HOST), or say --unsafe-listen.",
    );
  return { ...options, budget: budgetOf(options.budget ?? Number.NaN) };
}
