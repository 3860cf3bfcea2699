// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* System calls: their registers at entry and exit, and the numbers of those that tools know by name. */
#pragma once
#include "meanings.bpf.h"

/* Read directly, not by BPF_CORE_READ: a fraction of the cost where each call of the host pays it. */
#if defined(__TARGET_ARCH_x86)
#define ARG1(regs) ((regs)->di)
#define ARG2(regs) ((regs)->si)
#define ARG3(regs) ((regs)->dx)
#define ARG4(regs) ((regs)->r10)
#define USER_PLACE(regs) ((regs)->ip)
#define USER_STACK(regs) ((regs)->sp)
#define USER_FRAME(regs) ((regs)->bp)
enum { NR_OPEN = 2, NR_EXECVE = 59, NR_EXIT = 60, NR_EXIT_GROUP = 231, NR_OPENAT = 257, NR_EXECVEAT = 322 };
#define NR_READ 0
#else
#define ARG1(regs) ((regs)->orig_x0)
#define ARG2(regs) ((regs)->regs[1])
#define ARG3(regs) ((regs)->regs[2])
#define ARG4(regs) ((regs)->regs[3])
#define USER_PLACE(regs) ((regs)->pc)
#define USER_STACK(regs) ((regs)->sp)
#define USER_FRAME(regs) ((regs)->regs[29])
enum { NR_OPENAT = 56, NR_READ = 63, NR_EXIT = 93, NR_EXIT_GROUP = 94, NR_EXECVE = 221, NR_EXECVEAT = 281 };
#define NR_OPEN -2 /* there is none, and -1 is what the kernel gives for "not a call" */
#endif
enum { NR_OPENAT2 = 437 };

/* What a program on a call's own exit tracepoint gets. */
struct call_exit {
  __u64 hidden;
  __s64 number;
  long ret;
};

static __always_inline struct pt_regs *current_registers(void) {
  return (void *)bpf_task_pt_regs(bpf_get_current_task_btf());
}

/* At exit; -1 when the return is none of a call (rt_sigreturn). */
static __always_inline long call_number(struct pt_regs *regs) {
#if defined(__TARGET_ARCH_x86)
  return regs->orig_ax;
#else
  return regs->syscallno;
#endif
}

/* A 32-bit program: its numbers mean other calls. */
static __always_inline bool is_32_bit(struct pt_regs *regs) {
#if defined(__TARGET_ARCH_x86)
  return regs->cs == 0x23;
#else
  return regs->pstate & 0x10;
#endif
}
