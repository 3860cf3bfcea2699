// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Counts and records the calls that one process makes of one system call. */
#include "../../bpf/events.bpf.h"

const volatile pid_n pid = 0;
const volatile syscall_n call = 0;
/* How much of a row is given to the ring; 0: all of it. */
const volatile __u32 row_bytes = 0;

struct event {
  __u64 number;
  pid_n pid;
  comm comm;
  char text[32];
};

struct totals {
  __u64 calls;
  __u32 narrow;
  comm comm;
};

EVENTS(struct event, 1 << 20);

#define TABLE(name, kind, key_type, value_type, entries)                                                     \
  struct {                                                                                                   \
    __uint(type, kind);                                                                                      \
    __uint(max_entries, entries);                                                                            \
    __type(key, key_type);                                                                                   \
    __type(value, value_type);                                                                               \
  } name SEC(".maps")

enum { BPF_MAP_TYPE_ARRAY = 2 };
TABLE(plain_hash, BPF_MAP_TYPE_HASH, __u64, struct totals, 4096);
TABLE(cpu_hash, BPF_MAP_TYPE_PERCPU_HASH, __u64, struct totals, 4096);
TABLE(plain_array, BPF_MAP_TYPE_ARRAY, __u32, struct totals, 64);
TABLE(cpu_array, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct totals, 64);

__u64 number = 0;

static __always_inline void add(void *table, const void *key) {
  struct totals none = {}, *totals = bpf_map_lookup_elem(table, key);
  if (!totals) {
    bpf_map_update_elem(table, key, &none, BPF_NOEXIST);
    totals = bpf_map_lookup_elem(table, key);
  }
  if (!totals) return;
  totals->calls++;
  totals->narrow++;
  bpf_get_current_comm(totals->comm, sizeof(totals->comm));
}

static __always_inline bool is_ours(long this_call) {
  return this_call == call && bpf_get_current_pid_tgid() >> 32 == pid;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(calls_record, struct pt_regs *regs, long this_call) {
  if (!is_ours(this_call)) return 0;
  struct event event = {.number = number++, .pid = pid, .text = "one\0two"};
  bpf_get_current_comm(event.comm, sizeof(event.comm));
  __u32 size = row_bytes;
  if (!size || size > sizeof(event)) size = sizeof(event);
  output_row(&events, &event, size);
  return 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(calls_count, struct pt_regs *regs, long this_call) {
  if (!is_ours(this_call)) return 0;
  __u64 key = number++;
  __u32 index = key % 3;
  key %= 1000;
  add(&plain_hash, &key);
  key %= 5;
  add(&cpu_hash, &key);
  add(&plain_array, &index);
  add(&cpu_array, &index);
  return 0;
}
