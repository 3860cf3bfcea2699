// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Stacks by content: an id is the hash of the addresses, so the reader may delete what it has seen. */
#pragma once
#include "loss.bpf.h"

#define STACK_FRAMES 127 /* what the kernel gives by default: perf_event_max_stack */

struct stack {
  __u32 pid; /* whose addresses; 0: the kernel's */
  __u32 depth;
  __u64 frames[STACK_FRAMES];
};

/*
 * A tool whose rows come long after their stacks chooses the LRU kind: a stack that nobody asked for would
 * never be read, and so never make room. One that went too early is counted as lost by the reader.
 */
#ifndef STACKS_TYPE
#define STACKS_TYPE BPF_MAP_TYPE_HASH
#define STACKS_ENTRIES 4096
#endif

/* Preallocated, as perf_event programs must have it on older kernels. */
struct {
  __uint(type, STACKS_TYPE);
  __uint(max_entries, STACKS_ENTRIES);
  __type(key, stack_id);
  __type(value, struct stack);
} stacks SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct stack);
} scratch_stack SEC(".maps");

/* Processes never share an id, though their addresses be the same. */
static __always_inline stack_id hash_of(const struct stack *stack) {
  __u64 hash = stack->pid + 1;
  for (__u32 i = 0; i < STACK_FRAMES; i++) {
    if (i >= stack->depth) break;
    hash = (hash ^ stack->frames[i]) * 0x9e3779b97f4a7c15ULL;
    hash ^= hash >> 32;
  }
  return hash;
}

/* `user`: the process whose user stack it shall be; 0: the kernel's stack. */
static __always_inline stack_id keep_stack(void *ctx, pid_n user) {
  __u32 only = 0;
  struct stack *stack = bpf_map_lookup_elem(&scratch_stack, &only);
  if (!stack) return 0;
  long size = bpf_get_stack(ctx, stack->frames, sizeof(stack->frames), user ? BPF_F_USER_STACK : 0);
  if (size <= 0) return 0;
  stack->pid = user;
  stack->depth = size / sizeof(__u64);
  stack_id id = hash_of(stack);
  if (bpf_map_lookup_elem(&stacks, &id)) return id;
  if (!bpf_map_update_elem(&stacks, &id, stack, BPF_ANY)) return id;
  lost_stack();
  return 0;
}
