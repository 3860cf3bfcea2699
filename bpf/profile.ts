import type { Tool } from "./tool";

export default {
  title: "On-CPU time, by stack: where the CPUs spend their time",
  tells:
    "Looks at every CPU 99 times a second and keeps what it finds: process, kernel stack and user stack. A stack's share of the samples is its share of CPU time. Reach for it when something uses more CPU than you expect; offcputime beside it shows the rest of its time.",
  subsystem: "CPU",
  table: "events",
  view: "flame",
  cost: "low",
  costWhy: "about 15 µs for each sample, 99 samples a second on each CPU: under 0.2 %",
  columns: {
    time: { title: "Time" },
    pid: { title: "PID" },
    tid: { title: "TID" },
    comm: { title: "Command", help: "Name of the thread" },
    cpu: { title: "CPU" },
    kernel_stack: { title: "Kernel stack", help: "None while the program itself runs" },
    user_stack: { title: "User stack", help: "As far as the program was built with frame pointers" },
  },
  parameters: {
    // The server opens the perf event with the parameter of this name.
    frequency: {
      title: "Frequency",
      help: "Samples a second on each CPU; 99 rather than 100 keeps out of step with the kernel's own timers",
      unit: "Hz",
      min: 1,
      max: 4999,
    },
    kernel_stacks: { title: "Kernel stacks" },
    user_stacks: { title: "User stacks" },
    idle: { title: "Idle CPUs too", help: "Also keep samples of CPUs that had nothing to do" },
  },
  tryIt: "timeout 2 sha256sum /dev/zero",
} satisfies Tool;
