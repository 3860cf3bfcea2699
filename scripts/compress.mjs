/** Writes a .br and a .gz beside each text of the page, so that the server sends them small and compresses nothing itself. */
import fs from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Below this the headers of an answer are longer than what is saved. */
const LEAST_BYTES = 1024;

const [folder = "out"] = process.argv.slice(2);
for (const name of fs.readdirSync(folder, { recursive: true, encoding: "utf8" })) {
  const file = join(folder, name);
  if (!/\.(js|css|html|svg|txt)$/.test(name) || fs.statSync(file).size < LEAST_BYTES) continue;
  const text = fs.readFileSync(file);
  const size = { [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
  fs.writeFileSync(`${file}.br`, brotliCompressSync(text, { params: size }));
  fs.writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
}
