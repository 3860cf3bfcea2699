/* Opens and closes one path: as fast as it goes, or at a pace. Prints opens and seconds. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/* A paced load works in bursts of this length, and sleeps between them. */
#define BURST_NSEC 1000000

static long long now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static void sleep_until(long long nsec) {
  struct timespec at = {nsec / 1000000000, nsec % 1000000000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

static void open_once(const char *path) {
  int file = open(path, O_RDONLY);
  if (file >= 0) close(file);
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: open CPU SECONDS RATE PATH (RATE 0: as fast as it goes)\n");
    return 2;
  }
  cpu_set_t cpu;
  CPU_ZERO(&cpu);
  CPU_SET(atoi(argv[1]), &cpu);
  if (sched_setaffinity(0, sizeof(cpu), &cpu)) {
    perror("sched_setaffinity");
    return 1;
  }
  prctl(PR_SET_TIMERSLACK, 1);
  double rate = atof(argv[3]);
  const char *path = argv[4];
  long long start = now(), end = start + atof(argv[2]) * 1e9, at = start, opens = 0;
  while (at < end) {
    /* Clocks are read seldom, so that the storm is one of opens. */
    long long burst = rate > 0 ? (at - start) * 1e-9 * rate - opens : 1000;
    for (long long i = 0; i < burst; i++)
      open_once(path);
    opens += burst;
    if (rate > 0) sleep_until(at + BURST_NSEC);
    at = now();
  }
  printf("%lld %.3f\n", opens, (at - start) * 1e-9);
  return 0;
}
