/* crowd COUNT SECONDS: so many processes, each of which wakes up every so many seconds. Prints "ready" when
 * all are there; they end with it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  unsigned period = atoi(argv[2]);
  for (int i = 0; i < atoi(argv[1]); i++) {
    pid_t child = fork();
    if (child < 0) {
      perror("fork");
      return 1;
    }
    if (child) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* Spread over the period. */
    sleep(i % period);
    usleep(i * 7919 % 1000000);
    for (;;)
      sleep(period);
  }
  if (write(1, "ready\n", 6) != 6) return 1;
  pause();
  return 0;
}
