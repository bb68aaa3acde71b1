// Two threads interrupt each other in turn: ping_pong [ROUNDS]. Prints cycles of a round trip as RDTSC measures them.

#include <pthread.h>
#include "check.h"
#include "uintr.h"

static volatile int pings, pongs;
static int ping_fd, pong_fd;
static volatile int ready;
static int rounds = 1000;

static unsigned long long tsc(void) {
  unsigned low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (unsigned long long)high << 32 | low;
}

UINTR_HANDLER(on_ping, frame, vector) {
  (void)frame, (void)vector;
  pings++;
}

UINTR_HANDLER(on_pong, frame, vector) {
  (void)frame, (void)vector;
  pongs++;
}

static void *answer(void *unused) {
  must(uintr_register_handler(UINTR_ADDRESS(on_ping), 0) == 0, "uintr_register_handler");
  ping_fd = uintr_create_fd(0, 0);
  must(ping_fd >= 0, "uintr_create_fd");
  int index = uintr_register_sender(pong_fd, 0);
  must(index >= 0, "uintr_register_sender");
  _stui();
  ready = 1;
  for (int i = 1; i <= rounds + rounds / 10; i++) {
    while (pings < i) continue;
    _senduipi(index);
  }
  return unused;
}

int main(int argc, char **argv) {
  if (argc > 1) rounds = atoi(argv[1]);
  must(uintr_register_handler(UINTR_ADDRESS(on_pong), 0) == 0, "uintr_register_handler");
  pong_fd = uintr_create_fd(0, 0);
  must(pong_fd >= 0, "uintr_create_fd");
  _stui();
  pthread_t thread;
  must(pthread_create(&thread, NULL, answer, NULL) == 0, "pthread_create");
  while (!ready) continue;
  int index = uintr_register_sender(ping_fd, 0);
  must(index >= 0, "uintr_register_sender");
  unsigned long long start = 0;
  for (int i = 1; i <= rounds + rounds / 10; i++) {
    if (i == rounds / 10 + 1) start = tsc();
    _senduipi(index);
    while (pongs < i) continue;
  }
  unsigned long long cycles = tsc() - start;
  pthread_join(thread, NULL);
  printf("%d round trips, %llu cycles each\n", rounds, cycles / (unsigned)rounds);
  return 0;
}
