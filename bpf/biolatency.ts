import type { Tool } from "./tool";

export default {
  title: "Latency of disk requests, by disk and operation",
  tells:
    "How long disks take to answer, as a distribution: an average hides the slow requests that users feel. Each request counts once, as in /sys/block/DISK/stat. Reach for it when I/O is slow, to see whether the disk is, and which one.",
  subsystem: "Disks",
  table: "latency",
  view: "histogram",
  cost: "low",
  costWhy: "two probes for each disk request, under a microsecond together, beside a request's tens or more",
  columns: {
    disk: {
      title: "Disk",
      help: "Disks whose driver makes no requests (device mapper, md) show as those below them",
    },
    op: { title: "Operation" },
    slot: { title: "Latency", help: "From the request's issue to the device until all of it is done" },
    count: { title: "Requests" },
  },
  parameters: {
    queued: { title: "Include time in queue", help: "Count from when the kernel made the request" },
  },
  // Reads only, past the page cache, from every disk that has a size.
  tryIt:
    'for d in $(ls /sys/block); do [ "$(cat /sys/block/$d/size)" = 0 ] || dd if=/dev/$d of=/dev/null bs=4k count=200 iflag=direct; done',
} satisfies Tool;
