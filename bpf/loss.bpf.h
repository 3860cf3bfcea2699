// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What could not be recorded, counted where it happened. */
#pragma once
#include "meanings.bpf.h"

struct loss {
  count_n ring;  /* rows that found the ring full */
  count_n map;   /* updates that found a map full */
  count_n stack; /* stacks that could not be kept */
};

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct loss);
} loss SEC(".maps");

static __always_inline struct loss *this_cpu_loss(void) {
  __u32 only = 0;
  return bpf_map_lookup_elem(&loss, &only);
}

static __always_inline void lost_row(void) {
  struct loss *here = this_cpu_loss();
  if (here) here->ring++;
}

static __always_inline void lost_updates(count_n n) {
  struct loss *here = this_cpu_loss();
  if (here) here->map += n;
}

static __always_inline void lost_stack(void) {
  struct loss *here = this_cpu_loss();
  if (here) here->stack++;
}
