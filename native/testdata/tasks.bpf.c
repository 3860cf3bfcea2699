// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* An iterator that fills a map: threads of each process, its user, and how often it was walked. */
#include "../../bpf/meanings.bpf.h"

struct value {
  count_n visits;
  level_n threads;
  pid_n parent;
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 65536);
  __type(key, pid_n);
  __type(value, struct value);
} walked SEC(".maps");

SEC("iter/task")
int walk(struct bpf_iter__task *ctx) {
  struct task_struct *task = ctx->task;
  if (!task) return 0;
  pid_n pid = task->tgid;
  struct value none = {}, *value = bpf_map_lookup_elem(&walked, &pid);
  if (!value) bpf_map_update_elem(&walked, &pid, &none, BPF_NOEXIST);
  value = bpf_map_lookup_elem(&walked, &pid);
  if (!value) return 0;
  value->visits++;
  value->threads = task->signal->nr_threads;
  value->parent = task->real_parent->tgid;
  return 0;
}

SEC("tp_btf/sys_enter")
int no_iterator(void *ctx) {
  return 0;
}
