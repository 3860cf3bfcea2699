// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* All at the call's end: its registers still hold the arguments, and the path's page is present. */
#include "events.bpf.h"
#include "filter.bpf.h"
#include "sample.bpf.h"
#include "syscalls.bpf.h"

/* Only calls that failed. */
const volatile bool failed = false;

/* Only these make a file, and only then does the call have a mode. */
#define CREATING (O_CREAT | O_TMPFILE)

struct event {
  ktime time;
  pid_n pid;
  tid_n tid;
  uid_n uid;
  errno_n ret;
  open_flags flags;
  file_mode mode;
  comm comm;
  path path;
};

EVENTS(struct event, 4 << 20);
SCRATCH(struct event);

static __always_inline void opened(long ret, const char *path, open_flags flags, file_mode mode) {
  struct event *event = scratch();
  if (!event) return;
  __u64 task = bpf_get_current_pid_tgid();
  event->time = bpf_ktime_get_ns();
  event->pid = task >> 32;
  event->tid = task;
  event->uid = bpf_get_current_uid_gid();
  event->ret = ret;
  event->flags = flags;
  event->mode = flags & CREATING ? mode : 0;
  bpf_get_current_comm(event->comm, sizeof(event->comm));
  long length = bpf_probe_read_user_str(event->path, sizeof(event->path), path);
  if (length < 1) { /* a path that cannot be read: the call failed with EFAULT */
    event->path[0] = 0;
    length = 1;
  }
  output_row(&events, event, offsetof(struct event, path) + length);
}

static __always_inline bool skipped(long ret) {
  return (failed && ret >= 0) || !wanted() || !is_sampled();
}

/* open(path, flags, mode) */
static __always_inline int open_done(struct pt_regs *regs, long ret) {
  if (!skipped(ret)) opened(ret, (void *)ARG1(regs), ARG2(regs), ARG3(regs));
  return 0;
}

/* openat(directory, path, flags, mode) */
static __always_inline int openat_done(struct pt_regs *regs, long ret) {
  if (!skipped(ret)) opened(ret, (void *)ARG2(regs), ARG3(regs), ARG4(regs));
  return 0;
}

/* openat2(directory, path, how, size) */
static __always_inline int openat2_done(struct pt_regs *regs, long ret) {
  struct {
    __u64 flags, mode;
  } how = {};
  if (skipped(ret)) return 0;
  bpf_probe_read_user(&how, sizeof(how), (void *)ARG3(regs));
  opened(ret, (void *)ARG2(regs), how.flags, how.mode);
  return 0;
}

SEC("tp/syscalls/sys_exit_open")
int open_exit(struct call_exit *ctx) {
  return open_done(current_registers(), ctx->ret);
}

SEC("tp/syscalls/sys_exit_openat")
int openat_exit(struct call_exit *ctx) {
  return openat_done(current_registers(), ctx->ret);
}

SEC("tp/syscalls/sys_exit_openat2")
int openat2_exit(struct call_exit *ctx) {
  return openat2_done(current_registers(), ctx->ret);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(every_exit, struct pt_regs *regs, long ret) {
  long call = call_number(regs);
  if (call != NR_OPENAT && call != NR_OPEN && call != NR_OPENAT2) return 0;
  if (is_32_bit(regs)) return 0;
  if (call == NR_OPENAT) return openat_done(regs, ret);
  if (call == NR_OPEN) return open_done(regs, ret);
  return openat2_done(regs, ret);
}
