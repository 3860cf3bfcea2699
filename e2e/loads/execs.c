/*
 * execs COUNT PROGRAM [ARGUMENT…]: that many children, one after the other, which execute the program with a
 * number and the arguments, by execve and execveat in turn. Prints "PID RESULT" for each: RESULT is 0 or
 * -errno.
 */
#include "load.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

int main(int argc, char **argv, char **environment) {
  if (argc < 3) return 2;
  int count = atoi(argv[1]);
  char number[16];
  char *program = argv[2];
  argv[1] = program;
  argv[2] = number;
  wait_for_go();
  for (int i = 0; i < count; i++) {
    snprintf(number, sizeof(number), "%d", i);
    volatile int result = 0;
    pid_t child = vfork();
    if (child == 0) {
      if (i % 2)
        syscall(SYS_execveat, AT_FDCWD, program, argv + 1, environment, 0);
      else
        syscall(SYS_execve, program, argv + 1, environment);
      result = -errno; /* the parent's: it waits, and shares its memory */
      _exit(0);
    }
    waitpid(child, NULL, 0);
    printf("%d %d\n", child, result);
  }
  return 0;
}
