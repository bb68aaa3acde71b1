// Talks with a thread outside, whose vector descriptor it is given as descriptor 3: remote_peer [ROUNDS]. Says that it is ready by an
// interrupt, then answers each interrupt by one. Its own vector is 5; the number of its descriptor is the first line it prints.

#include "check.h"
#include "uintr.h"

static volatile int seen;

UINTR_HANDLER(on_interrupt, frame, vector) {
  (void)frame;
  if (vector == 5) seen++;
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 1;
  must(uintr_register_handler(UINTR_ADDRESS(on_interrupt), 0) == 0, "uintr_register_handler");
  int fd = uintr_create_fd(5, 0);
  must(fd >= 0, "uintr_create_fd");
  int index = uintr_register_sender(3, 0);
  must(index >= 0, "uintr_register_sender");
  printf("%d\n", fd);
  fflush(stdout);
  _stui();
  _senduipi(index);
  for (int i = 1; i <= rounds; i++) {
    while (seen < i) continue;
    _senduipi(index);
  }
  printf("%d\n", seen);
  return 0;
}
