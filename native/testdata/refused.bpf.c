// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What the kernel does not take. */
#include "../../bpf/meanings.bpf.h"

SEC("raw_tp/sys_enter")
int refused_read(__u64 *ctx) {
  return *(int *)ctx[0]; /* an argument is no pointer to the verifier */
}

static long (*bpf_from_the_future)(void) = (void *)9999;

SEC("raw_tp/sys_enter")
int refused_helper(void *ctx) {
  return bpf_from_the_future();
}

SEC("tp_btf/no_such_tracepoint")
int refused_target(void *ctx) {
  return 0;
}

SEC("raw_tp/sys_enter")
int refused_not(void *ctx) {
  return 0;
}
