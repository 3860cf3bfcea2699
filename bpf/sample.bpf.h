// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Sampling, for tools that stay true with a part of their events: the server narrows them so when they cost
 * too much. */
#pragma once
#include "kernel.bpf.h"

/* Set while the programs run: one event in this many is recorded, by chance. 0: every one. */
volatile __u32 one_in;

/* Call once for each event. */
static __always_inline bool is_sampled(void) {
  __u32 n = one_in;
  return n < 2 || bpf_get_prandom_u32() % n == 0;
}

/* How many events one that was sampled stands for. */
static __always_inline __u32 sampled_for(void) {
  return one_in ?: 1;
}
