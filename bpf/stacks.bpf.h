// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Stacks by content: an id is the hash of the addresses, so the reader may delete what it has seen. */
#pragma once
#include "loss.bpf.h"
#include "syscalls.bpf.h"

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

static __always_inline struct stack *scratch_for_stack(void) {
  __u32 only = 0;
  return bpf_map_lookup_elem(&scratch_stack, &only);
}

/* Keeps the scratch stack. Global: the verifier walks through it once, not after each frame at which a walk
 * can end. */
__noinline stack_id keep_scratch_stack(void) {
  struct stack *stack = scratch_for_stack();
  if (!stack) return 0;
  stack_id id = hash_of(stack);
  if (bpf_map_lookup_elem(&stacks, &id)) return id;
  if (!bpf_map_update_elem(&stacks, &id, stack, BPF_ANY)) return id;
  lost_stack();
  return 0;
}

/* `user`: the process whose user stack it shall be; 0: the kernel's stack. */
static __always_inline stack_id keep_stack(void *ctx, pid_n user) {
  struct stack *stack = scratch_for_stack();
  if (!stack) return 0;
  long size = bpf_get_stack(ctx, stack->frames, sizeof(stack->frames), user ? BPF_F_USER_STACK : 0);
  if (size <= 0) return 0;
  stack->pid = user;
  stack->depth = size / sizeof(__u64);
  return keep_scratch_stack();
}

/* As much as a stack may have by default. */
#define MAX_STACK_BYTES (8 << 20)

/*
 * The user stack of the current thread, at a tenth of the cost: the kernel's own walk follows whatever the
 * frame pointer holds until a page is missing, and that is what takes the time. Here a caller's frame must
 * lie above, so a stack that goes on elsewhere, as from a signal's stack, ends there.
 */
static __always_inline stack_id keep_user_stack(void *ctx, pid_n user) {
  if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs)) return keep_stack(ctx, user);
  struct pt_regs *regs = current_registers();
  if (is_32_bit(regs)) return keep_stack(ctx, user);
  struct stack *stack = scratch_for_stack();
  if (!stack) return 0;
  __u64 bottom = USER_STACK(regs), least = bottom, frame = USER_FRAME(regs);
  stack->pid = user;
  stack->frames[0] = USER_PLACE(regs);
  __u32 depth = 1;
  for (; depth < STACK_FRAMES; depth++) {
    struct {
      __u64 callers, back;
    } here;
    if (frame < least || frame - bottom > MAX_STACK_BYTES) break;
    if (bpf_probe_read_user(&here, sizeof(here), (void *)frame) || !here.back) break;
    stack->frames[depth] = here.back;
    least = frame + sizeof(here);
    frame = here.callers;
  }
  stack->depth = depth;
  return keep_scratch_stack();
}
