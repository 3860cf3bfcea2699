// Two known frames with all of the time in the inner one.
__attribute__((noinline)) void hot_spin(void) {
  for (;;)
    __asm__ volatile("");
}

__attribute__((noinline)) void spin(void) {
  hot_spin();
  __asm__ volatile("");
}
