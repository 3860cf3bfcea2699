import type { Tool } from "./tool";

export default {
  title: "System calls counted, by process or by call",
  tells:
    "Who asks the kernel for how much: calls a second of each process, of each call, or of each call of each process. Reach for it when system time is high, to see who causes it and with which call.",
  subsystem: "System calls",
  table: "calls",
  view: "top",
  cost: "medium",
  costWhy: "every system call of the host pays about 100 ns",
  columns: {
    pid: { title: "PID" },
    comm: { title: "Command", help: "Name of the thread that called" },
    call: { title: "Call" },
    count: {
      title: "Calls",
      help: "Calls entered, failed ones included; those of 32-bit programs are left out",
    },
  },
  parameters: {
    per_process: { title: "Per process", help: "And within one by the names of its threads" },
    per_call: { title: "Per call" },
  },
  tryIt: "dd if=/dev/zero of=/dev/null bs=1 count=100000",
} satisfies Tool;
