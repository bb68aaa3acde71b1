// A user interrupt to a receiver that is not running: receiver and a competitor share CPU 0, the sender is on CPU 1.
// The receiver yields to the competitor, which keeps the CPU until the interrupt has been sent, so SENDUIPI finds SN set.

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "uintr.h"

static volatile int received, competitor_runs, sent;
static int uintr_fd;

UINTR_HANDLER(uintr_handler, frame, vector) {
  (void)frame, (void)vector;
  received = 1;
}

static void fail(const char *what) {
  perror(what);
  exit(EXIT_FAILURE);
}

static void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof set, &set)) fail("sched_setaffinity");
}

static void *competitor_thread(void *unused) {
  pin(0);
  competitor_runs = 1;
  while (!sent) {
  }
  return unused;
}

static void *sender_thread(void *unused) {
  pin(1);
  int index = uintr_register_sender(uintr_fd, 0);
  if (index < 0) fail("uintr_register_sender");
  while (!competitor_runs) sched_yield();
  _senduipi(index);
  sent = 1;
  return unused;
}

int main(void) {
  pin(0);
  if (uintr_register_handler(UINTR_ADDRESS(uintr_handler), 0)) fail("uintr_register_handler");
  uintr_fd = uintr_create_fd(0, 0);
  if (uintr_fd < 0) fail("uintr_create_fd");
  _stui();

  pthread_t sender, competitor;
  if (pthread_create(&sender, NULL, sender_thread, NULL)) fail("pthread_create");
  if (pthread_create(&competitor, NULL, competitor_thread, NULL)) fail("pthread_create");
  while (!competitor_runs) sched_yield();
  while (!received) {
  }
  pthread_join(sender, NULL);
  pthread_join(competitor, NULL);
  printf("Success\n");
  return EXIT_SUCCESS;
}
