// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Tools whose targets are chosen at run time: which of them this firing is of. */
#pragma once
#include "meanings.bpf.h"

/* Without cookies (before 5.15) there can be one target only, and the loader refuses to attach a second. */
static __always_inline func_id this_function(void *ctx) {
  if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_attach_cookie)) return 0;
  return bpf_get_attach_cookie(ctx);
}
