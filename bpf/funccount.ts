import type { Tool } from "./tool";

export default {
  title: "Calls of chosen functions, counted",
  tells:
    "How often kernel functions, functions of a program or library, or tracepoints are reached: one, or all that match a pattern. Reach for it to learn which code a load really runs before you look at its latency.",
  subsystem: "Functions",
  table: "counts",
  view: "top",
  cost: "by target",
  costWhy:
    "0.05 to 0.5 µs for each call of a kernel function or tracepoint; for one of a program 0.4 to 5 µs, and more than 10 in some virtual machines",
  columns: {
    func: { title: "Function" },
    pid: { title: "PID" },
    comm: { title: "Command", help: "Name of the thread that called" },
    count: { title: "Calls" },
  },
  parameters: {
    per_process: { title: "Per process" },
  },
  targets: {
    kernel: [["on_fentry"], ["on_multi"], ["on_kprobe"]],
    user: [["on_uprobe"]],
    tracepoint: [["on_tracepoint"]],
  },
  tryIt: "cat /proc/self/status",
  tryTarget: "c:malloc",
} satisfies Tool;
