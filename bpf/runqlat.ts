import type { Tool } from "./tool";

export default {
  title: "How long threads wait for a CPU",
  tells:
    "The time from when a thread could run until it did, as a distribution. Reach for it when a service is slow although the CPUs look bearable: waits of milliseconds mean that threads queue, for want of CPUs or because of a cgroup's limit.",
  subsystem: "CPU",
  table: "wait",
  view: "histogram",
  cost: "medium",
  costWhy: "about 0.5 µs at each wake-up of a thread and 1 µs at each switch between two",
  columns: {
    pid: { title: "PID" },
    comm: { title: "Command", help: "Name of the thread that waited" },
    slot: { title: "Wait", help: "From runnable (woken, or put aside while still running) to running" },
    count: { title: "Waits" },
  },
  parameters: {
    per_process: { title: "Per process" },
  },
  tryIt: "for i in 1 2 3 4; do timeout 2 sha256sum /dev/zero & done; wait",
} satisfies Tool;
