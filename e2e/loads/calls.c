/*
 * calls COUNT SLEEPS MICROSECONDS: COUNT calls of counted_one, twice as many of counted_two, SLEEPS calls of
 * sleeping, each of which sleeps that long; COUNT getppid() and twice as many getuid(). Prints how long the
 * sleeping took by its own clock, nanoseconds.
 */
#include "load.h"
#include <sys/syscall.h>
#include <time.h>

static volatile int called;

__attribute__((noinline)) void counted_one(void) {
  called++;
}

__attribute__((noinline)) void counted_two(void) {
  called--;
}

__attribute__((noinline)) void sleeping(long nanoseconds) {
  struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
  if (called++ % 2)
    syscall(SYS_nanosleep, &time, NULL);
  else
    syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &time, NULL);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int count = atoi(argv[1]), sleeps = atoi(argv[2]);
  long nanoseconds = atol(argv[3]) * 1000;
  wait_for_go();
  for (int i = 0; i < count; i++)
    counted_one();
  for (int i = 0; i < 2 * count; i++)
    counted_two();
  for (int i = 0; i < count; i++)
    syscall(SYS_getppid);
  for (int i = 0; i < 2 * count; i++)
    syscall(SYS_getuid);
  called = 0;
  long long began = now();
  for (int i = 0; i < sleeps; i++)
    sleeping(nanoseconds);
  printf("%lld\n", now() - began);
  return 0;
}
