// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* A table of counts: the key is what is told apart. A histogram is one whose key ends in a slot. */
#pragma once
#include "loss.bpf.h"
#include "loglinear.bpf.h"

struct count {
  count_n count;
};

#define COUNTS(name, key_type, entries)                                                                      \
  struct {                                                                                                   \
    __uint(type, BPF_MAP_TYPE_PERCPU_HASH);                                                                  \
    __uint(max_entries, entries);                                                                            \
    __type(key, key_type);                                                                                   \
    __type(value, struct count);                                                                             \
  } name SEC(".maps")

static __always_inline void add_count(void *counts, const void *key, __u64 n) {
  struct count none = {};
  struct count *at = bpf_map_lookup_elem(counts, key);
  if (!at) {
    bpf_map_update_elem(counts, key, &none, BPF_NOEXIST);
    at = bpf_map_lookup_elem(counts, key);
  }
  if (at)
    at->count += n;
  else
    lost_updates(1);
}

static __always_inline void count(void *counts, const void *key) {
  add_count(counts, key, 1);
}
