// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The parts of the kernel that the tools read, no more: CO-RE finds each field on the running kernel. */
#pragma once

typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef short __s16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)

enum bpf_map_type {
  BPF_MAP_TYPE_HASH = 1,
  BPF_MAP_TYPE_PERCPU_HASH = 5,
  BPF_MAP_TYPE_PERCPU_ARRAY = 6,
  BPF_MAP_TYPE_LRU_HASH = 9,
  BPF_MAP_TYPE_RINGBUF = 27,
};
enum { BPF_ANY = 0, BPF_NOEXIST = 1 };
enum { BPF_F_NO_PREALLOC = 1 };
enum { BPF_RB_NO_WAKEUP = 1 };
enum { BPF_F_USER_STACK = 256 };
enum bpf_func_id { BPF_FUNC_get_attach_cookie = 174, BPF_FUNC_task_pt_regs = 175 };
enum { O_CREAT = 0100, O_TMPFILE = 020000000 };
enum { REQ_OP_FLUSH = 2 };
/* include/linux/sched.h; __TASK_STOPPED and __TASK_TRACED as well. */
enum {
  TASK_RUNNING = 0,
  TASK_UNINTERRUPTIBLE = 2,
  TASK_STOPPED = 4,
  TASK_TRACED = 8,
  TASK_DEAD = 0x80,
  TASK_NOLOAD = 0x400
};

/* Kernel names of the registers, which is what the BTF of a running kernel has. */
#define __VMLINUX_H__

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
  unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp,
      ss;
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
  __u64 regs[31], sp, pc, pstate, orig_x0;
  __s32 syscallno;
};
#else
#error "the registers of this architecture are not described here"
#endif

struct kernfs_node {
  __u64 id;
};
struct cgroup_subsys_state {
  struct cgroup *cgroup;
  struct cgroup_subsys_state *parent;
};
struct cgroup {
  struct cgroup_subsys_state self;
  struct kernfs_node *kn;
};
struct css_set {
  struct cgroup *dfl_cgrp;
};

struct mm_struct {
  unsigned long arg_start, arg_end;
};
struct sched_entity {
  __u64 sum_exec_runtime;
};
struct sched_info {
  unsigned long long run_delay;
};
struct task_io_accounting {
  __u64 rchar, wchar, read_bytes, write_bytes;
};
/* Sums of the threads that are gone. */
struct signal_struct {
  int nr_threads;
  unsigned long nvcsw, nivcsw, min_flt, maj_flt;
  struct task_io_accounting ioac;
  unsigned long long sum_sched_runtime;
};
typedef struct {
  unsigned int val;
} kuid_t;
struct cred {
  kuid_t euid;
};
struct task_struct {
  unsigned int __state, flags;
  int exit_state, pid, tgid;
  struct sched_entity se;
  struct sched_info sched_info;
  unsigned long nvcsw, nivcsw, min_flt, maj_flt;
  __u64 start_boottime;
  struct task_io_accounting ioac;
  struct task_struct *real_parent, *group_leader;
  struct mm_struct *mm;
  struct signal_struct *signal;
  const struct cred *cred;
  struct css_set *cgroups;
  char comm[16];
};
struct bpf_iter__task {
  struct task_struct *task; /* NULL behind the last */
};
struct task_struct___before_5_14 {
  long state;
};

struct gendisk {
  int major, first_minor;
};
struct request_queue {
  struct gendisk *disk;
};
struct request {
  struct request_queue *q;
  unsigned int cmd_flags, rq_flags, __data_len;
  __u64 start_time_ns;
};
struct request___before_5_17 {
  struct gendisk *rq_disk;
};

struct in6_addr {
  union {
    __u8 u6_addr8[16];
  } in6_u;
};
struct sock_common {
  __be32 skc_daddr, skc_rcv_saddr;
  __be16 skc_dport;
  unsigned short skc_family;
  unsigned long skc_flags;
  struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
};
struct sock {
  struct sock_common __sk_common;
  unsigned char sk_shutdown;
  __u16 sk_protocol;
  int sk_err;
};
struct inet_sock {
  __be16 inet_sport;
};
struct tcp_sock {
  __u64 bytes_acked, bytes_received;
  __u32 snd_una, write_seq;
};

#pragma clang attribute pop

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Commit 2f064a59a11f (5.14) renamed state to __state. */
static __always_inline unsigned int state_of(struct task_struct *task) {
  if (bpf_core_field_exists(task->__state)) return task->__state;
  return ((struct task_struct___before_5_14 *)task)->state;
}

static __always_inline bool is_runnable(struct task_struct *task) {
  return state_of(task) == TASK_RUNNING;
}

/* Commit f3fa33acca9f (5.17) removed rq_disk. */
static __always_inline struct gendisk *disk_of(struct request *rq) {
  struct request___before_5_17 *old = (void *)rq;
  if (bpf_core_field_exists(old->rq_disk)) return BPF_CORE_READ(old, rq_disk);
  return BPF_CORE_READ(rq, q, disk);
}

/* A function prototype matches only with as many arguments. */
typedef void (*btf_trace_block_rq_issue)(void *, struct request *);

/* Commit a54895fa057c (5.11, and in stable kernels before) took the queue, the first argument, away. */
static __always_inline struct request *issued_request(__u64 *ctx) {
  if (bpf_core_type_exists(btf_trace_block_rq_issue)) return (struct request *)ctx[0];
  return (struct request *)ctx[1];
}

enum rqf_flags {
  __RQF_FLUSH_SEQ = 1,
};

/* An enum since 6.11, whose numbers are not those of the flags before. */
static __always_inline bool is_flush_step(struct request *rq) {
  unsigned int bit = 4;
  if (bpf_core_enum_value_exists(enum rqf_flags, __RQF_FLUSH_SEQ))
    bit = bpf_core_enum_value(enum rqf_flags, __RQF_FLUSH_SEQ);
  return rq->rq_flags & 1u << bit;
}
