// The same as spin.c under mangled names.
namespace test {
template <typename T> __attribute__((noinline)) void hot_spin(T) {
  for (;;)
    __asm__ volatile("");
}
} // namespace test

extern "C" __attribute__((noinline)) void spin(void) {
  test::hot_spin(1);
  __asm__ volatile("");
}
