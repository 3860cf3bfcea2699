import type { Tool } from "./tool";

export default {
  title: "Latency of disk requests, by disk and operation",
  tells:
    "How long disks take to answer, as a distribution: an average hides the slow requests that users feel. Each request counts once, as in /sys/block/DISK/stat. Reach for it when I/O is slow, to see whether the disk is, and which one.",
  subsystem: "Disks",
  table: "latency",
  view: "histogram",
  cost: "low",
  costWhy: "about a microsecond for each disk request, which takes tens or more itself",
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
  // A file of its own is written and every disk read, both past the page cache: where one is not possible, the other is.
  tryIt:
    'dd if=/dev/zero of=/var/tmp/ringside bs=4k count=200 oflag=direct conv=fsync; rm /var/tmp/ringside; for d in $(ls /sys/block); do [ "$(cat /sys/block/$d/size)" = 0 ] || dd if=/dev/$d of=/dev/null bs=4k count=200 iflag=direct; done',
} satisfies Tool;
