/*
 * turns call|function|open|spin: for each line "MILLISECONDS" on its input, makes turns for so long, and
 * prints how many it made, what they took of its CPU time, nanoseconds, when it ended by CLOCK_MONOTONIC,
 * nanoseconds, and what interrupts took of its CPU time, nanoseconds (spin; others: 0). A turn is a getppid(),
 * a call of `turned`, an open() of what is not there, or a look at the clock.
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

/*
 * Looks at the clock until `end`, and gives how often. Where more goes by between two looks than a look takes,
 * it was interrupted (as native/calibration.cc, whose figures this one checks): by what its CPU time says beyond
 * the looks, it has lost so much; `looking` is what asking for that takes itself.
 */
static long long look(long long end, long long looking, long long *lost) {
  long long turns = 0, spent = now(CLOCK_THREAD_CPUTIME_ID), since = now(CLOCK_MONOTONIC), last = since;
  for (; last < end; turns++) {
    long long at = now(CLOCK_MONOTONIC);
    if (at - last < 300) {
      last = at;
      continue;
    }
    long long after = now(CLOCK_THREAD_CPUTIME_ID);
    *lost += after - spent - (last - since) - looking;
    spent = after;
    since = last = now(CLOCK_MONOTONIC);
  }
  return turns;
}

/* Nanoseconds for a look at both clocks: the least of many, as interrupts come between. */
static long long cost_of_looking(void) {
  long long least = 1000000000;
  for (int i = 0; i < 1000; i++) {
    long long start = now(CLOCK_THREAD_CPUTIME_ID);
    now(CLOCK_MONOTONIC);
    long long took = now(CLOCK_THREAD_CPUTIME_ID) - start;
    if (took < least) least = took;
  }
  return least;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  char what = argv[1][0];
  int milliseconds;
  long long looking = cost_of_looking();
  wait_for_go();
  while (scanf("%d", &milliseconds) == 1) {
    long long turns = 0, lost = 0, end = now(CLOCK_MONOTONIC) + milliseconds * 1000000LL;
    long long cpu = now(CLOCK_THREAD_CPUTIME_ID);
    if (what == 's') turns = look(end, looking, &lost);
    while (now(CLOCK_MONOTONIC) < end)
      for (int i = 0; i < 200; i++, turns++) {
        if (what == 'c')
          syscall(SYS_getppid);
        else if (what == 'f')
          turned(i);
        else
          open("/no/such/file", O_RDONLY);
      }
    cpu = now(CLOCK_THREAD_CPUTIME_ID) - cpu;
    printf("%lld %lld %lld %lld\n", turns, cpu, now(CLOCK_MONOTONIC), lost);
    fflush(stdout);
  }
  return 0;
}
