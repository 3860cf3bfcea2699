/** Spends its time in hotJavaScript until it is killed; waits for a byte first, as the loads in C do. */
import { readSync, writeSync } from "node:fs";

function hotJavaScript(count) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum = (sum + i * i) % 1000003;
  return sum;
}

writeSync(1, "ready\n");
readSync(0, Buffer.alloc(1));
for (;;) hotJavaScript(100_000);
