import type { Tool } from "./tool";

export default {
  title: "Programs started, with their arguments and who started them",
  tells:
    "Every execve and execveat on the host, the failed ones too. Reach for it to see what really runs: cron jobs, short-lived helpers and searches along PATH that no process list ever shows.",
  subsystem: "Processes",
  table: "events",
  view: "events",
  cost: "low",
  costWhy:
    "a few microseconds for each program started; where tracefs cannot be read, every system call pays 140 ns more",
  columns: {
    time: { title: "Time" },
    pid: { title: "PID" },
    parent: { title: "Parent" },
    uid: { title: "User" },
    comm: { title: "Command", help: "Name after the start; after a failure, the caller's" },
    parent_comm: { title: "Started by", help: "The parent's name" },
    ret: { title: "Result", help: "0, or why the program could not be started" },
    truncated: {
      title: "Cut",
      help: "Not all arguments were kept: 16 KiB are, or after a failure 128 arguments of 4 KiB",
    },
    args: {
      title: "Arguments",
      help: "The whole argument vector; after a failure, the file that was asked for in place of the first",
    },
  },
  oneOf: [["execve_exit", "execveat_exit"], ["every_exit"]],
  tryIt: "/bin/echo hello; /no/such/program",
} satisfies Tool;
