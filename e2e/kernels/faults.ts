/**
 * Runs in a guest of scripts/run-in-vm that was booted in a way that takes something away (first argument), and prints
 * what the product says to it, an Outcome a line: a sentence each, and the rest works.
 */
import { spawnSync } from "node:child_process";
import { Symbols } from "../../native";
import { readCatalogue } from "../../server/catalogue";
import { inventory } from "../../server/host/inventory";
import { preflight } from "../../server/host/preflight";
import { problemOf } from "../../server/problem";
import { fromRoot } from "../../server/project";
import type { Check } from "../../server/protocol/kernel";
import { Runs } from "../../server/runs/runs";
import type { Outcome } from "./driver";

export type Fault = "lockdown=integrity" | "lockdown=confidentiality" | "no BTF";

interface Expected {
  check: string;
  state: Check["state"];
  /** What the check found, and what mends it. */
  says: RegExp;
  /** Of its start; undefined: it runs. */
  refused?: RegExp;
}

const EXPECTED: Record<Fault, Expected> = {
  "lockdown=integrity": { check: "Lockdown", state: "ok", says: /^integrity/ },
  "lockdown=confidentiality": {
    check: "Lockdown",
    state: "limited",
    says: /^confidentiality.*boot with lockdown=integrity/s,
    refused: /lockdown=integrity/,
  },
  "no BTF": {
    check: "BTF",
    state: "missing",
    says: /CONFIG_DEBUG_INFO_BTF=y/,
    refused: /no BTF.*CONFIG_DEBUG_INFO_BTF=y/s,
  },
};

const TOOL = "opensnoop";
const fault = process.argv[2] as Fault;
const { check: name, state, says, refused } = EXPECTED[fault];
const print = (outcome: Outcome): void => {
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
};
/** `ok`: whether the sentence is the expected one. */
const tell = (what: string, sentence: string, ok: boolean) =>
  print({ what, attached: sentence, ...(!ok && { wrong: sentence }) });

// A guest has not mounted what tells of lockdown; a distribution's system has.
spawnSync("mount", ["-t", "securityfs", "securityfs", "/sys/kernel/security"], { stdio: "ignore" });
const symbols = new Symbols();
const catalogue = readCatalogue(fromRoot("dist", "bpf"));

const { groups } = await preflight(catalogue.tools.values());
const checks = groups.flatMap((group) => group.checks);
const found = checks.find((check) => check.name === name);
const words = [found?.found, found?.fix].filter(Boolean).join(": ");
tell(`the check ${name}`, words, found?.state === state && says.test(words));
const lost = new Set(checks.flatMap((check) => check.lost));
const all = [...catalogue.tools.keys()];
tell(
  "tools lost",
  lost.size === 0 ? "none" : `${[...lost].join(", ")}`,
  // Lost whole, or only a variant of it: "opensnoop: what calls them".
  refused ? all.every((tool) => [...lost].some((one) => one.startsWith(tool))) : lost.size === 0,
);

const limits = { history: { bytes: 16 * 1024 * 1024, minutes: 60 }, maxRuns: 1, idleSeconds: 3600 };
const runs = new Runs(catalogue, symbols, limits, { rows: () => undefined, list: () => undefined });
try {
  const run = await runs.start({ tool: TOOL, parameters: {} });
  spawnSync("cat", ["/no/such/file"], { stdio: "ignore" });
  const { count } = (await runs.stop(run.id)).info();
  tell(`${TOOL} started`, `runs, ${count > 0 ? "and sees" : "but sees nothing"}`, !refused && count > 0);
} catch (error) {
  const { reason, fix } = problemOf(error, TOOL);
  tell(`${TOOL} started`, `${reason} ${fix}`, refused?.test(`${reason} ${fix}`) ?? false);
}
const { lists } = await inventory("");
tell("what is loaded", lists ? "is listed" : "is not listed", lists !== undefined);
await runs.close();
symbols.close();
