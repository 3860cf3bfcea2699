// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "../../bpf/events.bpf.h"

struct event {
  __u32 low : 4, high : 28;
};

EVENTS(struct event, RING_BYTES);

SEC("raw_tp/sys_enter")
int bit_field_program(void *ctx) {
  struct event event = {};
  output_row(&events, &event, sizeof(event));
  return 0;
}
