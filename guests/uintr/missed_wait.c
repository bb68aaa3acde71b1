// What uintr_wait makes of an interrupt that came right before it: nothing. Whatever has been delivered, or is in UIRR, ends no wait.

#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include "check.h"
#include "uintr.h"

static volatile int received, signals;
static int descriptor, to_self;

UINTR_HANDLER(handler, frame, vector) {
  (void)frame, (void)vector;
  received++;
}

static void on_signal(int number) {
  (void)number;
  signals++;
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ll + time.tv_nsec;
}

/* Longer than the flight of an interrupt. */
static void pause_a_while(void) {
  for (volatile int i = 0; i < 20000; i++) continue;
}

static const long long MILLISECOND = 1000000;

struct helper {
  pthread_t thread, target;
  int by_signal;
};

/* Another interrupt, or a signal, when the receiver has waited for 5 ms. */
static void *help(void *argument) {
  struct helper *helper = argument;
  int index = uintr_register_sender(descriptor, 0);
  must(index >= 0, "uintr_register_sender");
  struct timespec time = {0, 5 * MILLISECOND};
  nanosleep(&time, NULL);
  if (helper->by_signal) pthread_kill(helper->target, SIGUSR1);
  else _senduipi(index);
  return NULL;
}

static void start(struct helper *helper, int by_signal) {
  helper->target = pthread_self();
  helper->by_signal = by_signal;
  must(pthread_create(&helper->thread, NULL, help, helper) == 0, "pthread_create");
}

/* One wait, and how long it took. */
static int result, error;
static long long took;

static void wait_once(void) {
  long long before = now();
#if defined(UINTR_ABI_RFC) || defined(UINTR_ABI_K518)
  result = uintr_wait(0);
#else
  result = uintr_wait(5000, 0);
#endif
  error = errno;
  took = now() - before;
}

#if defined(UINTR_ABI_RFC) || defined(UINTR_ABI_K518)
/* Without a time limit it takes another interrupt to end the wait. */
enum { LATER = 1 };
static void wait_through(void) {
  struct helper helper;
  start(&helper, 0);
  wait_once();
  pthread_join(helper.thread, NULL);
}
static int lasted(void) { return result == -1 && error == EINTR && took >= 4 * MILLISECOND; }
#else
enum { LATER = 0 };
static void wait_through(void) { wait_once(); }
static int lasted(void) { return result == 0 && took >= 5 * MILLISECOND; }
#endif

int main(void) {
#ifdef UINTR_ABI_RFC
  must(uintr_register_handler(UINTR_ADDRESS(handler), 0) == 0, "uintr_register_handler");
#else
  must(uintr_register_handler(UINTR_ADDRESS(handler), UINTR_WAITING_RECEIVER) == 0, "uintr_register_handler");
#endif
  descriptor = uintr_create_fd(0, 0);
  must(descriptor >= 0, "uintr_create_fd");
  to_self = uintr_register_sender(descriptor, 0);
  must(to_self >= 0, "uintr_register_sender");
  must(signal(SIGUSR1, on_signal) != SIG_ERR, "signal");
  _stui();

  _senduipi(to_self);
  while (received == 0) continue;
  wait_through();
  check(lasted() && received == 1 + LATER, "an interrupt that was delivered before the call does not end it");

  received = 0;
  _clui();
  _senduipi(to_self);
  pause_a_while();
  wait_through();
  check(lasted() && received == 0, "nor does one that waits in UIRR for UIF");
  _stui();
  while (received == 0) continue;
  check(received == 1, "it is not lost: STUI delivers it, once with what came later");

#if defined(UINTR_ABI_RFC) || defined(UINTR_ABI_K518)
  received = 0;
  struct helper helper;
  start(&helper, 1);
  wait_once();
  pthread_join(helper.thread, NULL);
  check(result == -1 && error == EINTR && signals == 1 && received == 0, "a signal ends the wait, too");
  _senduipi(to_self);
  while (received == 0) continue;
  check(received == 1, "and the next interrupt arrives");
#else
  /* So a program looks, waits for a bounded time, and looks again. */
  received = 0;
  long long before = now();
  _senduipi(to_self);
  while (received == 0) continue;
  int done = 0;
  while (!done) {
    wait_once();
    done = received > 0;
  }
  check(done && now() - before < 20 * MILLISECOND, "a wait with a limit makes it late, not lost");
#endif
  return check_result();
}
