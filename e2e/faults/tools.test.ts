/** A folder of tools in which some are broken: each says what is wrong with it, the others are there. */
import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Tool } from "../../bpf/tool";
import { fromRoot } from "../../server/project";
import { Refused } from "../harness/client";
import { withServer } from "../harness/fixture";
import { scratchFolder } from "../harness/load";

const folder = scratchFolder();
const built = (file: string) => fromRoot("dist", "bpf", file);
const here = (file: string) => join(folder, file);

const manifest = JSON.parse(readFileSync(built("opensnoop.json"), "utf8")) as Tool;
const writeManifest = (name: string, changes: Partial<Tool>) =>
  writeFileSync(here(`${name}.json`), JSON.stringify({ ...manifest, ...changes }));
const takeObject = (name: string, object = "opensnoop") =>
  copyFileSync(built(`${object}.bpf.o`), here(`${name}.bpf.o`));

for (const file of readdirSync(fromRoot("dist", "bpf")).filter((name) =>
  /^(opensnoop|syscount)\./.test(name),
))
  copyFileSync(built(file), here(file));

takeObject("wrongtable");
writeManifest("wrongtable", { table: "rows" });
takeObject("wrongcolumn");
writeManifest("wrongcolumn", { columns: { ...manifest.columns, filename: { title: "File" } } });
takeObject("wrongparameter");
writeManifest("wrongparameter", { parameters: { bogus: { title: "Bogus" } } });
takeObject("wrongprogram");
writeManifest("wrongprogram", { oneOf: [["no_such_program"]] });
takeObject("swapped", "syscount");
writeManifest("swapped", {});
takeObject("alone");
writeManifest("lonely", {});
writeFileSync(here("garbage.bpf.o"), Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) & 255)));
writeManifest("garbage", {});
writeFileSync(here("empty.bpf.o"), "");
writeManifest("empty", {});
// The beginning of a real object: ELF, but cut off.
writeFileSync(here("half.bpf.o"), readFileSync(built("opensnoop.bpf.o")).subarray(0, 4000));
writeManifest("half", {});
takeObject("nojson");
writeFileSync(here("nojson.json"), "{ not JSON");
takeObject("notatool");
writeFileSync(here("notatool.json"), "[1, 2]");
execFileSync("clang", [
  ...["-target", "bpf", `-D__TARGET_ARCH_${process.arch === "arm64" ? "arm64" : "x86"}`, "-g", "-O2"],
  ...["-I", fromRoot("bpf"), "-c", fromRoot("e2e", "loads", "rejected.bpf.c"), "-o", here("rejected.bpf.o")],
]);
const { oneOf: _, parameters: __, ...plain } = manifest;
writeFileSync(here("rejected.json"), JSON.stringify({ ...plain, columns: { pid: { title: "PID" } } }));

const at = withServer(["--tools", folder]);
const problemAbout = (name: string) =>
  at.client.host.problems.filter(
    ({ reason }) => reason.includes(`${name}.`) || reason.startsWith(`${name}:`),
  );

test("whole tools are there, broken ones are not", () => {
  expect([...at.client.tools.keys()].sort()).toEqual(["opensnoop", "rejected", "syscount"]);
});

test.each([
  ["wrongtable", "has no table rows"],
  ["wrongcolumn", "has no column filename"],
  ["wrongparameter", "has no parameter bogus"],
  ["wrongprogram", "has no program no_such_program"],
  ["swapped", "has no table events"],
])("%s: the sentence names both files and what differs", (name, difference) => {
  const [problem, ...more] = problemAbout(name);
  expect(more).toEqual([]);
  expect(problem?.reason).toContain(here(`${name}.json`));
  expect(problem?.reason).toContain(here(`${name}.bpf.o`));
  expect(problem?.reason).toContain(difference);
  expect(problem?.fix).toContain("npm run build");
  expect(at.server.output()).toContain(problem?.reason);
});

test.each([
  ["alone", "alone.json"],
  ["lonely", "lonely.bpf.o"],
  ["garbage", "garbage.bpf.o"],
  ["empty", "empty.bpf.o"],
  ["half", "half.bpf.o"],
  ["nojson", "nojson.json"],
  ["notatool", "notatool.json"],
])("%s: the sentence names %s", (name, file) => {
  const [problem, ...more] = problemAbout(name);
  expect(more).toEqual([]);
  expect(problem?.reason).toContain(here(file));
  expect(problem?.fix).toMatch(/\.$/);
  expect(problem?.fix).not.toMatch(/server's log/);
});

test("what the verifier rejects: a sentence, and the verifier's own words as detail", async () => {
  const refused = await at.client.start("rejected").catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refused);
  const { reason, fix, detail } = (refused as Refused).problem;
  expect(reason).toMatch(/rejected.*sched_switch/);
  expect(reason).not.toContain("\n");
  expect(fix).toMatch(/verifier/);
  expect(detail).toMatch(/invalid mem access 'map_value_or_null'/);

  const seen = await at.client.start("opensnoop", { pid: process.pid });
  readFileSync("/etc/hostname");
  await at.client.stop(seen);
  expect(seen.rows.some(({ path }) => path === "/etc/hostname")).toBe(true);
});
