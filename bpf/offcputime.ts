import type { Tool } from "./tool";

export default {
  title: "Off-CPU time, by stack: what threads wait for",
  tells:
    "Each time a thread leaves its CPU, because it waits for something or has to make room, the stack with which it left gets the time until it is back. Beside profile, which shows the time on a CPU, it makes up all of a thread's time. Reach for it when something is slow and the CPUs are not busy with it.",
  subsystem: "CPU",
  table: "events",
  view: "flame",
  cost: "high",
  costWhy:
    "about 3 µs at each switch between threads, of which there can be 100,000 a second; a filter makes the others' cheap",
  columns: {
    time: { title: "Time", help: "When the thread was back on a CPU" },
    duration: { title: "Off CPU" },
    periods: {
      title: "Periods",
      help: "Periods on the same stack that follow each other within 10 ms are one row",
    },
    pid: { title: "PID" },
    tid: { title: "TID" },
    comm: { title: "Command", help: "Name of the thread" },
    kernel_stack: { title: "Kernel stack", help: "What it waited for there" },
    user_stack: { title: "User stack", help: "As far as the program was built with frame pointers" },
  },
  parameters: {
    min_block: { title: "At least", help: "Leave out shorter periods", unit: "µs" },
    max_block: { title: "At most", help: "Leave out longer periods; 0: none is too long", unit: "µs" },
    sleeping: { title: "Sleeping", help: "Waiting for something that may take any time: S in ps" },
    uninterruptible: {
      title: "Uninterruptible",
      help: "Waiting for a disk, a page or a kernel lock: D in ps",
    },
    preempted: { title: "Preempted", help: "Able to run, but another thread had the CPU: R in ps" },
    programs_only: { title: "Programs only", help: "Leave out the kernel's own threads" },
    kernel_stacks: { title: "Kernel stacks" },
    user_stacks: { title: "User stacks" },
  },
  tryIt: "for i in 1 2 3 4 5; do sleep 0.1; done",
} satisfies Tool;
