import type { Tool } from "./tool";

export default {
  title: "Processes, and what each uses",
  tells:
    "Every process with its CPU time, its waiting for a CPU, its disk, file and network bytes, second by second, the short-lived ones included. Reach for it first: it shows who is busy, and with what.",
  subsystem: "Processes",
  table: "processes",
  view: "processes",
  cost: "low",
  costWhy:
    "about 1 µs for each thread once a second, 0.3 µs for each message on a socket; with system calls about 100 ns for each call of the host",
  columns: {
    pid: { title: "PID" },
    user: { title: "User", help: "The effective one" },
    cgroup: { title: "Container", help: "Its control group (version 2)" },
    cpu: { title: "CPU", help: "Of one CPU: 200 % are two of them" },
    wait: { title: "Wait", help: "Time that its threads could run and had no CPU" },
    switches: { title: "Switches", help: "Its threads gave up the CPU, to wait" },
    preemptions: { title: "Preempted", help: "Its threads lost the CPU to others" },
    faults: { title: "Faults", help: "Page faults, those without a disk read included" },
    major_faults: { title: "Major faults", help: "Page faults that had to read from a disk" },
    disk_read: { title: "Disk read", help: "Fetched from a disk for it" },
    disk_written: {
      title: "Disk write",
      help: "Dirtied by it, to be written to a disk, then or later, by the kernel",
    },
    file_read: { title: "Read", help: "By read and its like: files, pipes, terminals, sockets" },
    file_written: { title: "Write", help: "By write and its like: files, pipes, terminals, sockets" },
    received: { title: "Net in", help: "Received from internet sockets, without headers" },
    sent: { title: "Net out", help: "Handed to internet sockets, without headers" },
    calls: { title: "Calls", help: "System calls; counted only when that is switched on" },
    threads: { title: "Threads" },
    started: { title: "Age", help: "Since it was started" },
    state: {
      title: "State",
      help: "R running, S sleeping, D waiting for a disk, T stopped, Z not reaped, X ended",
    },
    parent: { title: "Parent" },
    comm: { title: "Command" },
  },
  parameters: {
    // The program sys_enter is attached only with it.
    syscalls: {
      title: "Count system calls",
      help: "Each system call of the host then takes about 100 ns longer",
    },
  },
  oneOf: [["sock_sent", "sock_received"], ["inet_sent", "inet6_sent", "inet_received", "inet6_received"], []],
  onlyWith: { syscalls: ["sys_enter"] },
  tryIt: "timeout 2 sha256sum /dev/zero",
} satisfies Tool;
