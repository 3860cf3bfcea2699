// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The kernel counts most of this by itself, for each thread and, of those that are gone, for the process: one
 * walk over all threads a second adds it up. Only bytes of sockets and system calls need programs of their
 * own.
 */
#include "filter.bpf.h"
#include "loss.bpf.h"
#include "sockets.bpf.h"
#include "syscalls.bpf.h"

/* The server attaches the program of system calls only with this. */
const volatile bool syscalls = false;

/* A number that came back to another process within a second is another row. */
struct key {
  pid_n pid;
  boottime started;
};

struct process {
  count_n switches;
  count_n preemptions;
  nsec cpu;
  nsec wait;
  count_n faults;
  count_n major_faults;
  bytes disk_read;
  bytes disk_written;
  bytes file_read;
  bytes file_written;
  bytes sent;
  bytes received;
  count_n calls;
  cgroup_id cgroup;
  pid_n parent;
  uid_n user;
  level_n threads;
  level_n pulse;
  task_state state;
  bool kernel;
  comm comm;
};

#define MAX_PROCESSES 65536

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, MAX_PROCESSES);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, struct key);
  __type(value, struct process);
} processes SEC(".maps");

/* What a walk has added up so far; a row is changed only when the walk is over. */
struct tally {
  struct process next;
  __u32 walked; /* the walk it was last seen in */
  __u32 ended;  /* the walk that comes after its end; 0: it has not ended */
  nsec wait_of_dead;
  bytes sent;
  bytes received;
  count_n calls;
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, MAX_PROCESSES);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, struct key);
  __type(value, struct tally);
} tallies SEC(".maps");

static __u32 walk = 1;
static const struct tally nothing;

/* A process that no walk meets and whose end was not seen is given up after so many. */
#define GIVEN_UP_AFTER 10
/* Each row is told at least every so many walks, for those who come late; a power of two. */
#define PULSE 32

static __always_inline struct key key_of(struct task_struct *task) {
  struct key key = {};
  key.pid = task->tgid;
  key.started = task->group_leader->start_boottime;
  return key;
}

static __always_inline struct tally *tally_of(const struct key *key) {
  struct tally *tally = bpf_map_lookup_elem(&tallies, key);
  if (tally) return tally;
  bpf_map_update_elem(&tallies, key, &nothing, BPF_NOEXIST);
  tally = bpf_map_lookup_elem(&tallies, key);
  if (tally)
    tally->walked = walk - 1;
  else
    lost_updates(1);
  return tally;
}

/* TASK_NOLOAD sets apart those that wait for work. */
static __always_inline task_state letter_of(struct task_struct *task) {
  unsigned int state = state_of(task);
  if (task->exit_state) return 'Z';
  if (state == TASK_RUNNING) return 'R';
  if (state & TASK_UNINTERRUPTIBLE) return state & TASK_NOLOAD ? 'I' : 'D';
  return state & TASK_STOPPED ? 'T' : state & TASK_TRACED ? 't' : 'S';
}

/* Without CONFIG_SCHED_INFO, CONFIG_TASK_XACCT or CONFIG_TASK_IO_ACCOUNTING the kernel does not count them.
 */
static __always_inline nsec wait_of(struct task_struct *task) {
  return bpf_core_field_exists(task->sched_info.run_delay) ? task->sched_info.run_delay : 0;
}

#define ADD_IO(row, from)                                                                                    \
  do {                                                                                                       \
    if (bpf_core_field_exists((from)->ioac.rchar)) {                                                         \
      (row)->file_read += (from)->ioac.rchar;                                                                \
      (row)->file_written += (from)->ioac.wchar;                                                             \
    }                                                                                                        \
    if (bpf_core_field_exists((from)->ioac.read_bytes)) {                                                    \
      (row)->disk_read += (from)->ioac.read_bytes;                                                           \
      (row)->disk_written += (from)->ioac.write_bytes;                                                       \
    }                                                                                                        \
  } while (0)

/* Who it is, and what its threads did that are gone. */
static __always_inline void begin(struct tally *tally, const struct key *key, struct task_struct *leader) {
  enum { PF_KTHREAD = 0x200000 };
  struct process *row = &tally->next;
  struct signal_struct *gone = leader->signal;
  row->switches = gone->nvcsw;
  row->preemptions = gone->nivcsw;
  row->cpu = gone->sum_sched_runtime;
  row->wait = tally->wait_of_dead;
  row->major_faults = gone->maj_flt;
  row->faults = gone->min_flt + gone->maj_flt;
  row->disk_read = row->disk_written = row->file_read = row->file_written = 0;
  ADD_IO(row, gone);
  row->sent = tally->sent;
  row->received = tally->received;
  row->calls = tally->calls;
  row->cgroup = BPF_CORE_READ(leader, cgroups, dfl_cgrp, kn, id);
  row->parent = leader->real_parent->tgid;
  row->user = leader->cred->euid.val;
  row->threads = gone->nr_threads;
  row->pulse = (walk + key->pid) / PULSE;
  row->state = letter_of(leader);
  row->kernel = leader->flags & PF_KTHREAD;
  bpf_core_read_str(row->comm, sizeof(row->comm), &leader->comm);
}

static __always_inline void add(struct process *row, struct task_struct *task) {
  row->switches += task->nvcsw;
  row->preemptions += task->nivcsw;
  row->cpu += task->se.sum_exec_runtime;
  row->wait += wait_of(task);
  row->major_faults += task->maj_flt;
  row->faults += task->min_flt + task->maj_flt;
  ADD_IO(row, task);
  task_state state = letter_of(task);
  if (state == 'R' || (state == 'D' && row->state != 'R')) row->state = state;
}

#define NEVER_LESS(field)                                                                                    \
  if (next->field < before->field) next->field = before->field

/* A thread that ends in the middle of a walk may be missed in it: what was counted once stays. */
static __always_inline void tell(const struct key *key, struct process *next) {
  struct process *before = bpf_map_lookup_elem(&processes, key);
  if (before) {
    NEVER_LESS(switches);
    NEVER_LESS(preemptions);
    NEVER_LESS(cpu);
    NEVER_LESS(wait);
    NEVER_LESS(faults);
    NEVER_LESS(major_faults);
    NEVER_LESS(disk_read);
    NEVER_LESS(disk_written);
    NEVER_LESS(file_read);
    NEVER_LESS(file_written);
  }
  if (bpf_map_update_elem(&processes, key, next, BPF_ANY)) lost_updates(1);
}

static long end_walk(void *map, const struct key *key, struct tally *tally, void *ctx) {
  if (!tally->ended && tally->walked == walk) {
    tell(key, &tally->next);
  } else if (!tally->ended && walk - tally->walked > GIVEN_UP_AFTER) {
    tally->next.state = 'X';
    tell(key, &tally->next);
    tally->ended = walk;
  } else if (tally->ended && tally->ended + 1 < walk) {
    /* The server has read it since. */
    bpf_map_delete_elem(&processes, key);
    bpf_map_delete_elem(&tallies, key);
  }
  return 0;
}

SEC("iter/task")
int walk_tasks(struct bpf_iter__task *ctx) {
  struct task_struct *task = ctx->task;
  if (!task) {
    bpf_for_each_map_elem(&tallies, end_walk, NULL, 0);
    walk++;
    return 0;
  }
  if (!wanted_task(task->group_leader)) return 0;
  struct key key = key_of(task);
  struct tally *tally = tally_of(&key);
  if (!tally) return 0;
  if (tally->walked != walk) {
    tally->walked = walk;
    begin(tally, &key, task->group_leader);
  }
  add(&tally->next, task);
  return 0;
}

/* A thread that is in no walk any more. When it is the process itself, all that it did is known for good. */
SEC("tp_btf/sched_process_free")
int BPF_PROG(sched_process_free, struct task_struct *task) {
  struct key key = key_of(task);
  struct tally *tally = bpf_map_lookup_elem(&tallies, &key);
  if (task->pid != task->tgid) {
    if (tally) __sync_fetch_and_add(&tally->wait_of_dead, wait_of(task));
    return 0;
  }
  if (!wanted_task(task)) return 0;
  if (!tally) tally = tally_of(&key);
  if (!tally) return 0;
  begin(tally, &key, task);
  tally->next.wait += wait_of(task);
  tally->next.threads = 0;
  tally->next.state = 'X';
  tell(&key, &tally->next);
  tally->ended = walk;
  return 0;
}

static __always_inline struct tally *current_tally(void) {
  if (!wanted()) return NULL;
  struct key key = key_of(bpf_get_current_task_btf());
  return tally_of(&key);
}

static __always_inline void moved(int result, bool out) {
  if (result <= 0) return;
  struct tally *tally = current_tally();
  if (!tally) return;
  if (out)
    __sync_fetch_and_add(&tally->sent, result);
  else
    __sync_fetch_and_add(&tally->received, result);
}

enum { AF_INET6 = 10, MSG_PEEK = 2 };

static __always_inline bool is_inet(struct sock *sk) {
  return sk->__sk_common.skc_family == AF_INET || sk->__sk_common.skc_family == AF_INET6;
}

/* Commit 6e6eda44b939 (6.3). */
SEC("tp_btf/sock_send_length")
int BPF_PROG(sock_sent, struct sock *sk, int result) {
  if (is_inet(sk)) moved(result, true);
  return 0;
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(sock_received, struct sock *sk, int result, int flags) {
  if (is_inet(sk) && !(flags & MSG_PEEK)) moved(result, false);
  return 0;
}

/* Before it: the functions below those tracepoints, where they can be probed. */
SEC("fexit/inet_sendmsg")
int BPF_PROG(inet_sent, void *socket, void *message, unsigned long size, int result) {
  moved(result, true);
  return 0;
}

SEC("fexit/inet6_sendmsg")
int BPF_PROG(inet6_sent, void *socket, void *message, unsigned long size, int result) {
  moved(result, true);
  return 0;
}

SEC("fexit/inet_recvmsg")
int BPF_PROG(inet_received, void *socket, void *message, unsigned long size, int flags, int result) {
  if (!(flags & MSG_PEEK)) moved(result, false);
  return 0;
}

SEC("fexit/inet6_recvmsg")
int BPF_PROG(inet6_received, void *socket, void *message, unsigned long size, int flags, int result) {
  if (!(flags & MSG_PEEK)) moved(result, false);
  return 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(sys_enter) {
  if (!syscalls) return 0;
  struct tally *tally = current_tally();
  if (tally) __sync_fetch_and_add(&tally->calls, 1);
  return 0;
}
