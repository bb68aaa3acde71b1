// 64 senders to one receiver, each with a vector of its own; then several pending at once, which arrive highest first.

#include <pthread.h>
#include "check.h"
#include "uintr.h"

static volatile unsigned long long seen;
static volatile int order[UINTR_VECTORS], arrivals;
static int descriptors[UINTR_VECTORS];
static volatile int turn;

UINTR_HANDLER(handler, frame, vector) {
  (void)frame;
  seen |= 1ull << vector;
  order[arrivals % UINTR_VECTORS] = (int)vector;
  arrivals++;
}

static void *sender(void *unused) {
  int index[UINTR_VECTORS];
  for (int v = 0; v < UINTR_VECTORS; v++) {
    index[v] = uintr_register_sender(descriptors[v], 0);
    must(index[v] >= 0, "uintr_register_sender");
  }
  for (int v = 0; v < UINTR_VECTORS; v++) {
    int before = arrivals;
    _senduipi(index[v]);
    while (arrivals == before) continue;
  }
  turn = 1;
  while (turn != 2) continue;
  const int some[] = {3, 41, 0, 63, 17};
  for (int i = 0; i < 5; i++) _senduipi(index[some[i]]);
  turn = 3;
  return unused;
}

int main(void) {
  must(uintr_register_handler(UINTR_ADDRESS(handler), 0) == 0, "uintr_register_handler");
  for (int v = 0; v < UINTR_VECTORS; v++) {
    descriptors[v] = uintr_create_fd(v, 0);
    must(descriptors[v] >= 0, "uintr_create_fd");
  }
  check_errno(uintr_create_fd(UINTR_VECTORS, 0), ENOSPC, "vector 64");
  _stui();
  pthread_t thread;
  must(pthread_create(&thread, NULL, sender, NULL) == 0, "pthread_create");
  while (turn != 1) continue;
  int ascending = arrivals == UINTR_VECTORS;
  for (int v = 0; v < UINTR_VECTORS; v++) ascending &= order[v] == v;
  check(seen == ~0ull, "all 64 vectors arrive");
  check(ascending, "one by one in the order they were sent");

  arrivals = 0;
  _clui();
  check(!_testui(), "UIF is clear after CLUI");
  turn = 2;
  while (turn != 3) continue;
  check(arrivals == 0, "nothing is delivered while UIF is clear");
  _stui();
  while (arrivals < 5) continue;
  check(_testui(), "UIF is set after the handlers");
  check(order[0] == 63 && order[1] == 41 && order[2] == 17 && order[3] == 3 && order[4] == 0, "the highest vector is delivered first");
  pthread_join(thread, NULL);
  return check_result();
}
