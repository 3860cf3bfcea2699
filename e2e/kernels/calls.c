/* Calls a function of its own and a system call as often as it is told: what exact counts are compared with. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((noinline)) int counted(int i) {
  __asm__ volatile("" : "+r"(i));
  return i;
}

int main(int argc, char **argv) {
  int calls = argc > 1 ? atoi(argv[1]) : 0;
  for (int i = 0; i < calls; i++) {
    counted(i);
    syscall(SYS_getpgid, 0);
  }
  return 0;
}
