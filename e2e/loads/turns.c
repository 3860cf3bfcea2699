/*
 * turns call|function|open|spin: for each line "MILLISECONDS" on its input, makes turns for so long, and
 * prints how many it made, what they took of its CPU time, nanoseconds, and when it ended by CLOCK_MONOTONIC,
 * nanoseconds. A turn is a getppid(), a call of `turned`, an open() of what is not there, or some arithmetic.
 */
#include "load.h"
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

static long long now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

__attribute__((noinline)) int turned(int i) {
  __asm__ volatile("" : "+r"(i));
  return i;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  char what = argv[1][0];
  int milliseconds;
  volatile unsigned long sum = 0;
  wait_for_go();
  while (scanf("%d", &milliseconds) == 1) {
    long long turns = 0, end = now(CLOCK_MONOTONIC) + milliseconds * 1000000LL;
    long long cpu = now(CLOCK_THREAD_CPUTIME_ID);
    while (now(CLOCK_MONOTONIC) < end)
      for (int i = 0; i < 200; i++, turns++) {
        if (what == 'c')
          syscall(SYS_getppid);
        else if (what == 'f')
          turned(i);
        else if (what == 'o')
          open("/no/such/file", O_RDONLY);
        else
          for (int j = 0; j < 100; j++)
            sum += j;
      }
    printf("%lld %lld %lld\n", turns, now(CLOCK_THREAD_CPUTIME_ID) - cpu, now(CLOCK_MONOTONIC));
    fflush(stdout);
  }
  return 0;
}
