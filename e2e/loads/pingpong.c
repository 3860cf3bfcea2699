/*
 * pingpong SECONDS: two processes on one CPU hand a byte to and fro, each asleep in read() while the other
 * runs, so that each turn is a switch. Prints the turns, and what getrusage says of the first: voluntary
 * switches, all switches.
 */
#include "load.h"
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void hand_on(int from, int to) {
  char byte;
  if (read(from, &byte, 1) != 1 || write(to, &byte, 1) != 1) exit(0);
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &cpus);
  sched_setaffinity(0, sizeof(cpus), &cpus);
  int there[2], back[2];
  if (pipe(there) || pipe(back)) return 1;
  pid_t other = fork();
  if (!other) {
    close(there[1]); /* so that it ends with the other */
    close(back[0]);
    for (;;)
      hand_on(there[0], back[1]);
  }
  wait_for_go();
  long long end = now() + (long long)(atof(argv[1]) * 1e9);
  long turns = 0;
  if (write(there[1], "", 1) != 1) return 1;
  for (; now() < end; turns++)
    hand_on(back[0], there[1]);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("%ld %ld %ld\n", turns, usage.ru_nvcsw, usage.ru_nvcsw + usage.ru_nivcsw);
  kill(other, SIGKILL);
  wait(NULL);
  return 0;
}
