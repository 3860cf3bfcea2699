// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Every kind of column and of parameter. */
#include "../../bpf/meanings.bpf.h"

enum colour { RED, GREEN };
typedef __u64 word;
typedef word nested_word;

struct inner {
  __u16 port;
  __u8 tail[3];
};

struct event {
  __u8 u8;
  __s8 s8;
  __u16 u16;
  __s16 s16;
  __u32 u32;
  __s32 s32;
  __u64 u64;
  __s64 s64;
  unsigned long bare;
  bool flag;
  char letter;
  enum colour colour;
  nsec duration;
  nested_word word;
  stack_id stack;
  void *pointer;
  ipaddr address;
  __u32 pair[2];
  struct inner inner;
  union {
    __u32 v4;
    __u8 v6[16];
  };
  comm comm;
  const volatile __u32 qualified;
  char text[10];
};

struct key {
  pid_n pid;
  comm comm;
};

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
  __type(value, struct event);
} events SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 8);
  __type(key, struct key);
  __type(value, bytes);
} by_process SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 8);
  __type(key, stack_id);
  __type(
      value, struct {
        __u32 pid;
        __u32 depth;
        __u64 frames[4];
      });
} stacks SEC(".maps");

const volatile __u8 p_u8 = 200;
const volatile __s16 p_s16 = -2;
const volatile pid_n p_pid = 0;
const volatile nsec p_nsec = 1ULL << 63;
const volatile __s64 p_s64 = -1;
const volatile bool p_bool = true;
const volatile comm p_comm = "swapper";
const volatile char p_text[4] = "abc";
const volatile syscall_set p_calls = {1};
static const char not_a_parameter[] = "format";
const __u32 not_volatile = 1;

SEC("raw_tp/sys_enter")
int kinds_program(void *ctx) {
  char copy[sizeof(not_a_parameter)];
  __builtin_memcpy(copy, not_a_parameter, sizeof(copy));
  if (p_u8 + p_s16 + p_pid + p_nsec + p_s64 + p_bool + p_comm[0] + p_text[0] + p_calls[0] == 7)
    bpf_ringbuf_output(&events, copy, not_volatile, 0);
  return 0;
}
