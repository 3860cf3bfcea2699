// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Stacks made up from a number, in a store too small to hold them all: what the reader must make room in. */
#include "../../bpf/events.bpf.h"

const volatile pid_n pid = 0;
const volatile syscall_n call = 0;
const volatile bool forgotten = false; /* ids of stacks that are not kept */

struct event {
  stack_id stack;
  __u32 number;
};
EVENTS(struct event, RING_BYTES);

struct stack {
  __u32 pid;
  __u32 depth;
  __u64 frames[4];
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 16);
  __type(key, stack_id);
  __type(value, struct stack);
} stacks SEC(".maps");

__u32 number = 0;

SEC("tp_btf/sys_enter")
int BPF_PROG(stacks_program, struct pt_regs *regs, long this_call) {
  if (this_call != call || bpf_get_current_pid_tgid() >> 32 != pid) return 0;
  struct event event = {.number = number++};
  stack_id id = event.number / 2 + 1000; /* each stack twice in a row */
  struct stack stack = {.pid = pid, .depth = 2, .frames = {event.number / 2, 7}};
  if (!forgotten && !bpf_map_lookup_elem(&stacks, &id) && bpf_map_update_elem(&stacks, &id, &stack, BPF_ANY))
    id = 0;
  event.stack = id;
  output_row(&events, &event, sizeof(event));
  return 0;
}
