/** Prints a tool's manifest (bpf/NAME.ts: plain data under types) as JSON. */
import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";

const [path = ""] = process.argv.slice(2);
const { code } = transformSync(readFileSync(path, "utf8"), { loader: "ts", format: "esm" });
const { default: tool } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
process.stdout.write(`${JSON.stringify(tool)}\n`);
