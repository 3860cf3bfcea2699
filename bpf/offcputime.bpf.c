// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A period off the CPU belongs to the stack with which the thread left it; both stacks are walked then,
 * because only then is the thread the current one. A row is made when it is back.
 */
#define STACKS_TYPE BPF_MAP_TYPE_LRU_HASH
#define STACKS_ENTRIES 8192
#include "events.bpf.h"
#include "filter.bpf.h"
#include "stacks.bpf.h"

const volatile usec min_block = 0;
const volatile usec max_block = 0;
const volatile bool sleeping = true;
const volatile bool uninterruptible = true;
const volatile bool preempted = true;
const volatile bool programs_only = false;
const volatile bool kernel_stacks = true;
const volatile bool user_stacks = true;

/*
 * Periods of one thread on one stack that follow each other within this time are one row: a storm of switches
 * is then a hundred rows a second for each thread, and half the width of a FlameScope column is as exact as
 * anyone looks.
 */
#define TOGETHER_NS 10000000

struct event {
  ktime time;
  nsec duration;
  count_n periods;
  stack_id kernel_stack;
  stack_id user_stack;
  pid_n pid;
  tid_n tid;
  comm comm;
};

EVENTS(struct event, RING_BYTES);

struct thread {
  ktime left; /* 0: it is on a CPU */
  stack_id kernel_stack, user_stack;
  ktime told; /* when it had its last row */
  /* Of what no row has told yet: the end of the last period, and how much. */
  ktime back;
  nsec duration;
  count_n periods;
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 32768);
  __type(key, tid_n);
  __type(value, struct thread);
} threads SEC(".maps");

static __always_inline void tell(struct thread *thread, struct task_struct *task) {
  if (!thread->periods) return;
  struct event *event = reserve_row(&events, sizeof(*event));
  if (event) {
    event->time = thread->back;
    event->duration = thread->duration;
    event->periods = thread->periods;
    event->kernel_stack = thread->kernel_stack;
    event->user_stack = thread->user_stack;
    event->pid = task->tgid;
    event->tid = task->pid;
    /* Nothing of the ring's last round, or of the task's name before, may stand behind the name. */
    __builtin_memset(event->comm, 0, sizeof(event->comm));
    bpf_core_read_str(event->comm, sizeof(event->comm), &task->comm);
    submit_row(event);
  }
  thread->told = thread->back;
  thread->duration = thread->periods = 0;
}

/* A worker of the kernel that has nothing to do is uninterruptible too, but not what one looks for under that
 * name. */
static __always_inline bool is_chosen(unsigned int state) {
  if (state == TASK_RUNNING) return preempted;
  if (state & TASK_UNINTERRUPTIBLE && !(state & TASK_NOLOAD)) return uninterruptible;
  return sleeping;
}

static __always_inline void left(void *ctx, struct task_struct *task, unsigned int state, ktime now) {
  tid_n tid = task->pid;
  if (!tid) return;
  struct thread *thread = bpf_map_lookup_elem(&threads, &tid);
  if (state & TASK_DEAD) {
    if (!thread) return;
    tell(thread, task);
    bpf_map_delete_elem(&threads, &tid);
    return;
  }
  if (!is_chosen(state) || (programs_only && !task->mm) || !wanted()) return;
  stack_id kernel_stack = kernel_stacks ? keep_stack(ctx, 0) : 0;
  stack_id user_stack = user_stacks && task->mm ? keep_user_stack(ctx, task->tgid) : 0;
  if (!thread) {
    struct thread fresh = {.left = now, .kernel_stack = kernel_stack, .user_stack = user_stack};
    if (bpf_map_update_elem(&threads, &tid, &fresh, BPF_ANY)) lost_updates(1);
    return;
  }
  if (thread->kernel_stack != kernel_stack || thread->user_stack != user_stack) tell(thread, task);
  thread->left = now;
  thread->kernel_stack = kernel_stack;
  thread->user_stack = user_stack;
}

static __always_inline void came_back(struct task_struct *task, ktime now) {
  tid_n tid = task->pid;
  if (!tid) return;
  struct thread *thread = bpf_map_lookup_elem(&threads, &tid);
  if (!thread || !thread->left) return;
  nsec away = now - thread->left;
  thread->left = 0;
  if (away < min_block * 1000 || (max_block && away > max_block * 1000)) return;
  thread->back = now;
  thread->duration += away;
  thread->periods++;
  if (now - thread->told >= TOGETHER_NS) tell(thread, task);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(sched_switch, bool by_force, struct task_struct *from, struct task_struct *to) {
  ktime now = bpf_ktime_get_ns();
  left(ctx, from, by_force ? TASK_RUNNING : state_of(from), now);
  came_back(to, now);
  return 0;
}
