// Interrupts to oneself: through a sender connection of one's own, and by uintr_register_self, in a spin and in a sleep.

#include "check.h"
#include "uintr.h"

static volatile int received[UINTR_VECTORS];

UINTR_HANDLER(handler, frame, vector) {
  (void)frame;
  received[vector]++;
}

static void spin_until(int vector, int count) {
  while (received[vector] < count) continue;
}

int main(void) {
  must(uintr_register_handler(UINTR_ADDRESS(handler), 0) == 0, "uintr_register_handler");
  int descriptor = uintr_create_fd(5, 0);
  must(descriptor >= 0, "uintr_create_fd");
  int index = uintr_register_sender(descriptor, 0);
  must(index >= 0, "uintr_register_sender");
  _stui();
  _senduipi(index);
  spin_until(5, 1);
  check(received[5] == 1, "an interrupt to oneself arrives in a long spin");
  _senduipi(index);
  while (received[5] < 2) usleep(1);
  check(received[5] == 2, "and in short sleeps");
  _clui();
  for (int i = 0; i < 10; i++) _senduipi(index);
  for (volatile int i = 0; i < 10000; i++) continue;
  check(received[5] == 2, "none arrives while UIF is clear");
  _stui();
  spin_until(5, 3);
  for (volatile int i = 0; i < 10000; i++) continue;
  check(received[5] == 3, "ten of one vector are one");

#if !defined(UINTR_ABI_RFC) && !defined(UINTR_ABI_K518)
  int self = uintr_register_self(9, 0);
  check(self >= 0, "uintr_register_self");
  _senduipi(self);
  spin_until(9, 1);
  check(received[9] == 1, "arrives with its vector");
  check_errno(uintr_register_self(UINTR_VECTORS, 0), ENOSPC, "uintr_register_self of vector 64");
  check_errno(uintr_register_self(9, 1), EINVAL, "uintr_register_self with flags");
#endif
  return check_result();
}
