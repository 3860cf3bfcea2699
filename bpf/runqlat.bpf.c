// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "counts.bpf.h"
#include "filter.bpf.h"
#include "sample.bpf.h"

const volatile bool per_process = false;

struct key {
  pid_n pid;
  comm comm;
  slot_nsec slot;
};

COUNTS(wait, struct key, 16384);

/* Since when a thread could run, and did not. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 32768);
  __type(key, tid_n);
  __type(value, ktime);
} waiting SEC(".maps");

static __always_inline int queued(struct task_struct *task) {
  tid_n tid = task->pid;
  if (!tid || !wanted_task(task) || !is_sampled()) return 0;
  ktime now = bpf_ktime_get_ns();
  if (bpf_map_update_elem(&waiting, &tid, &now, BPF_ANY)) lost_updates(1);
  return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(sched_wakeup, struct task_struct *task) {
  return queued(task);
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(sched_wakeup_new, struct task_struct *task) {
  return queued(task);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(sched_switch, bool preempted, struct task_struct *from, struct task_struct *to) {
  if (preempted || is_runnable(from)) queued(from);

  tid_n tid = to->pid;
  ktime *since = bpf_map_lookup_elem(&waiting, &tid);
  if (!since) return 0;
  struct key key = {.slot = loglinear(bpf_ktime_get_ns() - *since)};
  bpf_map_delete_elem(&waiting, &tid);
  if (per_process) {
    key.pid = to->tgid;
    bpf_core_read_str(key.comm, sizeof(key.comm), &to->comm);
  }
  add_count(&wait, &key, sampled_for());
  return 0;
}
