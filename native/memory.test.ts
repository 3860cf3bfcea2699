import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { script } from "./testdata/harness";

test("memory between blocks that are in use is given back", () => {
  const holes = script(
    "memory",
    `import { releaseMemory } from "./index";
     const rss = () => process.memoryUsage().rss / 2 ** 20;
     let blocks = Array.from({ length: 6000 }, () => Buffer.allocUnsafeSlow(20_000).fill(1));
     blocks = blocks.filter((_, i) => i % 10 === 0);
     // V8 frees what it collected on a thread of its own, later.
     for (let i = 0; i < 5; i++) { globalThis.gc(); await new Promise((resolve) => setTimeout(resolve, 100)); }
     const before = rss();
     releaseMemory();
     console.log(before - rss(), blocks.length);`,
  );
  const out = execFileSync(process.execPath, ["--expose-gc", holes], { encoding: "utf8" });
  // Of 114 MiB a tenth is in use.
  expect(Number(out.split(" ")[0])).toBeGreaterThan(50);
});
