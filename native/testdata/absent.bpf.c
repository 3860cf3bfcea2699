// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Asks for the kernel's id of a type, and for a type that no kernel has. */
#include "../../bpf/kernel.bpf.h"

struct ringside_absent {
  int x;
} __attribute__((preserve_access_index));

SEC("raw_tp/sys_enter")
int type_id(void *ctx) {
  return bpf_core_type_id_kernel(struct task_struct);
}

SEC("raw_tp/sys_enter")
int absent(void *ctx) {
  return bpf_core_type_exists(struct ringside_absent);
}
