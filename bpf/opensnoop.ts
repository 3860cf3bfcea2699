import type { Tool } from "./tool";

export default {
  title: "Files opened, by whom, with which result",
  tells:
    "Every open, openat and openat2, with the path as the program gave it. Reach for it when a program fails and you suspect a missing file or a permission: the error is on the row.",
  subsystem: "Files",
  table: "events",
  view: "events",
  cost: "medium",
  costWhy:
    "every system call of the host pays up to 75 ns (140 ns where tracefs cannot be read), an open about 0.4 µs more",
  columns: {
    time: { title: "Time", help: "When the call ended" },
    pid: { title: "PID", help: "Process that opened" },
    tid: { title: "TID", help: "Thread that opened" },
    uid: { title: "User" },
    comm: { title: "Command", help: "Name of the thread" },
    ret: { title: "Result", help: "The new file descriptor, or the error" },
    flags: { title: "Flags", help: "As given to open: access mode and O_… flags" },
    mode: { title: "Mode", help: "Permissions asked for, of calls that may create a file" },
    path: {
      title: "Path",
      help: "As given; a relative one starts at the process's directory or at an open one",
    },
  },
  parameters: {
    failed: { title: "Failed only", help: "Leave out the calls that succeeded" },
  },
  oneOf: [
    ["open_exit", "openat_exit", "openat2_exit"],
    ["openat_exit", "openat2_exit"], // arm64 has no open
    ["every_exit"],
  ],
  tryIt: "cat /etc/hostname /no/such/file",
} satisfies Tool;
