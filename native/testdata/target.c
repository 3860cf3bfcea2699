// The process that tests trace: `target calls N`, `target probed N`, `target spin`.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void spin(void); // spin.c

__attribute__((noinline)) int probed(int number) {
  __asm__ volatile("" : "+r"(number));
  return number;
}

int main(int argc, char **argv) {
  long count = argc > 2 ? atol(argv[2]) : 0;
  if (argc > 1 && !strcmp(argv[1], "spin")) spin();
  // Begins when it is told to, so that nothing happens before it is traced.
  printf("ready\n");
  fflush(stdout);
  getchar();
  for (long i = 0; i < count; i++)
    if (argv[1][0] == 'c')
      syscall(SYS_getppid);
    else
      probed((int)i);
  return 0;
}
