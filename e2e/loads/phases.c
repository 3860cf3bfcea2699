/*
 * phases: calls itself a few times over, then spends each even second of CLOCK_MONOTONIC in even_work, and
 * the first half of each odd one in odd_work; a second thread spends a tenth of each second in a function
 * with a name that a careless pattern takes for ever on.
 */
#include <pthread.h>
#include <time.h>

static volatile unsigned long count;

static void spin(void) {
  for (unsigned long i = 0; i < 100000; i++)
    count += i;
}

__attribute__((noinline)) void even_work(void) {
  spin();
}

__attribute__((noinline)) void odd_work(void) {
  spin();
}

__attribute__((noinline)) void aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_(void) {
  spin();
}

static long milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void rest(void) {
  struct timespec time = {.tv_nsec = 1000000};
  nanosleep(&time, NULL);
}

__attribute__((noinline)) void descend(int left) {
  if (left > 0) {
    descend(left - 1);
    return;
  }
  for (;;) {
    long now = milliseconds();
    if (now / 1000 % 2 == 0)
      even_work();
    else if (now % 1000 < 500)
      odd_work();
    else
      rest();
  }
}

static void *helper(void *unused) {
  for (;;)
    if (milliseconds() % 1000 < 100)
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_();
    else
      rest();
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, helper, NULL);
  descend(6);
}
