// A handler that sets UIF again is interrupted by the next vector, even a lower one; without that it runs to its end first.

#include "check.h"
#include "uintr.h"

static volatile int trail[16], length, nest, depth, deepest;
static int low, high;

UINTR_HANDLER(handler, frame, vector) {
  (void)frame;
  depth++;
  if (depth > deepest) deepest = depth;
  trail[length++] = (int)vector;
  if (vector == 40) {
    if (nest) _stui();
    _senduipi(low);
    for (volatile int i = 0; i < 20000; i++) continue;
    trail[length++] = -1;
  }
  depth--;
}

int main(void) {
  must(uintr_register_handler(UINTR_ADDRESS(handler), 0) == 0, "uintr_register_handler");
  int high_fd = uintr_create_fd(40, 0), low_fd = uintr_create_fd(2, 0);
  must(high_fd >= 0 && low_fd >= 0, "uintr_create_fd");
  high = uintr_register_sender(high_fd, 0);
  low = uintr_register_sender(low_fd, 0);
  must(high >= 0 && low >= 0, "uintr_register_sender");
  _stui();

  _senduipi(high);
  while (length < 3) continue;
  check(trail[0] == 40 && trail[1] == -1 && trail[2] == 2 && deepest == 1, "a handler runs to its end");
  nest = 1;
  length = deepest = 0;
  _senduipi(high);
  while (length < 3) continue;
  check(trail[0] == 40 && trail[1] == 2 && trail[2] == -1 && deepest == 2, "unless it sets UIF: then a lower vector nests");
  while (depth) continue;
  check(_testui(), "UIRET sets UIF");
  return check_result();
}
