/** `ringside tools`: what can run here, and why not. */
import { Command } from "commander";
import { readCatalogue } from "../catalogue";
import { toolsOption } from "../options";
import { asCommand, EXIT } from "./exit";

export async function tools(argv: readonly string[]): Promise<number> {
  const command = asCommand(
    new Command("ringside tools")
      .description("Lists every tool, what it costs, and why it cannot run here.")
      .addOption(toolsOption())
      .option("--json", "as JSON, with parameters and columns", false),
  );
  const options = command.parse([...argv], { from: "user" }).opts<{ tools: string; json: boolean }>();
  const catalogue = readCatalogue(options.tools);
  const infos = [...catalogue.tools.values()].map(({ info }) => info);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(infos, null, 2)}\n`);
    return EXIT.ok;
  }
  const width = Math.max(...infos.map(({ name }) => name.length));
  const subsystems = [...new Set(infos.map(({ subsystem }) => subsystem))].sort();
  for (const subsystem of subsystems) {
    process.stdout.write(`${subsystem}\n`);
    for (const { name, title, cost, unavailable, missingTarget } of infos.filter(
      (info) => info.subsystem === subsystem,
    )) {
      process.stdout.write(`  ${name.padEnd(width)}  ${title} (cost: ${cost})\n`);
      const why = unavailable ?? missingTarget;
      if (why) process.stdout.write(`  ${" ".repeat(width)}  ${why.reason} ${why.fix}\n`);
    }
  }
  for (const { reason, fix } of catalogue.problems) process.stdout.write(`${reason}\n  ${fix}\n`);
  return EXIT.ok;
}
