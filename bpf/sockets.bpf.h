// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* TCP sockets: their states and both their ends. */
#pragma once
#include "meanings.bpf.h"
#include <bpf/bpf_endian.h>

/* A socket's address as a number: a pointer cannot be followed once its own address was given away. */
typedef __u64 socket_n;

enum { AF_INET = 2, IPPROTO_TCP = 6 };
enum { TCP_ESTABLISHED = 1, TCP_SYN_SENT = 2, TCP_FIN_WAIT1 = 4, TCP_CLOSE = 7, TCP_LAST_ACK = 9 };
/* Of skc_flags: the other end's FIN was received. */
enum { SOCK_DONE = 1 };
/* Of sk_shutdown: both directions, which is what close() sets before the state changes. */
enum { SHUTDOWN_MASK = 3 };

static __always_inline void mapped(ipaddr out, __be32 v4) {
  __builtin_memset(out, 0, 10);
  out[10] = out[11] = 0xff;
  __builtin_memcpy(out + 12, &v4, sizeof(v4));
}

static __always_inline void local_address(ipaddr out, const struct sock *sk) {
  if (sk->__sk_common.skc_family == AF_INET)
    mapped(out, sk->__sk_common.skc_rcv_saddr);
  else
    bpf_core_read(out, sizeof(ipaddr), &sk->__sk_common.skc_v6_rcv_saddr);
}

static __always_inline void remote_address(ipaddr out, const struct sock *sk) {
  if (sk->__sk_common.skc_family == AF_INET)
    mapped(out, sk->__sk_common.skc_daddr);
  else
    bpf_core_read(out, sizeof(ipaddr), &sk->__sk_common.skc_v6_daddr);
}

/* skc_num is already 0 when a socket closes. */
static __always_inline port_n local_port(const struct sock *sk) {
  return bpf_ntohs(BPF_CORE_READ((struct inet_sock *)sk, inet_sport));
}

static __always_inline port_n remote_port(const struct sock *sk) {
  return bpf_ntohs(sk->__sk_common.skc_dport);
}
