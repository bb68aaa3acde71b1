// A worker that is preempted every QUANTUM cycles: preemption uintr|signal QUANTUM COUNT. The worker computes on CPU 0; a thread on
// CPU 1 sends it a user interrupt, or a signal, whose handler does nothing. Prints cycles of the work alone and preempted, by RDTSC in
// the worker, and how often the handler ran: "alone CYCLES", "preempted CYCLES", "handled COUNT". Where the handler takes as long as the
// quantum the work would never end: after MOST times as many interrupts as the work alone is long, "saturated 1" is printed and no more sent.

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include "check.h"
#include "uintr.h"

static int by_signal, descriptor, worker;
enum { MOST = 4 };
static unsigned long quantum, count;
static volatile int ready, go, stop, saturated;
static volatile long handled;

UINTR_HANDLER(on_interrupt, frame, vector) {
  (void)frame, (void)vector;
  handled++;
}

static void on_signal(int number) {
  (void)number;
  handled++;
}

static inline unsigned long tsc(void) {
  unsigned low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (unsigned long)high << 32 | low;
}

static void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  must(sched_setaffinity(0, sizeof set, &set) == 0, "sched_setaffinity");
}

static void *preempt(void *unused) {
  pin(1);
  int index = by_signal ? 0 : uintr_register_sender(descriptor, 0);
  must(index >= 0, "uintr_register_sender");
  ready = 1;
  while (!go) continue;
  unsigned long next = tsc();
  for (unsigned long sent = 0; sent < MOST * count; sent++) {
    next += quantum;
    while (tsc() < next)
      if (stop) return unused;
    if (by_signal) syscall(SYS_tgkill, worker, worker, SIGUSR1);
    else _senduipi((unsigned long)index);
  }
  saturated = 1;
  return unused;
}

/* A cycle a step: one taken branch. */
static unsigned long work(unsigned long steps) {
  unsigned long before = tsc();
  __asm__ volatile("1: dec %0\n jnz 1b" : "+r"(steps));
  return tsc() - before;
}

int main(int argc, char **argv) {
  by_signal = argc == 4 && strcmp(argv[1], "signal") == 0;
  quantum = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
  count = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
  if (quantum == 0 || count == 0 || (!by_signal && strcmp(argv[1], "uintr") != 0)) {
    fprintf(stderr, "usage: preemption uintr|signal QUANTUM COUNT\n");
    return 2;
  }
  pin(0);
  worker = getpid();
  must(signal(SIGUSR1, on_signal) != SIG_ERR, "signal");
  if (!by_signal) {
    must(uintr_register_handler(UINTR_ADDRESS(on_interrupt), 0) == 0, "uintr_register_handler");
    descriptor = uintr_create_fd(0, 0);
    must(descriptor >= 0, "uintr_create_fd");
    _stui();
  }
  pthread_t thread;
  must(pthread_create(&thread, NULL, preempt, NULL) == 0, "pthread_create");
  while (!ready) continue;
  unsigned long steps = quantum * count;
  unsigned long alone = work(steps);
  go = 1;
  unsigned long preempted = work(steps);
  long times = handled;
  stop = 1;
  pthread_join(thread, NULL);
  printf("alone %lu\npreempted %lu\nhandled %ld\nsaturated %d\n", alone, preempted, times, saturated);
  return 0;
}
