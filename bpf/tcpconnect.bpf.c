// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "events.bpf.h"
#include "filter.bpf.h"
#include "sockets.bpf.h"

#define ECANCELED 125

struct event {
  ktime time;
  pid_n pid;
  uid_n uid;
  comm comm;
  ipaddr local;
  port_n local_port;
  ipaddr remote;
  port_n remote_port;
  errno_n result;
  nsec latency;
};

EVENTS(struct event, RING_BYTES);

struct attempt {
  ktime start;
  pid_n pid;
  uid_n uid;
  comm comm;
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 16384);
  __type(key, socket_n);
  __type(value, struct attempt);
} attempts SEC(".maps");

static __always_inline void begun(socket_n socket) {
  struct attempt attempt = {
      .start = bpf_ktime_get_ns(),
      .pid = bpf_get_current_pid_tgid() >> 32,
      .uid = bpf_get_current_uid_gid(),
  };
  bpf_get_current_comm(attempt.comm, sizeof(attempt.comm));
  if (bpf_map_update_elem(&attempts, &socket, &attempt, BPF_ANY)) lost_updates(1);
}

static __always_inline void ended(const struct sock *sk, const struct attempt *attempt, errno_n result) {
  struct event *event = reserve_row(&events, sizeof(*event));
  if (!event) return;
  event->time = bpf_ktime_get_ns();
  event->pid = attempt->pid;
  event->uid = attempt->uid;
  __builtin_memcpy(event->comm, attempt->comm, sizeof(event->comm));
  local_address(event->local, sk);
  event->local_port = local_port(sk);
  remote_address(event->remote, sk);
  event->remote_port = remote_port(sk);
  event->result = result;
  event->latency = event->time - attempt->start;
  submit_row(event);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(inet_sock_set_state, const struct sock *sk, int before, int after) {
  if (sk->sk_protocol != IPPROTO_TCP) return 0;
  socket_n socket = (socket_n)sk;
  if (after == TCP_SYN_SENT && wanted()) begun(socket);
  if (after != TCP_ESTABLISHED && after != TCP_CLOSE) return 0;
  struct attempt *attempt = bpf_map_lookup_elem(&attempts, &socket);
  if (!attempt) return 0;
  /* Closed without an error: given up by this end. */
  errno_n error = after == TCP_CLOSE ? sk->sk_err ?: ECANCELED : 0;
  ended(sk, attempt, -error);
  bpf_map_delete_elem(&attempts, &socket);
  return 0;
}
