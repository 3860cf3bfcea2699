// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* A program for each kind of target; each counts its firings by cookie. */
#include "../../bpf/counts.bpf.h"

struct key {
  func_id cookie;
  pid_n pid;
};

COUNTS(counts, struct key, 1024);

static __always_inline int fired(void *ctx) {
  struct key key = {.cookie = bpf_get_attach_cookie(ctx), .pid = bpf_get_current_pid_tgid() >> 32};
  count(&counts, &key);
  return 0;
}

static __always_inline void packet(void) {
  struct key key = {};
  count(&counts, &key);
}

SEC("uprobe")
int t_uprobe(void *ctx) {
  return fired(ctx);
}

SEC("uretprobe")
int t_uretprobe(void *ctx) {
  return fired(ctx);
}

SEC("tp")
int t_tracepoint(void *ctx) {
  return fired(ctx);
}

SEC("perf_event")
int t_perf_event(void *ctx) {
  return fired(ctx);
}

SEC("kprobe")
int t_kprobe(void *ctx) {
  return fired(ctx);
}

SEC("kprobe.multi")
int t_multi(void *ctx) {
  return fired(ctx);
}

SEC("fentry")
int t_fentry(void *ctx) {
  return fired(ctx);
}

SEC("raw_tp/sched_switch")
int t_automatic(void *ctx) {
  packet();
  return 0;
}

SEC("raw_tp/no_such_tracepoint")
int t_absent(void *ctx) {
  return 0;
}

SEC("xdp")
int t_interface(void *ctx) {
  packet();
  return 2; /* XDP_PASS */
}

SEC("cgroup_skb/egress")
int t_cgroup(void *ctx) {
  packet();
  return 1;
}
