/** `npm run test:fuzz`, `test:faults`, `test:soak`: the long form of e2e/reliability/NAME.test.ts, which writes docs/reliability.md. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { setup } from "./setup.mjs";
import { root, run } from "./step.mjs";

await run(async () => {
  const [name = ""] = process.argv.slice(2);
  await setup({ tests: true });
  const runner = [
    join(root, "node_modules/.bin/vitest"),
    "run",
    "--retry=0",
    `e2e/reliability/${name}.test.ts`,
  ];
  const env = { ...process.env, RINGSIDE_LONG: "1" };
  process.exitCode = spawnSync(process.execPath, runner, { cwd: root, stdio: "inherit", env }).status ?? 1;
});
