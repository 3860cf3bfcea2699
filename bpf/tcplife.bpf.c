// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "events.bpf.h"
#include "filter.bpf.h"
#include "sockets.bpf.h"

struct event {
  ktime time;
  pid_n pid;
  comm comm;
  ipaddr local;
  port_n local_port;
  ipaddr remote;
  port_n remote_port;
  bytes sent;
  bytes received;
  nsec duration;
};

EVENTS(struct event, RING_BYTES);

struct life {
  ktime start;
  pid_n pid;
  comm comm;
  bool connected; /* by this end, rather than accepted */
  bool finished;  /* this end sent its FIN */
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 16384);
  __type(key, socket_n);
  __type(value, struct life);
} lives SEC(".maps");

static __always_inline void begin(socket_n socket, const struct life *life) {
  if (bpf_map_update_elem(&lives, &socket, life, BPF_ANY)) lost_updates(1);
}

/* The running process is the owner; false: one that nobody asked for. */
static __always_inline bool take_owner(struct life *life) {
  if (!wanted()) return false;
  life->pid = bpf_get_current_pid_tgid() >> 32;
  bpf_get_current_comm(life->comm, sizeof(life->comm));
  return true;
}

/* Both counters are of sequence numbers: a SYN that was acknowledged and each FIN count 1 in them. */
static __always_inline bytes bytes_sent(const struct sock *sk, const struct life *life) {
  struct tcp_sock *tcp = (struct tcp_sock *)sk;
  bool all = BPF_CORE_READ(tcp, snd_una) == BPF_CORE_READ(tcp, write_seq);
  return BPF_CORE_READ(tcp, bytes_acked) - life->connected - (life->finished && all);
}

static __always_inline bytes bytes_received(const struct sock *sk) {
  return BPF_CORE_READ((struct tcp_sock *)sk, bytes_received) - (sk->__sk_common.skc_flags >> SOCK_DONE & 1);
}

static __always_inline void ended(const struct sock *sk, struct life *life) {
  struct event *event = reserve_row(&events, sizeof(*event));
  if (!event) return;
  event->time = bpf_ktime_get_ns();
  event->pid = life->pid;
  __builtin_memcpy(event->comm, life->comm, sizeof(event->comm));
  local_address(event->local, sk);
  event->local_port = local_port(sk);
  remote_address(event->remote, sk);
  event->remote_port = remote_port(sk);
  event->sent = bytes_sent(sk, life);
  event->received = bytes_received(sk);
  event->duration = event->time - life->start;
  submit_row(event);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(inet_sock_set_state, const struct sock *sk, int before, int after) {
  if (sk->sk_protocol != IPPROTO_TCP) return 0;
  socket_n socket = (socket_n)sk;
  struct life new = {.connected = after == TCP_SYN_SENT}, *life = bpf_map_lookup_elem(&lives, &socket);

  if (after == TCP_SYN_SENT) {
    if (take_owner(&new)) begin(socket, &new);
  } else if (after == TCP_ESTABLISHED) {
    new.start = bpf_ktime_get_ns();
    if (life)
      life->start = new.start;
    else if (before != TCP_SYN_SENT)
      begin(socket, &new);
  } else if (life) {
    /* Besides connecting, only these happen in the owner's process: packets make the other changes. */
    bool by_owner = after == TCP_FIN_WAIT1 || after == TCP_LAST_ACK;
    life->finished |= by_owner;
    by_owner |= after == TCP_CLOSE && sk->sk_shutdown == SHUTDOWN_MASK;
    bool keep = life->pid || !by_owner || take_owner(life);
    if (keep && after != TCP_CLOSE) return 0;
    if (keep && life->start && (life->pid || !filtered())) ended(sk, life);
    bpf_map_delete_elem(&lives, &socket);
  }
  return 0;
}
