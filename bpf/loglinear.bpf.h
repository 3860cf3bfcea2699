// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Log-linear slots: each power of two split in 8, so that a value is known within 12.5 %.
 *   v < 16: slot = v. Otherwise, e = floor(log2 v): slot = 16 + (e - 4) * 8 + ((v >> (e - 3)) & 7).
 * Back: slots below 16 hold one value each. Otherwise, e = 4 + (slot - 16) / 8, k = (slot - 16) % 8: the slot
 * begins at (8 + k) << (e - 3) and is 1 << (e - 3) wide. 496 slots hold every 64-bit value.
 */
#pragma once
#include "meanings.bpf.h"

static __always_inline __u32 log2_of(__u64 v) {
  __u32 e = 0;
  if (v >> 32) e += 32, v >>= 32;
  if (v >> 16) e += 16, v >>= 16;
  if (v >> 8) e += 8, v >>= 8;
  if (v >> 4) e += 4, v >>= 4;
  if (v >> 2) e += 2, v >>= 2;
  return e + (v >> 1);
}

static __always_inline __u32 loglinear(__u64 v) {
  if (v < 16) return v;
  __u32 e = log2_of(v);
  return 16 + (e - 4) * 8 + (v >> (e - 3) & 7);
}
