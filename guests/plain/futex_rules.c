// The futex calls themselves: private and shared words, clocks, priority-inheritance locks and who lends what, requeueing to them,
// owners that die, and the calls of futex2.

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "asleep.h"
#include "report.h"

enum { WAIT = 0, WAKE = 1, REQUEUE = 3, CMP_REQUEUE = 4, WAKE_OP = 5, LOCK_PI = 6, UNLOCK_PI = 7, TRYLOCK_PI = 8, WAIT_BITSET = 9, WAKE_BITSET = 10,
       WAIT_REQUEUE_PI = 11, CMP_REQUEUE_PI = 12, LOCK_PI2 = 13, PRIVATE = 128, REALTIME = 256 };
enum { SYS_waitv = 449, SYS_wake2 = 454, SYS_wait2 = 455, SYS_requeue2 = 456 };

static uint32_t word, other, third;
static volatile int stage, finished;
static volatile int order[8], orders;
static pthread_t threads[4];

static long futex(void *address, int operation, uint32_t value, const void *timeout, void *second, uint32_t last) {
  return syscall(SYS_futex, address, operation, value, timeout, second, last);
}

static pid_t self(void) { return (pid_t)syscall(SYS_gettid); }

static void show(const char *what, uint32_t value, pid_t tid) {
  uint32_t owner = value & 0x3fffffff;
  printf("%s: owner %s%s%s\n", what, owner == 0 ? "none" : owner == (uint32_t)tid ? "it" : "another", value & 0x80000000 ? ", waiters" : "",
         value & 0x40000000 ? ", died" : "");
}

static void start(int at, void *(*program)(void *), void *argument) {
  must(pthread_create(&threads[at], NULL, program, argument) == 0, "pthread_create");
}

static void basics(void) {
  struct timespec past = {0, 0}, odd = {0, 1000000000}, negative = {-1, 0};
  uint32_t *nowhere = (uint32_t *)(uintptr_t)4096;
  report(futex(&word, WAIT | REALTIME, 1, NULL, NULL, 0), "WAIT on CLOCK_REALTIME");
  report(futex(&word, WAKE | REALTIME, 1, NULL, NULL, 0), "WAKE on CLOCK_REALTIME");
  report(futex(&word, LOCK_PI | REALTIME, 1, NULL, NULL, 0), "LOCK_PI on CLOCK_REALTIME");
  report(futex(&word, 2, 1, NULL, NULL, 0), "FUTEX_FD");
  report(futex(&word, 14, 1, NULL, NULL, 0), "operation 14");
  report(futex(&word, WAIT, 0, &odd, NULL, 0), "a timeout out of range");
  report(futex(&word, WAIT, 0, &negative, NULL, 0), "a negative timeout");
  report(futex((char *)&word + 1, WAIT, 0, &odd, NULL, 0), "and a word out of line");
  report(futex(&word, WAIT, 0, (void *)8, NULL, 0), "a timeout nowhere");
  report(futex(&word, WAKE, 0, (void *)8, NULL, 0), "WAKE looks at no timeout");
  report(futex(&word, WAIT_BITSET, 0, &past, NULL, 1), "a time that is over");
  report(futex(&word, WAIT_BITSET | REALTIME, 0, &past, NULL, 1), "on CLOCK_REALTIME");
  report(futex(&word, WAIT_BITSET, 0, NULL, NULL, 0), "no bits");
  report(futex(&word, WAKE_BITSET, 1, NULL, NULL, 0), "no bits to wake");
  report(futex(nowhere, WAKE, 1, NULL, NULL, 0), "WAKE nowhere");
  report(futex(nowhere, WAKE | PRIVATE, 1, NULL, NULL, 0), "private WAKE nowhere");
  report(futex((void *)(1ul << 47), WAKE | PRIVATE, 1, NULL, NULL, 0), "private WAKE in the kernel");
  report(futex(nowhere, WAIT | PRIVATE, 0, NULL, NULL, 0), "private WAIT nowhere");
  report(futex(&word, REQUEUE, -1, (void *)1, &other, 0), "REQUEUE of -1");
  report(futex(&word, REQUEUE, 1, (void *)-1l, &other, 0), "REQUEUE to -1");
  report(futex(&word, CMP_REQUEUE, 1, (void *)1, &other, 5), "CMP_REQUEUE of another value");
  report(futex(&word, CMP_REQUEUE, 1, (void *)1, nowhere, 0), "CMP_REQUEUE to nowhere");
  for (uint32_t op = 0; op < 6; op++) {
    other = 12;
    report(futex(&word, WAKE_OP, 1, (void *)1, &other, op << 28 | 5 << 12), "WAKE_OP %u", op);
    printf("  leaves %u\n", other);
  }
  report(futex(&word, WAKE_OP, 1, (void *)1, &other, 8u << 28 | 3 << 12), "WAKE_OP with a shift");
  printf("  leaves %u\n", other);
  report(futex(&word, WAKE_OP, 1, (void *)1, &other, 7 << 24), "WAKE_OP with comparison 7");
}

static volatile pid_t sleeper_tid;
static void *sleeper(void *argument) {
  sleeper_tid = self();
  long result = futex(&word, (int)(intptr_t)argument, 0, NULL, NULL, 6);
  finished = result == 0 ? 1 : -errno;
  return NULL;
}

static void meetings(void) {
  static const struct { const char *name; int wait, wake; uint32_t bits; } pairs[] = {
      {"shared to private", WAIT, WAKE | PRIVATE, 0}, {"private to shared", WAIT | PRIVATE, WAKE, 0}, {"private to private", WAIT | PRIVATE, WAKE | PRIVATE, 0},
      {"shared to shared", WAIT, WAKE, 0}, {"other bits", WAIT_BITSET, WAKE_BITSET, 9}, {"common bits", WAIT_BITSET, WAKE_BITSET, 3}};
  word = 0;
  for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    sleeper_tid = 0;
    finished = 0;
    start(0, sleeper, (void *)(intptr_t)pairs[i].wait);
    await_thread_sleep(&sleeper_tid);
    report(futex(&word, pairs[i].wake, 1, NULL, NULL, pairs[i].bits), "%s", pairs[i].name);
    if (pairs[i].wake & 8) futex(&word, WAKE, 1, NULL, NULL, 0);
    else futex(&word, pairs[i].wait | WAKE, 1, NULL, NULL, 0);
    pthread_join(threads[0], NULL);
  }
}

static volatile pid_t locker_tid;
static volatile long locker_result, locker_error;
static void *locker(void *argument) {
  const struct timespec *until = argument;
  locker_tid = self();
  locker_result = futex(&word, LOCK_PI, 0, until, NULL, 0);
  locker_error = errno;
  if (locker_result == 0) {
    show("the waiter's word", word, self());
    report(futex(&word, UNLOCK_PI, 0, NULL, NULL, 0), "the waiter's unlock");
  }
  return NULL;
}

static void *takes_and_dies(void *unused) {
  futex(&word, LOCK_PI, 0, NULL, NULL, 0);
  stage = 1;
  while (stage == 1) usleep(300);
  return unused;
}

static void locks(void) {
  struct timespec soon;
  word = 0;
  report(futex(&word, LOCK_PI, 0, NULL, NULL, 0), "LOCK_PI");
  show("word", word, self());
  report(futex(&word, LOCK_PI, 0, NULL, NULL, 0), "again");
  report(futex(&word, TRYLOCK_PI, 0, NULL, NULL, 0), "TRYLOCK_PI");
  report(futex(&word, UNLOCK_PI, 0, NULL, NULL, 0), "UNLOCK_PI");
  show("word", word, self());
  report(futex(&word, UNLOCK_PI, 0, NULL, NULL, 0), "again");
  report(futex(&word, TRYLOCK_PI, 0, NULL, NULL, 0), "TRYLOCK_PI");
  locker_tid = 0;
  start(0, locker, NULL);
  await_thread_sleep(&locker_tid);
  show("with a waiter", word, self());
  report(futex(&word, WAKE, 1, NULL, NULL, 0), "WAKE of one that waits for a lock");
  report(futex(&word, REQUEUE, 0, (void *)1, &other, 0), "REQUEUE of it");
  long result = futex(&word, UNLOCK_PI, 0, NULL, NULL, 0);
  pthread_join(threads[0], NULL);
  report(result, "UNLOCK_PI");
  show("afterwards", word, self());
  word = 0x40000000;
  report(futex(&word, LOCK_PI, 0, NULL, NULL, 0), "LOCK_PI of one whose owner died");
  show("word", word, self());
  word = 0x80000000;
  report(futex(&word, LOCK_PI, 0, NULL, NULL, 0), "LOCK_PI of one with waiters only");
  show("word", word, self());
  word = 4194300;
  report(futex(&word, LOCK_PI, 0, NULL, NULL, 0), "LOCK_PI of one whose owner is nobody");
  printf("word %x\n", word);
  report(futex(&word, UNLOCK_PI, 0, NULL, NULL, 0), "UNLOCK_PI of another's");
  stage = 0, word = 0;
  start(1, takes_and_dies, NULL);
  while (stage != 1) usleep(300);
  report(futex(&word, TRYLOCK_PI, 0, NULL, NULL, 0), "TRYLOCK_PI of another's");
  clock_gettime(CLOCK_REALTIME, &soon);
  soon.tv_nsec += 5000000;
  if (soon.tv_nsec >= 1000000000) soon.tv_sec++, soon.tv_nsec -= 1000000000;
  report(futex(&word, LOCK_PI, 0, &soon, NULL, 0), "LOCK_PI with a timeout");
  show("afterwards", word, self());
  clock_gettime(CLOCK_MONOTONIC, &soon);
  report(futex(&word, LOCK_PI2, 0, &soon, NULL, 0), "LOCK_PI2 with a time that is over");
  locker_tid = 0;
  start(0, locker, NULL);
  await_thread_sleep(&locker_tid);
  stage = 2;
  pthread_join(threads[1], NULL);
  pthread_join(threads[0], NULL);
  printf("the owner dies: %ld\n", locker_result);
  show("afterwards", word, self());
  uint32_t shown = word;
  report(futex(&word, TRYLOCK_PI, 0, NULL, NULL, 0), "TRYLOCK_PI then");
  printf("  %x %x\n", shown & 0xc0000000, word & 0xc0000000);
}

static void *chain(void *unused) {
  futex(&other, LOCK_PI, 0, NULL, NULL, 0);
  locker_tid = self();
  stage = 1;
  long result = futex(&word, LOCK_PI, 0, NULL, NULL, 0);
  order[orders++] = result == 0;
  futex(&word, UNLOCK_PI, 0, NULL, NULL, 0);
  futex(&other, UNLOCK_PI, 0, NULL, NULL, 0);
  return unused;
}

static void deadlocks(void) {
  word = other = 0;
  stage = orders = 0;
  locker_tid = 0;
  futex(&word, LOCK_PI, 0, NULL, NULL, 0);
  start(0, chain, NULL);
  while (stage != 1) usleep(300);
  await_thread_sleep(&locker_tid);
  report(futex(&other, LOCK_PI, 0, NULL, NULL, 0), "two locks in two orders");
  report(futex(&word, UNLOCK_PI, 0, NULL, NULL, 0), "UNLOCK_PI");
  pthread_join(threads[0], NULL);
  printf("the other went on: %d\n", order[0]);
}

/* Low holds the lock and has work to do; middle spins above it; high waits for the lock. All on one processor. */
static void priority(int policy, int value) {
  struct sched_param parameter = {.sched_priority = value};
  must(syscall(SYS_sched_setscheduler, 0, policy, &parameter) == 0, "sched_setscheduler");
}

static void pin(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(0, &set);
  must(sched_setaffinity(0, sizeof set, &set) == 0, "sched_setaffinity");
}

static void spin(long milliseconds) {
  struct timespec now, begun;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begun);
  do clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  while ((now.tv_sec - begun.tv_sec) * 1000000000l + now.tv_nsec - begun.tv_nsec < milliseconds * 1000000);
}

static volatile pid_t middle_tid, high_tid;
static void *low(void *unused) {
  pin();
  priority(SCHED_FIFO, 10);
  futex(&word, LOCK_PI, 0, NULL, NULL, 0);
  stage = 1;
  while (stage == 1) usleep(300);
  spin(8);
  order[orders++] = 1;
  futex(&word, UNLOCK_PI, 0, NULL, NULL, 0);
  return unused;
}

static void *middle(void *unused) {
  pin();
  priority(SCHED_FIFO, 20);
  middle_tid = self();
  while (stage != 2) usleep(300);
  spin(8);
  order[orders++] = 2;
  return unused;
}

static void *high(void *chained) {
  pin();
  priority(SCHED_FIFO, 30);
  high_tid = self();
  futex(chained ? &other : &word, LOCK_PI, 0, NULL, NULL, 0);
  order[orders++] = 3;
  futex(chained ? &other : &word, UNLOCK_PI, 0, NULL, NULL, 0);
  return NULL;
}

static void *between(void *unused) {
  pin();
  priority(SCHED_FIFO, 5);
  futex(&other, LOCK_PI, 0, NULL, NULL, 0);
  locker_tid = self();
  futex(&word, LOCK_PI, 0, NULL, NULL, 0);
  order[orders++] = 4;
  futex(&word, UNLOCK_PI, 0, NULL, NULL, 0);
  futex(&other, UNLOCK_PI, 0, NULL, NULL, 0);
  return unused;
}

static void lending(int chained) {
  word = other = 0;
  stage = orders = 0;
  middle_tid = high_tid = locker_tid = 0;
  start(0, low, NULL);
  while (stage != 1) usleep(300);
  if (chained) {
    start(3, between, NULL);
    await_thread_sleep(&locker_tid);
  }
  start(1, high, chained ? &other : NULL);
  await_thread_sleep(&high_tid);
  start(2, middle, NULL);
  while (middle_tid == 0) usleep(300);
  usleep(2000);
  stage = 2;
  for (int i = 0; i < (chained ? 4 : 3); i++) pthread_join(threads[i], NULL);
  printf("order%s:", chained ? " along a chain" : "");
  for (int i = 0; i < orders; i++) printf(" %s", order[i] == 1 ? "low" : order[i] == 2 ? "middle" : order[i] == 3 ? "high" : "between");
  printf("\n");
}

static volatile pid_t moved_tid[3];
static volatile long moved_result[3];
static const struct timespec *moved_until;
static void *moved(void *argument) {
  intptr_t at = (intptr_t)argument;
  moved_tid[at] = self();
  long result = futex(&third, WAIT_REQUEUE_PI, 0, moved_until, &word, 0);
  moved_result[at] = result == 0 ? 0 : -errno;
  if (result == 0) {
    order[orders++] = (word & 0x3fffffff) == (uint32_t)self();
    futex(&word, UNLOCK_PI, 0, NULL, NULL, 0);
  }
  return NULL;
}

static void ignore(int number) { (void)number; }

static void moves(void) {
  struct timespec soon, past = {0, 0};
  word = third = 0;
  orders = 0;
  report(futex(&third, WAIT_REQUEUE_PI, 0, NULL, &third, 0), "WAIT_REQUEUE_PI to itself");
  report(futex(&third, WAIT_REQUEUE_PI, 1, NULL, &word, 0), "WAIT_REQUEUE_PI of another value");
  report(futex(&third, WAIT_REQUEUE_PI, 0, &past, &word, 0), "WAIT_REQUEUE_PI until a time that is over");
  report(futex(&third, CMP_REQUEUE_PI, 2, (void *)1, &word, 0), "CMP_REQUEUE_PI that wakes two");
  report(futex(&third, CMP_REQUEUE_PI, 1, (void *)1, &third, 0), "CMP_REQUEUE_PI to itself");
  report(futex(&third, CMP_REQUEUE_PI, 1, (void *)1, &word, 7), "CMP_REQUEUE_PI of another value");
  report(futex(&third, CMP_REQUEUE_PI, 1, (void *)1, &word, 0), "CMP_REQUEUE_PI of nobody");
  for (int i = 0; i < 3; i++) {
    moved_tid[i] = 0;
    start(i, moved, (void *)(intptr_t)i);
    await_thread_sleep(&moved_tid[i]);
  }
  report(futex(&third, WAKE, 1, NULL, NULL, 0), "WAKE of those that wait to be moved");
  report(futex(&third, REQUEUE, 0, (void *)1, &other, 0), "REQUEUE of them");
  report(futex(&third, CMP_REQUEUE_PI, 1, (void *)1, &other, 0), "CMP_REQUEUE_PI to another lock");
  futex(&word, LOCK_PI, 0, NULL, NULL, 0);
  report(futex(&third, CMP_REQUEUE_PI, 1, (void *)5, &word, 0), "CMP_REQUEUE_PI to a lock that is held");
  show("word", word, self());
  report(futex(&word, UNLOCK_PI, 0, NULL, NULL, 0), "UNLOCK_PI");
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
  printf("each owned it in turn: %d %d %d\n", order[0], order[1], order[2]);
  show("word", word, self());
  moved_tid[0] = 0, word = 0;
  start(0, moved, 0);
  await_thread_sleep(&moved_tid[0]);
  report(futex(&third, CMP_REQUEUE_PI, 1, (void *)0, &word, 0), "CMP_REQUEUE_PI to a lock that is free");
  pthread_join(threads[0], NULL);
  printf("result %ld, owned %d\n", moved_result[0], order[3]);

  word = 0;
  futex(&word, LOCK_PI, 0, NULL, NULL, 0);
  struct sigaction action = {.sa_handler = ignore};
  sigaction(SIGUSR1, &action, NULL);
  clock_gettime(CLOCK_MONOTONIC, &soon);
  soon.tv_nsec += 80000000;
  if (soon.tv_nsec >= 1000000000) soon.tv_sec++, soon.tv_nsec -= 1000000000;
  for (int how = 0; how < 3; how++) {
    moved_tid[0] = 0;
    moved_until = how == 2 ? &soon : NULL;
    start(0, moved, 0);
    await_thread_sleep(&moved_tid[0]);
    if (how != 1) report(futex(&third, CMP_REQUEUE_PI, 1, (void *)5, &word, 0), "moved");
    if (how == 0) pthread_kill(threads[0], SIGUSR1);
    if (how == 1) {
      third = 1;
      pthread_kill(threads[0], SIGUSR1);
    }
    pthread_join(threads[0], NULL);
    third = 0;
    printf("%s: %s\n", how == 0 ? "a signal once it is moved" : how == 1 ? "a signal before" : "a timeout once it is moved", outcome((int)-moved_result[0]));
  }
  futex(&word, UNLOCK_PI, 0, NULL, NULL, 0);
}

struct entry { uint64_t value, address; uint32_t flags, reserved; };

static volatile long vector_result;
static void *vector_waiter(void *argument) {
  struct entry *entries = argument;
  sleeper_tid = self();
  vector_result = syscall(SYS_waitv, entries, 3, 0, NULL, 0);
  if (vector_result < 0) vector_result = -errno;
  return NULL;
}

static void *second_waiter(void *unused) {
  sleeper_tid = self();
  finished = (int)syscall(SYS_wait2, &word, 0ul, 6ul, 2 | PRIVATE, NULL, 0);
  return unused;
}

static void futex2(void) {
  struct timespec past = {0, 0}, soon;
  word = other = third = 0;
  struct entry entries[3] = {{0, (uintptr_t)&word, 2, 0}, {0, (uintptr_t)&other, 2 | PRIVATE, 0}, {0, (uintptr_t)&third, 2, 0}};
  report(syscall(SYS_waitv, entries, 0, 0, NULL, 0), "futex_waitv of none");
  report(syscall(SYS_waitv, entries, 129, 0, NULL, 0), "futex_waitv of 129");
  report(syscall(SYS_waitv, NULL, 1, 0, NULL, 0), "futex_waitv of NULL");
  report(syscall(SYS_waitv, 8, 1, 0, NULL, 0), "futex_waitv nowhere");
  report(syscall(SYS_waitv, entries, 3, 1, NULL, 0), "futex_waitv with flags");
  report(syscall(SYS_waitv, entries, 3, 0, &past, 7), "futex_waitv on clock 7");
  report(syscall(SYS_waitv, entries, 3, 0, &past, CLOCK_MONOTONIC), "futex_waitv until a time that is over");
  clock_gettime(CLOCK_REALTIME, &soon);
  report(syscall(SYS_waitv, entries, 3, 0, &soon, CLOCK_REALTIME), "futex_waitv on CLOCK_REALTIME");
  static const struct { const char *name; struct entry entry; } wrong[] = {
      {"a byte", {0, 0, 0, 0}}, {"64 bits", {0, 0, 3, 0}}, {"an unknown flag", {0, 0, 2 | 16, 0}}, {"a reserved word", {0, 0, 2, 1}},
      {"a large value", {1ull << 32, 0, 2, 0}}, {"another value", {1, 0, 2, 0}}};
  for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    struct entry one = wrong[i].entry;
    one.address = (uintptr_t)&other;
    struct entry pair[2] = {entries[0], one};
    report(syscall(SYS_waitv, pair, 2, 0, NULL, 0), "futex_waitv with %s", wrong[i].name);
  }
  struct entry odd = {0, (uintptr_t)&word + 1, 2, 0}, nowhere = {0, 4096, 2, 0};
  report(syscall(SYS_waitv, &odd, 1, 0, NULL, 0), "futex_waitv of a word out of line");
  report(syscall(SYS_waitv, &nowhere, 1, 0, NULL, 0), "futex_waitv of a word nowhere");
  for (int i = 0; i < 3; i++) {
    sleeper_tid = 0;
    start(0, vector_waiter, entries);
    await_thread_sleep(&sleeper_tid);
    if (i == 1) report(syscall(SYS_wake2, &other, ~0u, 1, 2 | PRIVATE), "futex_wake of the second");
    else report(syscall(SYS_wake2, i == 0 ? &word : &third, ~0u, 1, 2), "futex_wake of %d", i);
    pthread_join(threads[0], NULL);
    printf("woken: %ld\n", vector_result);
  }
  report(syscall(SYS_wake2, &word, 0, 1, 2), "futex_wake of no bits");
  report(syscall(SYS_wake2, &word, 1ul << 32, 1, 2), "futex_wake of wide bits");
  report(syscall(SYS_wake2, &word, 1, 1, 1), "futex_wake of 16 bits");
  report(syscall(SYS_wait2, &word, 1ul, 1ul, 2, NULL, 0), "futex_wait of another value");
  report(syscall(SYS_wait2, &word, 0ul, 0ul, 2, NULL, 0), "futex_wait of no bits");
  report(syscall(SYS_wait2, &word, 1ul << 32, 1ul, 2, NULL, 0), "futex_wait of a large value");
  report(syscall(SYS_wait2, &word, 0ul, 1ul, 2, &past, CLOCK_MONOTONIC), "futex_wait until a time that is over");
  report(syscall(SYS_wait2, &word, 0ul, 1ul, 2, &past, 9), "futex_wait on clock 9");
  sleeper_tid = 0;
  start(0, second_waiter, NULL);
  await_thread_sleep(&sleeper_tid);
  report(syscall(SYS_wake2, &word, 9, 1, 2 | PRIVATE), "futex_wake of other bits");
  report(syscall(SYS_wake2, &word, 6, 0, 2 | PRIVATE), "futex_wake of nobody");
  struct entry two[2] = {{0, (uintptr_t)&word, 2 | PRIVATE, 0}, {0, (uintptr_t)&other, 2 | PRIVATE, 0}};
  report(syscall(SYS_requeue2, two, 1, 0, 1), "futex_requeue with flags");
  two[0].value = 4;
  report(syscall(SYS_requeue2, two, 0, 0, 1), "futex_requeue of another value");
  two[0].value = 0;
  report(syscall(SYS_requeue2, two, 0, 0, 1), "futex_requeue");
  report(syscall(SYS_wake2, &word, 6, 1, 2 | PRIVATE), "futex_wake where it was");
  report(syscall(SYS_wake2, &other, 6, 1, 2 | PRIVATE), "futex_wake where it is");
  pthread_join(threads[0], NULL);
  uint32_t pair[2] __attribute__((aligned(8))) = {0, ~0u};
  report(syscall(SYS_wake2, pair, 1, 1, 2 | 4), "futex_wake with a memory node");
  printf("node %u\n", pair[1]);
  pair[1] = 5000;
  report(syscall(SYS_wake2, pair, 1, 1, 2 | 4), "futex_wake with node 5000");
}

static void processes(void) {
  uint32_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    futex(shared, LOCK_PI, 0, NULL, NULL, 0);
    shared[1] = 1;
    while (shared[1] == 1) usleep(300);
    usleep(3000);
    _exit(0);
  }
  while (shared[1] != 1) usleep(300);
  shared[1] = 2;
  report(futex(shared, LOCK_PI, 0, NULL, NULL, 0), "a lock whose owner's process ends");
  show("word", *shared, self());
  waitpid(child, NULL, 0);
}

int main(void) {
  basics();
  meetings();
  locks();
  deadlocks();
  lending(0);
  lending(1);
  moves();
  futex2();
  processes();
  return 0;
}
