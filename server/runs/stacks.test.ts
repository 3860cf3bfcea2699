import { expect, test } from "vitest";
import type { Frame } from "../../native";
import { withoutTracer } from "./stacks";

const frames = (...names: string[]): Frame[] =>
  names.map((name) => ({ name, module: "", kind: "kernel" as const }));

test.each([
  ["Linux 6.18", ["bpf_prog_3e6c4ce12aa6234c_sched_switch", "bpf_trace_run4"]],
  ["older", ["bpf_prog_3e6c4ce12aa6234c_sched_switch", "bpf_trace_run3", "__bpf_trace_sched_switch"]],
  ["with several listeners", ["0xffffffffc0001234", "bpf_trace_run4", "__traceiter_sched_switch"]],
])("the tracer and the way to it are left out: %s", (_, way) => {
  const seen = frames("__schedule", "schedule", "do_nanosleep");
  expect(withoutTracer([...frames(...way), ...seen])).toEqual(seen);
});

test("a stack without a tracer on top stays as it is, also where one lies deep below", () => {
  const plain = frames("__schedule", "schedule", "worker_thread");
  expect(withoutTracer(plain)).toEqual(plain);
  const deep = frames("a", "b", "c", "d", "e", "f", "bpf_trace_run4", "g");
  expect(withoutTracer(deep)).toEqual(deep);
  expect(withoutTracer([])).toEqual([]);
});
