/* programs: prints the id of every eBPF program that is loaded on this host, one a line. */
#include <linux/bpf.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  union bpf_attr attr = {};
  for (; !syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr, sizeof(attr)); attr.start_id = attr.next_id)
    printf("%u\n", attr.next_id);
  return 0;
}
