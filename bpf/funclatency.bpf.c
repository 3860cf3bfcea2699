// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Entries and returns pair like brackets: a function that calls itself is measured at each level. */
#include "counts.bpf.h"
#include "filter.bpf.h"
#include "functions.bpf.h"

struct key {
  func_id func;
  slot_nsec slot;
};

COUNTS(latency, struct key, 16384);

#define LEVELS 16

struct thread {
  __u32 task;
  func_id func;
};
struct calls {
  __u32 depth;
  ktime start[LEVELS];
};

/* Calls under way of a thread in a function. LRU: threads that end in a call leave theirs behind. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 8192);
  __type(key, struct thread);
  __type(value, struct calls);
} under_way SEC(".maps");

/* Every CPU has its own idle task, and all of them have the number 0. */
static __always_inline struct thread this_thread(func_id func) {
  tid_n tid = bpf_get_current_pid_tgid();
  return (struct thread){tid ?: ~bpf_get_smp_processor_id(), func};
}

static __always_inline int entered(func_id func) {
  if (!wanted()) return 0;
  struct thread thread = this_thread(func);
  struct calls first = {1, {bpf_ktime_get_ns()}}, *calls = bpf_map_lookup_elem(&under_way, &thread);
  if (!calls) {
    if (bpf_map_update_elem(&under_way, &thread, &first, BPF_ANY)) lost_updates(1);
    return 0;
  }
  /* Too deep, or returns were missed (longjmp, exceptions): the outer calls will not be measured. */
  if (calls->depth >= LEVELS) {
    calls->depth = 0;
    lost_updates(LEVELS);
  }
  calls->start[calls->depth++ & (LEVELS - 1)] = first.start[0];
  return 0;
}

static __always_inline int returned(func_id func) {
  ktime now = bpf_ktime_get_ns();
  struct thread thread = this_thread(func);
  struct calls *calls = bpf_map_lookup_elem(&under_way, &thread);
  if (!calls || !calls->depth) return 0;
  struct key key = {func, loglinear(now - calls->start[--calls->depth & (LEVELS - 1)])};
  if (!calls->depth) bpf_map_delete_elem(&under_way, &thread);
  count(&latency, &key);
  return 0;
}

/* Taken for one function, which is then number 0. */
SEC("fentry")
int fentry_enter(void *ctx) {
  return entered(0);
}

SEC("fexit")
int fexit_return(void *ctx) {
  return returned(0);
}

SEC("kprobe.multi")
int multi_enter(void *ctx) {
  return entered(this_function(ctx));
}

SEC("kretprobe.multi")
int multi_return(void *ctx) {
  return returned(this_function(ctx));
}

SEC("kprobe")
int kprobe_enter(void *ctx) {
  return entered(this_function(ctx));
}

SEC("kretprobe")
int kprobe_return(void *ctx) {
  return returned(this_function(ctx));
}

SEC("uprobe")
int uprobe_enter(void *ctx) {
  return entered(this_function(ctx));
}

SEC("uretprobe")
int uprobe_return(void *ctx) {
  return returned(this_function(ctx));
}
