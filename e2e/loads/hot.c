/* Apart from spin.c, so that it can be put into a shared library. */
__attribute__((noinline)) void hot_spin(volatile unsigned long *count) {
  for (unsigned long i = 0; i < 100000; i++)
    *count += i;
}
