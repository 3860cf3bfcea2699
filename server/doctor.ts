/** What /kernel shows, for a terminal: `npm run doctor`, and one line of it when the server starts. */
import { type Catalogue, readCatalogue } from "./catalogue";
import { preflight } from "./host/preflight";
import type { Options } from "./options";
import type { Check, Preflight } from "./protocol/kernel";

const MARKS: Record<Check["state"], string> = {
  ok: "ok",
  limited: "limited",
  missing: "MISSING",
  off: "off",
  unknown: "unknown",
};

function linesOf({ name, state, found, means, lost, fix, command }: Check): string[] {
  const head = `  ${MARKS[state].padEnd(8)} ${name.padEnd(34)} ${found}`;
  if (state === "ok") return [head];
  const indent = " ".repeat(11);
  return [
    head,
    `${indent}${means}`,
    ...(lost.length > 0 ? [`${indent}Costs you: ${lost.join("; ")}`] : []),
    ...(fix ? [`${indent}${fix}`] : []),
    ...(command ? [`${indent}$ ${command}`] : []),
  ];
}

/** Every tool that some check costs, wholly or in part, once. */
const lostOf = ({ groups }: Preflight): string[] => [
  ...new Set(groups.flatMap(({ checks }) => checks.flatMap(({ lost }) => lost))),
];

/** Prints every check; the exit status is 1 where a tool is lost by one. */
export async function doctor(options: Options): Promise<void> {
  const { tools, problems } = readCatalogue(options.tools);
  const found = await preflight(tools.values());
  for (const { title, checks } of found.groups)
    process.stdout.write(`${title}\n${checks.flatMap(linesOf).join("\n")}\n\n`);
  for (const { reason, fix } of problems) process.stdout.write(`${reason}\n${fix}\n`);
  const lost = lostOf(found);
  process.stdout.write(
    lost.length === 0
      ? `All ${tools.size} tools can run here.\n`
      : `${tools.size} tools; what is lost here: ${lost.join("; ")}\n`,
  );
  process.exitCode = lost.length > 0 ? 1 : 0;
}

/** One line for the start, empty where nothing is missing. */
export async function shortfall({ tools }: Catalogue): Promise<string> {
  const lost = lostOf(await preflight(tools.values()));
  return lost.length > 0
    ? `  Not everything works here (${lost.join("; ")}): npm run doctor tells why\n`
    : "";
}
