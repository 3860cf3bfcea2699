// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Programs that do nothing: what they add to a loop is what it costs to get to a program and back. raw_tp
 * stands for tp_btf: the kernel calls both from the same place, and libbpf loads this one without a look at
 * the kernel's types, 20 ms in which no ring is read.
 */
#include "../sample.bpf.h"

#define EMPTY(section, name)                                                                                 \
  SEC(section) int name(void *ctx) {                                                                         \
    return 0;                                                                                                \
  }

/* Does nothing but what a tool does for an event that is not sampled. */
SEC("raw_tp/sys_enter")
int on_skipped(void *ctx) {
  return is_sampled();
}

EMPTY("raw_tp/sys_enter", on_every_sys_enter)
EMPTY("raw_tp/sys_enter", on_every_sys_enter_again)
EMPTY("raw_tp/sys_exit", on_every_sys_exit)
EMPTY("tp", on_tracepoint)
EMPTY("perf_event", on_sample)
EMPTY("uprobe", on_uprobe)
EMPTY("uretprobe", on_uretprobe)
EMPTY("kprobe", on_kprobe)
EMPTY("kretprobe", on_kretprobe)
EMPTY("kprobe.multi", on_kprobe_multi)
EMPTY("kretprobe.multi", on_kretprobe_multi)
EMPTY("fentry", on_fentry)
EMPTY("fexit", on_fexit)
