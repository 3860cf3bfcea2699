// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The ring of rows. The reader comes by itself, many times a second: it is never woken for a row. */
#pragma once
#include "loss.bpf.h"

#define RING_BYTES (1 << 20)

/* The row's type is there for its BTF; a ring has no values, so the loader sets their size to 0. */
#define EVENTS(row, ring_bytes)                                                                              \
  struct {                                                                                                   \
    __uint(type, BPF_MAP_TYPE_RINGBUF);                                                                      \
    __uint(max_entries, ring_bytes);                                                                         \
    __type(value, row);                                                                                      \
  } events SEC(".maps")

/* A row too large for the BPF stack, one for each CPU; `scratch()` is NULL for the verifier only. */
#define SCRATCH(row)                                                                                         \
  struct {                                                                                                   \
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                                                 \
    __uint(max_entries, 1);                                                                                  \
    __type(key, __u32);                                                                                      \
    __type(value, row);                                                                                      \
  } scratch_row SEC(".maps");                                                                                \
  static __always_inline row *scratch(void) {                                                                \
    __u32 only = 0;                                                                                          \
    return bpf_map_lookup_elem(&scratch_row, &only);                                                         \
  }

/* Room for a whole row, to be filled and submitted; NULL, and counted as lost, when the ring is full. */
static __always_inline void *reserve_row(void *ring, __u64 size) {
  void *row = bpf_ringbuf_reserve(ring, size, 0);
  if (!row) lost_row();
  return row;
}

static __always_inline void submit_row(void *row) {
  bpf_ringbuf_submit(row, BPF_RB_NO_WAKEUP);
}

/* Copies a row that may end inside its last text, which then costs the ring only its own length. */
static __always_inline void output_row(void *ring, void *row, __u64 size) {
  if (bpf_ringbuf_output(ring, row, size, BPF_RB_NO_WAKEUP)) lost_row();
}
