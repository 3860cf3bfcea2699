import { defineConfig } from "vitest/config";
import { leftOut } from "./scripts/needs-root.mjs";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["node_modules", "dist", "out", ".next", ...leftOut],
    // Tests count what the whole kernel does and load it for a while: one file at a time.
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ["default", "./scripts/report.mjs"],
  },
});
