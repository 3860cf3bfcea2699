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

static __always_inline void take_owner(struct life *life) {
  life->pid = bpf_get_current_pid_tgid() >> 32;
  bpf_get_current_comm(life->comm, sizeof(life->comm));
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

/* Only these changes happen in the process that owns the socket: connecting, and closing it from this end. */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(inet_sock_set_state, const struct sock *sk, int before, int after) {
  if (sk->sk_protocol != IPPROTO_TCP) return 0;
  socket_n socket = (socket_n)sk;
  struct life new = {}, *life = bpf_map_lookup_elem(&lives, &socket);

  if (after == TCP_SYN_SENT) {
    if (!wanted()) return 0;
    new.connected = true;
    take_owner(&new);
    if (bpf_map_update_elem(&lives, &socket, &new, BPF_ANY)) lost_updates(1);
  } else if (after == TCP_ESTABLISHED) {
    new.start = bpf_ktime_get_ns();
    if (life)
      life->start = new.start;
    else if (before != TCP_SYN_SENT && bpf_map_update_elem(&lives, &socket, &new, BPF_ANY))
      lost_updates(1);
  } else if (life) {
    bool here = after == TCP_FIN_WAIT1 || after == TCP_LAST_ACK;
    life->finished |= here;
    here |= after == TCP_CLOSE && sk->sk_shutdown == SHUTDOWN_MASK;
    bool drop = false;
    if (!life->pid && here) {
      drop = !wanted();
      take_owner(life);
    }
    if (after != TCP_CLOSE && !drop) return 0;
    if (!drop && life->start && (life->pid || !filtered())) ended(sk, life);
    bpf_map_delete_elem(&lives, &socket);
  }
  return 0;
}
