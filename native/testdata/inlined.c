/* Spins in a function that the compiler makes part of its caller, which it makes part of outer. */
#include <unistd.h>

static volatile unsigned long sink;

static inline __attribute__((always_inline)) void innermost(unsigned long rounds) {
  for (unsigned long i = 0; i < rounds; i++)
    sink += i * 7;
}

static inline __attribute__((always_inline)) void middle(unsigned long rounds) {
  innermost(rounds);
  sink++;
}

__attribute__((noinline)) void outer(unsigned long rounds) {
  middle(rounds);
  sink++;
}

int main(void) {
  if (write(1, "\n", 1) != 1) return 1;
  for (;;)
    outer(100000);
}
