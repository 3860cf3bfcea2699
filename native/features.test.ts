import { expect, test } from "vitest";
import { BpfObject, probeFeatures, tryTracing } from "./index";
import { compareFeatures } from "./testdata/bpftool";
import { compiled, loadedPrograms, unloaded } from "./testdata/harness";

test("types and helpers are those that bpftool finds", async () => {
  const { compared, wrong } = await compareFeatures();
  expect(wrong).toEqual([]);
  expect(compared).toBeGreaterThan(500);
});

test("what the kernel refuses to a type of program is not among its helpers", async () => {
  const { programTypes } = await probeFeatures();
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
  await object.load(["calls_record"]);
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
