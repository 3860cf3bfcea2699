import type { Tool } from "./tool";

export default {
  title: "Latency of chosen functions",
  tells:
    "How long each call of a kernel function, or of a function of a program or library, takes from entry to return, as a distribution. Reach for it when you know what is slow and want to know in which layer. Calls inside calls are measured at each level, up to 16 deep.",
  subsystem: "Functions",
  table: "latency",
  view: "histogram",
  cost: "by target",
  costWhy:
    "0.3 to 0.6 µs for each call of a kernel function; for one of a program 2 to 10 µs, and more than 15 in some virtual machines: ask funccount first how often it is called",
  columns: {
    func: { title: "Function" },
    slot: { title: "Latency", help: "From entry to return, whatever it waits for included" },
    count: { title: "Calls" },
  },
  // Returns first: what is entered between the two attachments would look like a call that never returned.
  targets: {
    kernel: [
      ["fexit_return", "fentry_enter"],
      ["multi_return", "multi_enter"],
      ["kprobe_return", "kprobe_enter"],
    ],
    user: [["uprobe_return", "uprobe_enter"]],
  },
  tryIt: "cat /proc/self/status",
  tryTarget: "c:malloc",
} satisfies Tool;
