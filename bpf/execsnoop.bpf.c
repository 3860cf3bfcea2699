// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* A success is seen where the new program is in place, a failure at the end of the call. */
#include "events.bpf.h"
#include "filter.bpf.h"
#include "syscalls.bpf.h"

struct event {
  ktime time;
  pid_n pid;
  pid_n parent;
  uid_n uid;
  errno_n ret;
  comm comm;
  comm parent_comm;
  bool truncated;
  argv args;
};

EVENTS(struct event, RING_BYTES);
SCRATCH(struct event);

/* Of a failed call, whose arguments are read one by one. */
#define MAX_ARGUMENTS 128
#define ARGUMENT_BYTES 4096

static __always_inline void executed(struct event *event, errno_n ret, __u64 args_size) {
  struct task_struct *task = (void *)bpf_get_current_task();
  event->time = bpf_ktime_get_ns();
  event->pid = bpf_get_current_pid_tgid() >> 32;
  event->parent = BPF_CORE_READ(task, real_parent, tgid);
  event->uid = bpf_get_current_uid_gid();
  event->ret = ret;
  bpf_get_current_comm(event->comm, sizeof(event->comm));
  BPF_CORE_READ_INTO(&event->parent_comm, task, real_parent, comm);
  output_row(&events, event, offsetof(struct event, args) + args_size);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(sched_process_exec, struct task_struct *task) {
  struct event *event = scratch();
  if (!event || !wanted()) return 0;
  unsigned long from = BPF_CORE_READ(task, mm, arg_start), size = BPF_CORE_READ(task, mm, arg_end) - from;
  event->truncated = size > sizeof(event->args);
  if (event->truncated) size = sizeof(event->args);
  if (bpf_probe_read_user(event->args, size, (void *)from)) size = 0;
  executed(event, 0, size);
  return 0;
}

/* Puts one behind the `used` bytes; how many are used then. Global: the verifier walks through it once, not
 * 128 times. */
__noinline int add_argument(int used, __u64 from) {
  struct event *event = scratch();
  if (!event) return used;
  if (used < 0 || used > sizeof(event->args) - ARGUMENT_BYTES) {
    event->truncated = true;
    return used;
  }
  long length = bpf_probe_read_user_str(event->args + used, ARGUMENT_BYTES, (void *)from);
  if (length == ARGUMENT_BYTES) event->truncated = true;
  return length > 0 ? used + length : used;
}

/* The file stands in place of the first argument: the steps of a search along PATH differ in nothing else. */
static __always_inline int exec_failed(long ret, const char *file, const char *const *argv) {
  struct event *event = scratch();
  if (ret >= 0 || !event || !wanted()) return 0;
  event->truncated = false;
  __u32 used = 0;
  const char *argument = file;
  for (int i = 1; i <= MAX_ARGUMENTS; i++) {
    used = add_argument(used, (__u64)argument);
    if (bpf_probe_read_user(&argument, sizeof(argument), argv + i) || !argument) goto whole;
  }
  event->truncated = true;
whole:
  executed(event, ret, used < sizeof(event->args) ? used : sizeof(event->args));
  return 0;
}

/* execve(file, argv, environment) */
static __always_inline int execve_done(struct pt_regs *regs, long ret) {
  return exec_failed(ret, (void *)ARG1(regs), (void *)ARG2(regs));
}

/* execveat(directory, file, argv, environment, flags) */
static __always_inline int execveat_done(struct pt_regs *regs, long ret) {
  return exec_failed(ret, (void *)ARG2(regs), (void *)ARG3(regs));
}

SEC("tp/syscalls/sys_exit_execve")
int execve_exit(struct call_exit *ctx) {
  return execve_done(current_registers(), ctx->ret);
}

SEC("tp/syscalls/sys_exit_execveat")
int execveat_exit(struct call_exit *ctx) {
  return execveat_done(current_registers(), ctx->ret);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(every_exit, struct pt_regs *regs, long ret) {
  long call = call_number(regs);
  if (call != NR_EXECVE && call != NR_EXECVEAT) return 0;
  if (is_32_bit(regs)) return 0;
  return call == NR_EXECVE ? execve_done(regs, ret) : execveat_done(regs, ret);
}
