// What single system calls and pairs of them take, one thread: primitives ROUNDS. Prints "NAME CYCLES ROUNDS" for each, by RDTSC,
// behind a tenth as many rounds that are not measured. Calls are made without libc, whose code is not what is measured.

#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include "check.h"
#include "uring.h"

enum { BATCH = 32 };

static int event, ends[2], this_process;
static char eight[8] = {1};
static volatile sig_atomic_t taken;
static struct ring ring;

static inline unsigned long long tsc(void) {
  unsigned low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (unsigned long long)high << 32 | low;
}

static inline long call(long number, long first, long second, long third) {
  long result = number;
  __asm__ volatile("syscall" : "+a"(result) : "D"(first), "S"(second), "d"(third) : "rcx", "r11", "memory");
  return result;
}

static inline long enter(unsigned submit, unsigned wait) {
  register long flags __asm__("r10") = IORING_ENTER_GETEVENTS;
  register long mask __asm__("r8") = 0;
  register long size __asm__("r9") = 0;
  long result = SYS_io_uring_enter;
  __asm__ volatile("syscall" : "+a"(result) : "D"(ring.fd), "S"(submit), "d"(wait), "r"(flags), "r"(mask), "r"(size) : "rcx", "r11", "memory");
  return result;
}

static void on_signal(int number) {
  (void)number;
  taken++;
}

static void nothing(void) { call(SYS_getppid, 0, 0, 0); }
static void yield(void) { call(SYS_sched_yield, 0, 0, 0); }
static void write_and_read(int to, int from) {
  call(SYS_write, to, (long)eight, sizeof eight);
  call(SYS_read, from, (long)eight, sizeof eight);
}
static void through_eventfd(void) { write_and_read(event, event); }
static void through_pipe(void) { write_and_read(ends[1], ends[0]); }
static void signal_self(void) { call(SYS_kill, this_process, SIGUSR1, 0); }

/* Entries stay NOPs: only the tail moves, and the head of what is taken back. */
static inline void nops(unsigned count) {
  __atomic_store_n(ring.sq_tail, ring.next += count, __ATOMIC_RELEASE);
  enter(count, count);
  __atomic_store_n(ring.cq_head, *ring.cq_head + count, __ATOMIC_RELEASE);
}
static void one_nop(void) { nops(1); }
static void many_nops(void) { nops(BATCH); }

static void measure(const char *name, void (*operation)(void), long rounds, long each) {
  for (long i = 0; i < rounds / 10 + 1; i++) operation();
  unsigned long long before = tsc();
  for (long i = 0; i < rounds; i++) operation();
  printf("%s %llu %ld\n", name, tsc() - before, rounds * each);
}

int main(int argc, char **argv) {
  long rounds = argc == 2 ? atol(argv[1]) : 0;
  if (rounds < 1) {
    fprintf(stderr, "usage: primitives ROUNDS\n");
    return 2;
  }
  cpu_set_t set;
  must(sched_getaffinity(0, sizeof set, &set) == 0, "sched_getaffinity");
  int cpu = 0;
  while (!CPU_ISSET(cpu, &set)) cpu++;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  must(sched_setaffinity(0, sizeof set, &set) == 0, "sched_setaffinity");
  this_process = getpid();
  event = eventfd(0, 0);
  must(event >= 0 && pipe(ends) == 0, "eventfd and pipe");
  must(signal(SIGUSR1, on_signal) != SIG_ERR, "signal");

  measure("syscall", nothing, rounds, 1);
  measure("sched_yield", yield, rounds, 1);
  measure("eventfd_write_read", through_eventfd, rounds, 1);
  measure("pipe_write_read", through_pipe, rounds, 1);
  taken = 0;
  measure("signal_to_self", signal_self, rounds, 1);
  must(taken == rounds + rounds / 10 + 1, "every signal has its handler");

  if (ring_open(&ring, BATCH) != 0) {
    perror("io_uring_setup");
    return 0;
  }
  for (unsigned i = 0; i < ring.params.sq_entries; i++) ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 0);
  ring.next = *ring.sq_tail;
  measure("uring_nop", one_nop, rounds, 1);
  measure("uring_nop_of_32", many_nops, rounds / BATCH + 1, BATCH);
  must(*ring.cq_head == *ring.cq_tail && *ring.sq_head == *ring.sq_tail, "every NOP is done");
  return 0;
}
