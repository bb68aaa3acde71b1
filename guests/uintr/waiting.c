// Receivers that block: uintr_wait, and system calls under each WAITING mode.

#define _GNU_SOURCE
#include <pthread.h>
#include <time.h>
#include "check.h"
#include "uintr.h"

static volatile int received, stop;
static int descriptor;

UINTR_HANDLER(handler, frame, vector) {
  (void)frame, (void)vector;
  received++;
}

static void rest(long milliseconds) {
  struct timespec time = {0, milliseconds * 1000000};
  nanosleep(&time, NULL);
}

/* Sends one interrupt when the receiver has had time to block. */
static void *sender(void *unused) {
  int index = uintr_register_sender(descriptor, 0);
  must(index >= 0, "uintr_register_sender");
  rest(5);
  _senduipi(index);
  return unused;
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static void start(pthread_t *thread) {
  received = 0;
  must(pthread_create(thread, NULL, sender, NULL) == 0, "pthread_create");
}

/* A uintr_wait with a time limit is a sleep like any other: only a WAITING mode lets an interrupt end it. */
#if defined(UINTR_ABI_RFC) || defined(UINTR_ABI_K518)
enum { WAITING_MODE = 0 };
#else
#define TIMED_WAIT
enum { WAITING_MODE = UINTR_WAITING_RECEIVER };
#endif

static int wait_for_interrupt(void) {
#ifdef TIMED_WAIT
  return uintr_wait(1000000000, 0);
#else
  return uintr_wait(0);
#endif
}

static void receive(unsigned flags) {
  must(uintr_register_handler(UINTR_ADDRESS(handler), flags) == 0, "uintr_register_handler");
  descriptor = uintr_create_fd(0, 0);
  must(descriptor >= 0, "uintr_create_fd");
  _stui();
}

static void receive_again(unsigned flags) {
  close(descriptor);
  must(uintr_unregister_handler(0) == 0, "uintr_unregister_handler");
  receive(flags);
}

int main(void) {
  pthread_t thread;
  check_errno(wait_for_interrupt(), EOPNOTSUPP, "uintr_wait without a handler");
  receive(WAITING_MODE);
  start(&thread);
  int result = wait_for_interrupt();
  check(result == -1 && errno == EINTR && received == 1, "uintr_wait ends with EINTR behind the handler");
  pthread_join(thread, NULL);
#ifdef TIMED_WAIT
  check(uintr_wait(0, 0) == 0, "uintr_wait of no time");
  check_errno(uintr_wait(1000000001, 0), EINVAL, "uintr_wait of too long a time");
  long long before = now();
  check(uintr_wait(2000, 0) == 0 && now() - before >= 2000000, "uintr_wait runs out");
  receive_again(0);
  start(&thread);
  before = now();
  check(uintr_wait(40000, 0) == 0 && now() - before >= 40000000 && received == 1,
        "without a WAITING mode uintr_wait lasts, and the interrupt follows it");
  pthread_join(thread, NULL);
#endif

  struct timespec time = {0, 40000000};
  start(&thread);
  long long begin = now();
  check(nanosleep(&time, NULL) == 0 && now() - begin >= 40000000 && received == 1,
        "without a WAITING mode a sleep lasts, and the interrupt follows it");
  pthread_join(thread, NULL);

#ifndef UINTR_ABI_RFC
  static const struct {
    unsigned flags;
    const char *text;
  } modes[] = {
      {UINTR_WAITING_RECEIVER, "WAITING_RECEIVER: nanosleep ends with EINTR"},
      {UINTR_WAITING_SENDER, "WAITING_SENDER: nanosleep ends with EINTR"},
      {UINTR_WAITING_ANY, "WAITING_ANY: nanosleep ends with EINTR"},
  };
  for (int i = 0; i < 3; i++) {
    receive_again(modes[i].flags);
    time.tv_sec = 5;
    start(&thread);
    result = nanosleep(&time, NULL);
    check(result == -1 && errno == EINTR && received == 1, modes[i].text);
    pthread_join(thread, NULL);
    int p[2];
    char byte;
    must(pipe(p) == 0, "pipe");
    start(&thread);
    check_errno(read(p[0], &byte, 1), EINTR, "and so does read");
    check(received == 1, "behind the handler");
    pthread_join(thread, NULL);
    close(p[0]);
    close(p[1]);
  }
#endif
  return check_result();
}
