// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What a field means is its type's name: the server and the page choose text, unit and picker by it. */
#pragma once
#include "kernel.bpf.h"

typedef __u64 ktime;    /* an instant: CLOCK_MONOTONIC, nanoseconds */
typedef __u64 boottime; /* an instant: CLOCK_BOOTTIME, nanoseconds */
typedef __u64 nsec;
typedef __u64 usec;
typedef __u64 bytes;
typedef __u64 count_n;
typedef __u32 level_n;   /* how many there are now: never added up */
typedef __u32 slot_nsec; /* the log-linear slot of a time in nanoseconds: loglinear.bpf.h */

typedef __u32 pid_n; /* a process: the kernel's tgid */
typedef __u32 tid_n; /* a thread: the kernel's pid */
typedef __u32 uid_n;
typedef __u8 task_state; /* the letter that ps shows; X: it ended */
typedef __u64 cgroup_id;
typedef char comm[16];
typedef char argv[16 << 10]; /* arguments, a NUL behind each */

typedef __s32 errno_n; /* 0 or more: a result; less: an errno */
typedef __u32 syscall_n;
typedef __u64 syscall_set[8]; /* bit n: call n; no bit: every call */
#define NO_SYSCALL 0xffffffff

typedef __u32 open_flags;
typedef __u32 file_mode;
typedef char path[4096];

typedef __u8 ipaddr[16]; /* version 4 as ::ffff:a.b.c.d */
typedef __u16 port_n;    /* host byte order */

typedef __u32 dev_n;  /* major << 20 | minor */
typedef __u32 blk_op; /* REQ_OP_… */

typedef __u64 stack_id; /* key of the table `stacks`; 0: no stack */
typedef __u32 func_id;  /* the attachment's cookie: which of the run's targets */
