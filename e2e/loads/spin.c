/* spin: spends its time in hot_spin until it is killed. */
#include "load.h"

void hot_spin(volatile unsigned long *count);

int main(void) {
  volatile unsigned long count = 0;
  wait_for_go();
  for (;;)
    hot_spin(&count);
}
