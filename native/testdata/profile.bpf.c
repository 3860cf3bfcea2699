// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* User stacks of one process, by the clock. */
#include "../../bpf/events.bpf.h"
#include "../../bpf/stacks.bpf.h"

const volatile pid_n pid = 0;

struct event {
  stack_id user;
};
EVENTS(struct event, RING_BYTES);

SEC("perf_event")
int profile_sample(void *ctx) {
  if (bpf_get_current_pid_tgid() >> 32 != pid) return 0;
  struct event event = {.user = keep_stack(ctx, pid)};
  output_row(&events, &event, sizeof(event));
  return 0;
}
