// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The parameters that say whose doings are recorded; zero means all. */
#pragma once
#include "meanings.bpf.h"

const volatile pid_n pid = 0;
const volatile comm command __attribute__((aligned(8))) = {};
/* This cgroup (version 2) and those below it. */
const volatile cgroup_id cgroup = 0;

#define CGROUP_LEVELS 16

static __always_inline bool filtered(void) {
  return pid || command[0] || cgroup;
}

static __always_inline bool is_command(const char *name) {
  const volatile __u64 *want = (void *)command;
  const __u64 *have = (void *)name;
  return have[0] == want[0] && have[1] == want[1];
}

static __always_inline bool in_cgroup(struct task_struct *task) {
  struct cgroup *at = BPF_CORE_READ(task, cgroups, dfl_cgrp);
  for (int level = 0; at && level < CGROUP_LEVELS; level++) {
    if (BPF_CORE_READ(at, kn, id) == cgroup) return true;
    at = BPF_CORE_READ(at, self.parent, cgroup);
  }
  return false;
}

static __always_inline bool wanted_task(struct task_struct *task) {
  if (pid && BPF_CORE_READ(task, tgid) != pid) return false;
  if (command[0]) {
    __u64 name[2] = {}; /* what lies behind the name's end in the kernel is not always zero */
    bpf_core_read_str(name, sizeof(name), &task->comm);
    if (!is_command((void *)name)) return false;
  }
  return !cgroup || in_cgroup(task);
}

/* The same of the task that runs this program. */
static __always_inline bool wanted(void) {
  if (pid && bpf_get_current_pid_tgid() >> 32 != pid) return false;
  if (!command[0] && !cgroup) return true;
  return wanted_task((void *)bpf_get_current_task());
}
