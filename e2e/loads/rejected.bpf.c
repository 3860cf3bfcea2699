/* What the verifier rejects: it reads through a pointer that may be NULL. */
#include "filter.bpf.h"
#include "events.bpf.h"

struct event {
  pid_n pid;
};

EVENTS(struct event, RING_BYTES);

SEC("tp_btf/sched_switch")
int sched_switch(void *ctx) {
  __u32 any = bpf_get_smp_processor_id();
  struct loss *here = bpf_map_lookup_elem(&loss, &any);
  here->ring = wanted();
  return 0;
}
