// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "counts.bpf.h"
#include "filter.bpf.h"
#include "sample.bpf.h"
#include "syscalls.bpf.h"

/* What is told apart; both: each call of each process. */
const volatile bool per_process = true;
const volatile bool per_call = false;

struct key {
  pid_n pid;
  comm comm;
  syscall_n call;
};

COUNTS(calls, struct key, 16384);

SEC("tp_btf/sys_enter")
int BPF_PROG(sys_enter, struct pt_regs *regs, long call) {
  if (!wanted() || is_32_bit(regs) || !is_sampled()) return 0;
  struct key key = {.call = per_call ? call : NO_SYSCALL};
  if (per_process) {
    key.pid = bpf_get_current_pid_tgid() >> 32;
    bpf_get_current_comm(key.comm, sizeof(key.comm));
  }
  add_count(&calls, &key, sampled_for());
  return 0;
}
