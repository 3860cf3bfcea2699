/* Loads programs and fills a map, as a busy host has them: crowd PROGRAMS ENTRIES. Begins at once, holds them until its
   input ends. */
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

int main(int argc, char **argv) {
  int programs = atoi(argv[1]), entries = atoi(argv[2]);
  struct rlimit many = {programs + 64, programs + 64};
  setrlimit(RLIMIT_NOFILE, &many);
  struct bpf_insn code[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K}, {.code = BPF_JMP | BPF_EXIT}};
  for (int i = 0; i < programs; i++)
    if (bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "crowd", "GPL", code, 2, NULL) < 0) return perror("program"), 1;
  if (entries) {
    int map = bpf_map_create(BPF_MAP_TYPE_HASH, "crowd", 4, 8, entries, NULL);
    unsigned *keys = calloc(entries, 4), count = entries;
    unsigned long long *values = calloc(entries, 8);
    for (int i = 0; i < entries; i++)
      values[i] = 3ull * (keys[i] = i);
    if (map < 0 || bpf_map_update_batch(map, keys, values, &count, NULL)) return perror("map"), 1;
  }
  puts("ready");
  fflush(stdout);
  while (getchar() != EOF) {
  }
  return 0;
}
