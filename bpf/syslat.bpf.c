// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "counts.bpf.h"
#include "filter.bpf.h"
#include "sample.bpf.h"
#include "syscalls.bpf.h"

const volatile syscall_set calls = {[NR_READ / 64] = 1ULL << NR_READ % 64};

struct key {
  syscall_n call;
  slot_nsec slot;
};

COUNTS(latency, struct key, 16384);

struct entry {
  ktime start;
  syscall_n call;
};

/* Calls under way, by thread. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 32768);
  __type(key, tid_n);
  __type(value, struct entry);
} entries SEC(".maps");

static __always_inline bool is_chosen(unsigned long call) {
  __u64 any = 0;
  for (int i = 0; i < 8; i++)
    any |= calls[i];
  return !any || (call < 512 && calls[call / 64 & 7] >> call % 64 & 1);
}

SEC("tp_btf/sys_enter")
int BPF_PROG(sys_enter, struct pt_regs *regs, long call) {
  if (!is_chosen(call) || is_32_bit(regs) || !wanted() || !is_sampled()) return 0;
  if (call == NR_EXIT || call == NR_EXIT_GROUP) return 0; /* they never return */
  tid_n tid = bpf_get_current_pid_tgid();
  struct entry entry = {bpf_ktime_get_ns(), call};
  if (bpf_map_update_elem(&entries, &tid, &entry, BPF_ANY)) lost_updates(1);
  return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(sys_exit, struct pt_regs *regs) {
  tid_n tid = bpf_get_current_pid_tgid();
  struct entry *entry = bpf_map_lookup_elem(&entries, &tid);
  if (!entry) return 0;
  struct key key = {entry->call, loglinear(bpf_ktime_get_ns() - entry->start)};
  bpf_map_delete_elem(&entries, &tid);
  add_count(&latency, &key, sampled_for());
  return 0;
}
