// The completion of a file read arrives as a user interrupt; the handler drains the completion ring.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include "uintr.h"
#include "uring.h"

static struct ring ring;
static volatile unsigned completions;
static volatile int result;

static inline void drain(void) {
  unsigned head = *ring.cq_head;
  while (head != __atomic_load_n(ring.cq_tail, __ATOMIC_ACQUIRE)) {
    result = ring.cqes[head & ring.cq_mask].res;
    head++;
    completions++;
  }
  __atomic_store_n(ring.cq_head, head, __ATOMIC_RELEASE);
}

static volatile unsigned interrupts;

UINTR_HANDLER(handler, frame, vector) {
  (void)frame, (void)vector;
  interrupts++;
  drain();
}

static int fail(const char *what) {
  perror(what);
  return 1;
}

int main(void) {
  if (uintr_register_handler(UINTR_ADDRESS(handler), 0)) return fail("uintr_register_handler");
  int vector = uintr_create_fd(3, 0);
  if (vector < 0) return fail("uintr_create_fd");
#ifdef UINTR_ABI_RFC
  // What later kernels call resv[0] is uintr_fd in this one.
  ring.params.flags = IORING_SETUP_SQPOLL;
  ring.params.sq_thread_idle = 20;
  ring.params.resv[0] = (unsigned)vector;
#endif
  if (ring_open(&ring, 8)) return fail("io_uring_setup");
#ifndef UINTR_ABI_RFC
  if (ring_register(&ring, 31, &vector, 1)) return fail("IORING_REGISTER_UINTR");
  printf("registering twice: %d\n", ring_register(&ring, 31, &vector, 1) == -1 && errno == EBUSY);
#endif
  _stui();
  int fd = open("/proc/self/exe", O_RDONLY);
  static char buffer[4096];
  for (int i = 0; i < 3; i++) {
    unsigned before = interrupts;
    ring_entry(&ring, IORING_OP_READ, fd, buffer, 100 + i, 0, 7);
    unsigned count = ring_publish(&ring);
#ifdef UINTR_ABI_RFC
    (void)count;
    if (__atomic_load_n(ring.sq_flags, __ATOMIC_ACQUIRE) & IORING_SQ_NEED_WAKEUP) ring_enter(&ring, 0, 0, IORING_ENTER_SQ_WAKEUP);
#else
    ring_enter(&ring, count, 0, 0);
#endif
    while (interrupts == before) __builtin_ia32_pause();
    // In the RFC's form the interrupt comes before the tail: what the handler has missed is taken here.
    while (completions < (unsigned)i + 1) {
      _clui();
      drain();
      _stui();
    }
    printf("read %d: result %d\n", i, result);
  }
  printf("interrupts %u completions %u\n", interrupts, completions);
#ifndef UINTR_ABI_RFC
  printf("unregister: %d\n", ring_register(&ring, 32, NULL, 0));
  printf("unregistering nothing: %d\n", ring_register(&ring, 32, NULL, 0) == -1 && errno == ENXIO);
#endif
  close(ring.fd);
  return 0;
}
