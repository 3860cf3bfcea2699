/*
 * sleeps COUNT MICROSECONDS: COUNT times a sleep of that long, in known_wait by way of nap, all in one
 * thread. Prints how long it was in known_wait by its own clock, nanoseconds, and how much of it on a CPU by
 * the kernel's.
 */
#include "load.h"
#include <time.h>

static long long nanoseconds(long long seconds, long long rest) {
  return seconds * 1000000000LL + rest;
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return nanoseconds(time.tv_sec, time.tv_nsec);
}

static long long on_cpu(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return nanoseconds(time.tv_sec, time.tv_nsec);
}

/* The C library's functions keep no frame pointer, so a stack has not them and their caller but their
 * caller's. */
__attribute__((noinline)) void nap(long time) {
  struct timespec rest = {.tv_nsec = time};
  nanosleep(&rest, NULL);
}

__attribute__((noinline)) void known_wait(long time) {
  nap(time);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int count = atoi(argv[1]);
  long time = atol(argv[2]) * 1000;
  wait_for_go();
  long long began = now(), worked = on_cpu();
  for (int i = 0; i < count; i++)
    known_wait(time);
  printf("%lld %lld\n", now() - began, on_cpu() - worked);
  return 0;
}
