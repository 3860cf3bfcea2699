/** What the documents say about the tools is compared with the tools. */
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readCatalogue, readTool } from "../server/catalogue";
import { fromRoot } from "../server/project";

const folder = mkdtempSync(join(tmpdir(), "ringside-docs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = (path: string): string => readFileSync(fromRoot(path), "utf8");

test("the README's table is that of the manifests", () => {
  const { tools, problems } = readCatalogue(fromRoot("dist", "bpf"));
  expect(problems).toEqual([]);
  const rows = [...tools.values()].map(({ info }) => `| \`${info.name}\` | ${info.title} | ${info.view} |`);
  expect(text("README.md")).toContain(["| Tool | Shows | View |", "|---|---|---|", ...rows].join("\n"));
});

test("the tool that CONTRIBUTING shows builds, and its pair agrees", () => {
  // A tree of its own with the project's Makefile, headers and packages.
  mkdirSync(join(folder, "bpf"));
  for (const name of ["scripts", "node_modules"]) symlinkSync(fromRoot(name), join(folder, name));
  for (const name of readdirSync(fromRoot("bpf")).filter((name) => name.endsWith(".bpf.h")))
    symlinkSync(fromRoot("bpf", name), join(folder, "bpf", name));
  for (const [language, file] of [
    ["c", "exitcount.bpf.c"],
    ["ts", "exitcount.ts"],
  ] as const) {
    const [, code = ""] =
      new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(text("CONTRIBUTING.md")) ?? [];
    expect(code.split("\n").length).toBeLessThan(20);
    writeFileSync(join(folder, "bpf", file), code);
  }
  execFileSync("make", ["-s", "-f", fromRoot("Makefile"), "bpf"], { cwd: folder });
  expect(readTool(join(folder, "dist", "bpf"), "exitcount").info.title).toBe(
    "Threads that ended, by command",
  );
});
