// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "events.bpf.h"
#include "filter.bpf.h"
#include "stacks.bpf.h"

/* Samples a second on each CPU: what the server opens the perf event with. */
const volatile __u32 frequency = 99;
const volatile bool kernel_stacks = true;
const volatile bool user_stacks = true;
const volatile bool idle = false;

struct event {
  ktime time;
  stack_id kernel_stack;
  stack_id user_stack;
  pid_n pid;
  tid_n tid;
  __u32 cpu;
  comm comm;
};

EVENTS(struct event, RING_BYTES);

SEC("perf_event")
int sample(void *ctx) {
  __u64 task = bpf_get_current_pid_tgid();
  if (!task && !idle) return 0;
  if (!wanted()) return 0;
  struct event *event = reserve_row(&events, sizeof(*event));
  if (!event) return 0;
  event->time = bpf_ktime_get_ns();
  event->pid = task >> 32;
  event->tid = task;
  event->cpu = bpf_get_smp_processor_id();
  bpf_get_current_comm(event->comm, sizeof(event->comm));
  event->kernel_stack = kernel_stacks ? keep_stack(ctx, 0) : 0;
  event->user_stack = user_stacks && task ? keep_stack(ctx, task >> 32) : 0;
  submit_row(event);
  return 0;
}
