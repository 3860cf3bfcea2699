/*
 * sleeps COUNT MICROSECONDS MILLISECONDS: COUNT times a sleep of that long, in known_wait by way of nap, then
 * work for so many milliseconds, in known_work. Prints of each how long it took and how much of that on a
 * CPU, nanoseconds, by the kernel's clocks.
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

__attribute__((noinline)) void known_work(long long end) {
  while (now() < end)
    ;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int count = atoi(argv[1]);
  long time = atol(argv[2]) * 1000;
  long long work = atoll(argv[3]) * 1000000;
  wait_for_go();
  long long began = now(), worked = on_cpu();
  for (int i = 0; i < count; i++)
    known_wait(time);
  printf("%lld %lld ", now() - began, on_cpu() - worked);
  began = now(), worked = on_cpu();
  known_work(began + work);
  printf("%lld %lld\n", now() - began, on_cpu() - worked);
  return 0;
}
