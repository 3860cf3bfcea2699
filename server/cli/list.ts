/** `ringside list`: the snapshots that the server on this host keeps. */
import { join } from "node:path";
import { Command } from "commander";
import { bytes, count, dateTime } from "../../components/format";
import { stateOption } from "../options";
import { SnapshotStore } from "../snapshots/store";
import { stateFolder } from "../state";
import { asCommand, EXIT } from "./exit";
import { Output } from "./output";

export async function list(argv: readonly string[]): Promise<number> {
  const command = asCommand(
    new Command("ringside list")
      .description("Lists the snapshots in the folder for state, newest first.")
      .addOption(stateOption())
      .option("--json", "as JSON", false),
  );
  const { state, json } = command
    .parse([...argv], { from: "user" })
    .opts<{ state?: string; json: boolean }>();
  const folder = join(stateFolder(state), "snapshots");
  const snapshots = await new SnapshotStore(folder, Number.POSITIVE_INFINITY).list();
  const found = snapshots.map(({ id, ...rest }) => ({ file: join(folder, `${id}.json.gz`), ...rest }));
  const text = found.map(({ file, takenAt, title, hostname, panels, bytes: size }) => {
    const tools = panels.map(({ tool, rows }) => `${tool} (${count(rows)} rows)`).join(", ");
    return `${dateTime(takenAt)}  ${title || "no title"}\n  ${hostname}: ${tools}\n  ${file}  ${bytes(size)}\n`;
  });
  const output = new Output();
  if (json) await output.write(`${JSON.stringify(found, null, 2)}\n`);
  else await output.write(text.join("") || `There are no snapshots in ${folder}.\n`);
  return EXIT.ok;
}
