// A ping-pong of two parties by one mechanism: PROGRAM MECHANISM spin|block COUNT WARM-UP SIZE SEED [same]
// Party 0 sends and waits for the answer, COUNT times behind WARM-UP rounds that are not measured. It prints the cycles of each round by
// RDTSC, then "total CYCLES" from the first to the last, and whatever else the mechanism counts. Parties are pinned to a CPU each, with
// "same" both to one. A program has a table of mechanisms and calls ping_pong().

#ifndef GUESTS_IPC_PING_PONG_H
#define GUESTS_IPC_PING_PONG_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

enum { MOST_ROUNDS = 22000, MOST_BYTES = 8192, SKEW = 4096 };
enum { SPINS = 1, BLOCKS = 2 };

struct mechanism {
  const char *name;
  int waits;                                   /* which of SPINS and BLOCKS it can do */
  enum { PROCESSES, THREADS, ALONE } parties;  /* ALONE: party 0 sends to itself */
  void (*prepare)(void);                       /* before the parties part; may be missing, as all below but receive */
  void (*begin)(int party);                    /* in each party */
  void (*send)(int party, char *message);
  void (*receive)(int party, char *message);
  void (*finish)(void);                        /* party 0 has done its last round */
  void (*report)(void);                        /* prints lines "NAME COUNT" */
};

/* What both parties see, be they threads or processes. */
struct shared {
  volatile int ready[2], over;
  volatile long answered;
  volatile long counted; /* by a mechanism, in rounds that are measured */
  volatile int note[2]; /* a number for each party that the other needs */
  char payload[2][MOST_BYTES];
};

static struct shared *shared;
static int blocking, same_cpu;
static long size, rounds, warm_up;
static pid_t party_pid[2];
static unsigned long long samples[MOST_ROUNDS];
static char messages[2][MOST_BYTES];
static const struct mechanism *mechanism;
static unsigned long long skew;
static long corrupt;

static inline unsigned long long tsc(void) {
  unsigned low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (unsigned long long)high << 32 | low;
}

/* To the first or second CPU that this process may use; where there is one, both are there. */
static void pin(int party) {
  static cpu_set_t allowed;
  if (CPU_COUNT(&allowed) == 0) must(sched_getaffinity(0, sizeof allowed, &allowed) == 0, "sched_getaffinity");
  int wanted = party == 1 && !same_cpu && CPU_COUNT(&allowed) > 1, cpu = 0;
  while (!CPU_ISSET(cpu, &allowed) || wanted-- > 0) cpu++;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  must(sched_setaffinity(0, sizeof one, &one) == 0, "sched_setaffinity");
}

static void rendezvous(int party) {
  shared->ready[party] = 1;
  while (!shared->ready[!party]) sched_yield();
}

static void *answer(void *unused) {
  pin(1);
  memset(messages[1], 1, sizeof messages[1]);
  if (mechanism->begin) mechanism->begin(1);
  rendezvous(1);
  for (long i = 0; i < rounds && !shared->over; i++) {
    mechanism->receive(1, messages[1]);
    shared->answered++;
    mechanism->send(1, messages[1]);
  }
  return unused;
}

static void ask(void) {
  char *message = messages[0];
  for (long i = 0; i < rounds; i++) {
    char mark = (char)(i + 1);
    message[0] = mark, message[size - 1] = mark;
    if (i == warm_up) shared->counted = 0;
    unsigned long long before = tsc();
    if (mechanism->send) mechanism->send(0, message);
    mechanism->receive(0, message);
    samples[i] = tsc() - before;
    if (message[0] != mark || message[size - 1] != mark) corrupt++;
  }
}

static int usage(const char *program, const struct mechanism *table, int count) {
  fprintf(stderr, "usage: %s MECHANISM spin|block COUNT WARM-UP SIZE SEED [same]\n", program);
  for (int i = 0; i < count; i++)
    fprintf(stderr, "  %s%s%s\n", table[i].name, table[i].waits & SPINS ? " spin" : "", table[i].waits & BLOCKS ? " block" : "");
  return 2;
}

static int ping_pong(int argc, char **argv, const struct mechanism *table, int count) {
  if (argc < 7 || argc > 8 || (argc == 8 && strcmp(argv[7], "same") != 0)) return usage(argv[0], table, count);
  for (int i = 0; i < count; i++)
    if (strcmp(table[i].name, argv[1]) == 0) mechanism = &table[i];
  blocking = strcmp(argv[2], "block") == 0;
  if (!mechanism || (!blocking && strcmp(argv[2], "spin") != 0) || !(mechanism->waits & (blocking ? BLOCKS : SPINS)))
    return usage(argv[0], table, count);
  long wanted = atol(argv[3]);
  warm_up = atol(argv[4]);
  size = atol(argv[5]);
  rounds = wanted + warm_up;
  if (wanted < 1 || warm_up < 0 || rounds > MOST_ROUNDS || size < 1 || size > MOST_BYTES) return usage(argv[0], table, count);
  skew = (strtoull(argv[6], NULL, 0) * 0x9e3779b97f4a7c15ull >> 40) % SKEW;
  same_cpu = argc == 8;
  /* Touched before, so that no page fault is measured. */
  memset(samples, 0xff, sizeof samples), memset(messages, 1, sizeof messages);
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  must(shared != MAP_FAILED, "mmap");
  memset(shared, 0, sizeof *shared);

  pin(0);
  party_pid[0] = getpid();
  if (mechanism->prepare) mechanism->prepare();
  pthread_t thread;
  if (mechanism->parties == THREADS) must(pthread_create(&thread, NULL, answer, NULL) == 0, "pthread_create");
  if (mechanism->parties == PROCESSES) {
    party_pid[1] = fork();
    must(party_pid[1] >= 0, "fork");
    if (party_pid[1] == 0) {
      party_pid[1] = getpid();
      answer(NULL);
      _exit(0);
    }
  }
  if (mechanism->begin) mechanism->begin(0);
  if (mechanism->parties != ALONE) rendezvous(0);
  for (unsigned long long end = tsc() + skew; tsc() < end;) continue;
  ask();
  shared->over = 1;
  if (mechanism->finish) mechanism->finish();
  int status = 0;
  if (mechanism->parties == THREADS) pthread_join(thread, NULL);
  if (mechanism->parties == PROCESSES) must(waitpid(party_pid[1], &status, 0) == party_pid[1], "waitpid");

  unsigned long long total = 0;
  for (long i = warm_up; i < rounds; i++) printf("%llu\n", samples[i]), total += samples[i];
  printf("total %llu\n", total);
  if (mechanism->report) mechanism->report();
  if (corrupt) fprintf(stderr, "%ld answers are not what was sent\n", corrupt);
  return status != 0 || corrupt != 0;
}

#define PING_PONG(argc, argv, table) ping_pong(argc, argv, table, (int)(sizeof(table) / sizeof *(table)))

#endif
