import { defineConfig } from "vitest/config";
import { leftOut } from "./scripts/needs-root.mjs";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["node_modules", "dist", "out", ".next", ...leftOut],
    // Tests count what the whole kernel does and load it for a while: one file at a time.
    fileParallelism: false,
    // They share one kernel with all else that runs there; what passes only at the second try is told at the end.
    retry: 1,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What a test needs besides CAP_BPF and CAP_PERFMON, where the server that it starts has no more.
    tags: ["CAP_SYS_ADMIN", "CAP_SYSLOG", "CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"].map((name) => ({
      name,
      skip: process.env.RINGSIDE_NOBODY === "1",
    })),
    reporters: ["default", "./scripts/report.mjs"],
  },
});
