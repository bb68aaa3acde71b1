// What the uintr system calls answer to bad arguments and wrong states.

#include <pthread.h>
#include "check.h"
#include "uintr.h"

static int dead_descriptor;

UINTR_HANDLER(handler, frame, vector) {
  (void)frame, (void)vector;
}

static void *receiver_that_ends(void *unused) {
  must(uintr_register_handler(UINTR_ADDRESS(handler), 0) == 0, "uintr_register_handler");
  dead_descriptor = uintr_create_fd(0, 0);
  must(dead_descriptor >= 0, "uintr_create_fd");
  return unused;
}

int main(void) {
  check_errno(uintr_register_handler(0, 0), EFAULT, "a handler at NULL");
  check_errno(uintr_register_handler(UINTR_ADDRESS(handler), 0x10), EINVAL, "register_handler with unknown flags");
  check_errno(uintr_create_fd(0, 0), EINVAL, "a vector without a handler");
  check_errno(uintr_unregister_handler(0), EINVAL, "unregister_handler before register_handler");
  check(uintr_register_handler(UINTR_ADDRESS(handler), 0) == 0, "register_handler");
  check_errno(uintr_register_handler(UINTR_ADDRESS(handler), 0), EBUSY, "register_handler twice");
  check_errno(uintr_unregister_handler(1), EINVAL, "unregister_handler with flags");
  check_errno(uintr_create_fd(0, 1), EINVAL, "create_fd with flags");
  check_errno(uintr_create_fd(64, 0), ENOSPC, "vector 64");
  check_errno(uintr_create_fd(1ull << 40, 0), ENOSPC, "a vector beyond 32 bits");
  int first = uintr_create_fd(0, 0);
  check(first >= 0, "vector 0");
#ifdef UINTR_ABI_RFC
  check_errno(uintr_create_fd(0, 0), EBUSY, "vector 0 again");
#else
  int again = uintr_create_fd(0, 0);
  check(again >= 0 && again != first, "vector 0 again is a second descriptor");
#endif
  char byte;
  check(read(first, &byte, 1) == -1 && write(first, &byte, 1) == -1, "the descriptor is not for reading or writing");

  check_errno(uintr_register_sender(-1, 0), EBADF, "register_sender of no descriptor");
  check_errno(uintr_register_sender(500, 0), EBADF, "register_sender of a closed descriptor");
  check_errno(uintr_register_sender(1, 0), EOPNOTSUPP, "register_sender of standard output");
  check_errno(uintr_register_sender(first, 1), EINVAL, "register_sender with flags");
  int index = uintr_register_sender(first, 0);
  check(index == 0, "register_sender gives index 0");
#ifdef UINTR_ABI_RFC
  check_errno(uintr_register_sender(first, 0), EISCONN, "register_sender twice");
  check_errno(uintr_unregister_sender(1, 0), EOPNOTSUPP, "unregister_sender of standard output");
  check_errno(uintr_unregister_sender(500, 0), EBADF, "unregister_sender of a closed descriptor");
  check(uintr_unregister_sender(first, 0) == 0, "unregister_sender");
  check_errno(uintr_unregister_sender(first, 0), EINVAL, "unregister_sender twice");
#else
  check(uintr_register_sender(first, 0) == 1, "register_sender twice gives a second index");
  check_errno(uintr_unregister_sender(77, 0), EINVAL, "unregister_sender of an index that is not allocated");
  check_errno(uintr_unregister_sender(-1, 0), EINVAL, "unregister_sender of index -1");
  check(uintr_unregister_sender(0, 0) == 0, "unregister_sender");
  check_errno(uintr_unregister_sender(0, 0), EINVAL, "unregister_sender twice");
  check(uintr_register_sender(first, 0) == 0, "the lowest index is used again");
#endif

  pthread_t thread;
  pthread_create(&thread, NULL, receiver_that_ends, NULL);
  pthread_join(thread, NULL);
  check_errno(uintr_register_sender(dead_descriptor, 0), ESHUTDOWN, "register_sender to a thread that has ended");

  int taken = 0, last;
  int extra[256];
#ifdef UINTR_ABI_RFC
  for (int v = 1; v < 64; v++) {
    extra[v] = uintr_create_fd(v, 0);
    last = uintr_register_sender(extra[v], 0);
    taken += last >= 0;
  }
  check(taken == 63, "63 more connections");
#else
  (void)extra;
  while ((last = uintr_register_sender(first, 0)) >= 0) taken++;
  check(last == -1 && errno == ENOSPC && taken == 254, "the 257th connection");
#endif
  check(uintr_unregister_handler(0) == 0, "unregister_handler");
  check_errno(uintr_unregister_handler(0), EINVAL, "unregister_handler twice");
  check(uintr_register_handler(UINTR_ADDRESS(handler), 0) == 0, "register_handler again");
  return check_result();
}
