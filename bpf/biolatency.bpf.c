// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Counts what /sys/block/DISK/stat counts: a request once, when all of it is done. */
#include "counts.bpf.h"

/* From the request's birth, waiting in the queue included, rather than from its issue to the device. */
const volatile bool queued = false;

struct key {
  dev_n disk;
  blk_op op;
  slot_nsec slot;
};

COUNTS(latency, struct key, 8192);

/* By the request's address as a number: a pointer cannot be followed once its own address was given away. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 16384);
  __type(key, __u64);
  __type(value, ktime);
} issued SEC(".maps");

SEC("tp_btf/block_rq_issue")
int block_rq_issue(__u64 *ctx) {
  struct request *rq = issued_request(ctx);
  __u64 address = (__u64)rq;
  ktime start = queued && rq->start_time_ns ? rq->start_time_ns : bpf_ktime_get_ns();
  if (bpf_map_update_elem(&issued, &address, &start, BPF_ANY)) lost_updates(1);
  return 0;
}

SEC("tp_btf/block_rq_complete")
int BPF_PROG(block_rq_complete, struct request *rq, int error, unsigned int done) {
  if (done < rq->__data_len) return 0; /* a part; the rest follows */
  struct key key = {.op = rq->cmd_flags & 0xff};
  /* A write with a flush before or after it ends several times; the last time it is no step any more. */
  if (is_flush_step(rq) && key.op != REQ_OP_FLUSH) return 0;

  /* An empty flush is never issued itself: it waits for the flush that the kernel makes of it. */
  __u64 address = (__u64)rq;
  ktime *issue = bpf_map_lookup_elem(&issued, &address), start = issue ? *issue : rq->start_time_ns;
  if (issue) bpf_map_delete_elem(&issued, &address);
  if (!start) return 0;

  struct gendisk *disk = disk_of(rq);
  if (disk) key.disk = BPF_CORE_READ(disk, major) << 20 | BPF_CORE_READ(disk, first_minor);
  key.slot = loglinear(bpf_ktime_get_ns() - start);
  count(&latency, &key);
  return 0;
}
