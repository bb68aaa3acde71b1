// Waits for an interrupt that nobody sends: every thread of the machine waits for ever.

#include <pthread.h>
#include "check.h"
#include "uintr.h"

UINTR_HANDLER(handler, frame, vector) {
  (void)frame, (void)vector;
}

static void wait_for_interrupt(void) {
  for (;;) {
#if defined(UINTR_ABI_RFC) || defined(UINTR_ABI_K518)
    uintr_wait(0);
#else
    pause();
#endif
  }
}

static void *join_nobody(void *mutex) {
  pthread_mutex_lock(mutex);
  return NULL;
}

int main(void) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  must(uintr_register_handler(UINTR_ADDRESS(handler), 0) == 0, "uintr_register_handler");
  must(uintr_create_fd(0, 0) >= 0, "uintr_create_fd");
  _stui();
  pthread_t thread;
  pthread_mutex_lock(&mutex);
  must(pthread_create(&thread, NULL, join_nobody, &mutex) == 0, "pthread_create");
  printf("waiting\n");
  fflush(stdout);
  wait_for_interrupt();
}
