// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "counts.bpf.h"
#include "filter.bpf.h"
#include "functions.bpf.h"
#include "sample.bpf.h"

const volatile bool per_process = false;

struct key {
  func_id func;
  pid_n pid;
  comm comm;
};

COUNTS(counts, struct key, 16384);

static __always_inline int fired(func_id func) {
  if (!wanted() || !is_sampled()) return 0;
  struct key key = {.func = func};
  if (per_process) {
    key.pid = bpf_get_current_pid_tgid() >> 32;
    bpf_get_current_comm(key.comm, sizeof(key.comm));
  }
  add_count(&counts, &key, sampled_for());
  return 0;
}

/* Taken for one function, which is then number 0. */
SEC("fentry")
int on_fentry(void *ctx) {
  return fired(0);
}

SEC("kprobe.multi")
int on_multi(void *ctx) {
  return fired(this_function(ctx));
}

SEC("kprobe")
int on_kprobe(void *ctx) {
  return fired(this_function(ctx));
}

SEC("uprobe")
int on_uprobe(void *ctx) {
  return fired(this_function(ctx));
}

SEC("tp")
int on_tracepoint(void *ctx) {
  return fired(this_function(ctx));
}
