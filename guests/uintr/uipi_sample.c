// One user interrupt between two threads: the receiver sleeps in small steps until its handler has run.

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "uintr.h"

static volatile unsigned int uintr_received;
static int uintr_fd;

UINTR_HANDLER(uintr_handler, frame, vector) {
  (void)frame, (void)vector;
  uintr_received = 1;
}

static void fail(const char *what) {
  perror(what);
  exit(EXIT_FAILURE);
}

static void *sender_thread(void *unused) {
  int index = uintr_register_sender(uintr_fd, 0);
  if (index < 0) fail("uintr_register_sender");
  _senduipi(index);
#ifdef UINTR_ABI_RFC
  uintr_unregister_sender(uintr_fd, 0);
#else
  uintr_unregister_sender(index, 0);
#endif
  return unused;
}

int main(void) {
  if (uintr_register_handler(UINTR_ADDRESS(uintr_handler), 0)) fail("uintr_register_handler");
  uintr_fd = uintr_create_fd(0, 0);
  if (uintr_fd < 0) fail("uintr_create_fd");
  _stui();

  pthread_t sender;
  if (pthread_create(&sender, NULL, sender_thread, NULL)) fail("pthread_create");
  while (!uintr_received) {
#ifndef SPIN
    usleep(1);
#endif
  }
  pthread_join(sender, NULL);
  close(uintr_fd);
  uintr_unregister_handler(0);
  printf("Success\n");
  return EXIT_SUCCESS;
}
