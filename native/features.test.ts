import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { BpfObject, probeFeatures, tryTracing } from "./index";
import { compiled, loadedPrograms, unloaded } from "./testdata/harness";

interface Probed {
  program_types: Record<string, boolean>;
  map_types: Record<string, boolean>;
  helpers: Record<string, string[]>;
}

const probed: Probed = JSON.parse(execFileSync("bpftool", ["-j", "feature", "probe"], { encoding: "utf8" }));

test("types of programs and maps are those that bpftool finds", async () => {
  const { programTypes, mapTypes } = await probeFeatures();
  expect(programTypes.length).toBeGreaterThan(25);
  for (const { name, there } of programTypes) {
    const theirs = probed.program_types[`have_${name}_prog_type`];
    // bpftool's libbpf up to 1.4 takes a refusal in newer words for a type that is not there; ours was loaded.
    if (theirs === undefined || ((name === "tracing" || name === "lsm") && there && !theirs)) continue;
    expect([name, there]).toEqual([name, theirs]);
  }
  for (const { name, there } of mapTypes) {
    const theirs = probed.map_types[`have_${name}_map_type`];
    if (theirs !== undefined) expect([name, there]).toEqual([name, theirs]);
  }
});

/** A kernel from 6.10 on refuses a helper in words that bpftool's libbpf does not know, and it takes the helper for one that is there. */
test("helpers are those that bpftool finds, but for what the kernel refuses in newer words", async () => {
  const { programTypes } = await probeFeatures();
  let compared = 0;
  for (const { name, helpers } of programTypes) {
    const theirs = probed.helpers[`${name}_available_helpers`];
    if (!theirs || helpers.length === 0 || name === "tracing" || name === "lsm") continue;
    compared++;
    expect(helpers.filter((helper) => !theirs.includes(helper))).toEqual([]);
  }
  expect(compared).toBeGreaterThan(15);
  const socketFilter = programTypes.find(({ name }) => name === "socket_filter");
  expect(socketFilter?.helpers).toContain("bpf_map_lookup_elem");
  expect(socketFilter?.helpers).not.toContain("bpf_override_return");
});

test("a program that calls a helper loads exactly where the trial says that it is there", async () => {
  const { programTypes } = await probeFeatures();
  const helpers = programTypes.find(({ name }) => name === "tracing")?.helpers ?? [];
  const object = new BpfObject(compiled("calls"));
  const wanted = object.schema().programs.find(({ name }) => name === "calls_record");
  expect(wanted?.type).toBe("tracing");
  expect(wanted?.helpers.length).toBeGreaterThan(0);
  for (const helper of wanted?.helpers ?? []) expect(helpers).toContain(helper);
  object.load(["calls_record"]);
  object.close();
});

test("each way to attach is tried, told with its errno, and leaves nothing behind", async () => {
  const trials = new Map((await tryTracing()).map((trial) => [trial.name, trial]));
  expect([...trials.keys()].sort()).toEqual(
    "fentry,kprobe,kprobe.multi,list,lsm,perf_event,raw_tp,statistics,tp,tp_btf,uprobe".split(","),
  );
  // What the product's own tests use on every kernel.
  for (const name of ["tp_btf", "raw_tp", "tp", "uprobe", "perf_event", "statistics", "list"])
    expect([name, trials.get(name)?.errno]).toEqual([name, 0]);
  expect(await unloaded("ringside_trial")).toBe(true);
  expect(loadedPrograms()).not.toContain("ringside_trial");
});
