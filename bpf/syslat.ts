import type { Tool } from "./tool";

export default {
  title: "Latency of system calls, by call",
  tells:
    "How long chosen system calls take, from entry to return, as a distribution: read by default. Reach for it to see whether a slow program waits for the kernel, and in which call. Calls that wait by design (poll, futex, nanosleep) show their waiting.",
  subsystem: "System calls",
  table: "latency",
  view: "histogram",
  cost: "medium",
  costWhy: "every system call of the host pays about 100 ns, a chosen one about 300 ns more",
  columns: {
    call: { title: "Call" },
    slot: { title: "Latency", help: "From entry to return, failed calls included" },
    count: { title: "Calls" },
  },
  parameters: {
    calls: { title: "Calls", help: "None: all of them. Those of 32-bit programs are left out" },
  },
  tryIt: "dd if=/dev/urandom of=/dev/null bs=4k count=20000",
} satisfies Tool;
