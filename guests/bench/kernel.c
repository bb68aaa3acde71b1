// Paths of the kernel: kernel CASE [ITERATIONS]. Whoever runs beside the measuring thread runs on the same processor.
// Prints a checksum: how many iterations went as they should.

#define _GNU_SOURCE
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench.h"

enum { BYTES = 8, BATCH = 4096, WAITERS = 64, PAGES = 64 };

static uint64_t do_getppid(uint64_t n) {
  uint64_t good = 0;
  for (uint64_t i = 0; i < n; i++) good += syscall(SYS_getppid) >= 0;
  return good;
}

/* One write of 8 bytes; what has gathered is read at once every 4096 of them. */
static uint64_t do_pipe_write(uint64_t n) {
  static char all[BATCH * BYTES];
  int ends[2];
  uint64_t good = 0, message = 0;
  if (pipe(ends) != 0) return 0;
  for (uint64_t i = 1; i <= n; i++) {
    good += write(ends[1], &message, BYTES) == BYTES;
    if ((i % BATCH == 0 || i == n) && read(ends[0], all, sizeof all) <= 0) return 0;
  }
  return good;
}

/* A write and a read of 8 bytes. */
static uint64_t do_pipe(uint64_t n) {
  int ends[2];
  uint64_t good = 0, message = 0;
  if (pipe(ends) != 0) return 0;
  for (uint64_t i = 0; i < n; i++) good += write(ends[1], &message, BYTES) == BYTES && read(ends[0], &message, BYTES) == BYTES;
  return good;
}

static uint64_t do_eventfd(uint64_t n) {
  uint64_t good = 0, value = 1;
  int fd = eventfd(0, 0);
  for (uint64_t i = 0; i < n; i++) good += write(fd, &value, 8) == 8 && read(fd, &value, 8) == 8 && value == 1;
  return good;
}

/* A message of 8 bytes sent and received. */
static uint64_t do_unix_socket(uint64_t n) {
  int ends[2];
  uint64_t good = 0, message = 0;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 0;
  for (uint64_t i = 0; i < n; i++) good += send(ends[1], &message, BYTES, 0) == BYTES && recv(ends[0], &message, BYTES, 0) == BYTES;
  return good;
}

/* epoll_wait with one of 64 descriptors ready. */
static uint64_t do_epoll(uint64_t n) {
  struct epoll_event event = {.events = EPOLLIN};
  uint64_t good = 0;
  int set = epoll_create1(0);
  for (int i = 0; i < 64; i++)
    if (epoll_ctl(set, EPOLL_CTL_ADD, eventfd(i == 40, 0), &event) != 0) return 0;
  for (uint64_t i = 0; i < n; i++) good += epoll_wait(set, &event, 1, -1) == 1;
  return good;
}

/* Two processes yield to each other: one iteration, one switch. */
static uint64_t do_switch(uint64_t n) {
  pid_t child = fork();
  for (uint64_t i = 0; i < n / 2; i++) sched_yield();
  if (child == 0) _exit(0);
  return waitpid(child, NULL, 0) == child ? n : 0;
}

/* A byte there and back between two processes. */
static uint64_t do_pipe_round_trip(uint64_t n) {
  int there[2], back[2];
  uint64_t good = 0;
  char byte = 0;
  if (pipe(there) != 0 || pipe(back) != 0) return 0;
  if (fork() == 0) {
    close(there[1]), close(back[0]);
    while (read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1) continue;
    _exit(0);
  }
  close(there[0]);
  for (uint64_t i = 0; i < n; i++) good += write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1;
  close(there[1]);
  wait(NULL);
  return good;
}

static _Atomic uint32_t words[WAITERS];
static uint64_t rounds;

static void *wait_for_wakes(void *word) {
  for (uint64_t i = 0; i < rounds; i++) syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
  return NULL;
}

/* 64 threads wait; each is woken by a FUTEX_WAKE of its own, runs, and waits again. */
static uint64_t do_futex_hand_over(uint64_t n) {
  pthread_t threads[WAITERS];
  uint64_t good = 0;
  rounds = n / WAITERS;
  for (int i = 0; i < WAITERS; i++)
    if (pthread_create(&threads[i], NULL, wait_for_wakes, &words[i]) != 0) return 0;
  for (uint64_t left = rounds; left > 0; left--)
    for (int i = 0; i < WAITERS; i++)
      for (long woken = 0; woken == 0; good += (uint64_t)woken) {
        woken = syscall(SYS_futex, &words[i], FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
        if (woken == 0) sched_yield();
      }
  for (int i = 0; i < WAITERS; i++) pthread_join(threads[i], NULL);
  return good;
}

/* A wake that finds nobody. */
static uint64_t do_futex_no_waiter(uint64_t n) {
  uint64_t good = 0;
  for (uint64_t i = 0; i < n; i++) good += syscall(SYS_futex, &words[0], FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0) == 0;
  return good;
}

static volatile uint64_t caught;

static void on_signal(int number) {
  (void)number;
  caught++;
}

/* A signal to oneself, its handler, and the way back. */
static uint64_t do_signal(uint64_t n) {
  signal(SIGUSR1, on_signal);
  pid_t self = getpid();
  for (uint64_t i = 0; i < n; i++) kill(self, SIGUSR1);
  return caught;
}

/* A child that ends at once, and its end. */
static uint64_t do_fork(uint64_t n) {
  uint64_t good = 0;
  for (uint64_t i = 0; i < n; i++) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    good += waitpid(child, NULL, 0) == child;
  }
  return good;
}

/* One fresh page touched; 64 at a time are mapped and unmapped. */
static uint64_t do_page_fault(uint64_t n) {
  uint64_t good = 0;
  for (uint64_t i = 0; i < n; i += PAGES) {
    char *pages = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int page = 0; page < PAGES; page++) pages[page * 4096] = 1, good++;
    munmap(pages, PAGES * 4096);
  }
  return good;
}

static const struct {
  const char *name;
  uint64_t (*run)(uint64_t);
} cases[] = {
    {"getppid", do_getppid},
    {"pipe-write", do_pipe_write},
    {"pipe", do_pipe},
    {"eventfd", do_eventfd},
    {"unix-socket", do_unix_socket},
    {"epoll", do_epoll},
    {"switch", do_switch},
    {"pipe-round-trip", do_pipe_round_trip},
    {"futex-hand-over", do_futex_hand_over},
    {"futex-no-waiter", do_futex_no_waiter},
    {"signal", do_signal},
    {"fork", do_fork},
    {"page-fault", do_page_fault},
};

int main(int argc, char **argv) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  sched_setaffinity(0, sizeof one, &one);
  for (size_t i = 0; argc > 1 && i < sizeof cases / sizeof *cases; i++)
    if (strcmp(argv[1], cases[i].name) == 0) return finish(cases[i].run(iterations(argc - 1, argv + 1, 100000)));
  fprintf(stderr, "usage: kernel CASE [ITERATIONS]; cases:");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) fprintf(stderr, " %s", cases[i].name);
  fprintf(stderr, "\n");
  return 2;
}
