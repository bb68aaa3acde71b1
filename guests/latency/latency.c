// How long a user interrupt takes, by what its receiver does: latency STATE REPETITIONS WARM-UP SEED
// STATE: user, kernel, descheduled, blocked-none, blocked-receiver, blocked-sender. Prints a line for each repetition: the TSC right
// before SENDUIPI, right after it, and at the start of the handler; last, what two readings take around an instruction that takes nothing. Receiver and competitor are on CPU 0, the sender is on CPU 1.

#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>
#include "check.h"
#include "uintr.h"

enum { MOST = 20000, CALL_BYTES = 32768, SETTLE = 5000, SKEW = 1024 };
enum state { USER, KERNEL, DESCHEDULED, BLOCKED_NONE, BLOCKED_RECEIVER, BLOCKED_SENDER, STATES };

static const struct {
  const char *name;
  unsigned flags;
} states[STATES] = {
    [USER] = {"user", 0},
    [KERNEL] = {"kernel", 0},
    [DESCHEDULED] = {"descheduled", 0},
    [BLOCKED_NONE] = {"blocked-none", UINTR_WAITING_NONE},
    [BLOCKED_RECEIVER] = {"blocked-receiver", UINTR_WAITING_RECEIVER},
    [BLOCKED_SENDER] = {"blocked-sender", UINTR_WAITING_SENDER},
};

static enum state state;
static long rounds;
static unsigned long long random_state;
static int descriptor;
static unsigned long long before[MOST + 1], after[MOST + 1];
/* Written by the handler: when it began, and how often it has run. */
__attribute__((used)) unsigned long long began[MOST + 1];
__attribute__((used)) volatile long taken;
/* The round that has begun, that the receiver is ready for, and that has been sent. */
static volatile long begun, ready, sent;

/* As early in the handler as its time can be read: after two pushes. */
__attribute__((naked)) void handler(void) {
  __asm__("push %rax\n push %rdx\n rdtsc\n push %rcx\n shl $32, %rdx\n or %rdx, %rax\n mov taken(%rip), %rcx\n inc %rcx\n"
          "mov %rax, began(,%rcx,8)\n mov %rcx, taken(%rip)\n pop %rcx\n pop %rdx\n pop %rax\n"
          "add $8, %rsp\n .byte 0xf3, 0x0f, 0x01, 0xec\n");
}

static unsigned long long tsc(void) {
  unsigned low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (unsigned long long)high << 32 | low;
}

static void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  must(sched_setaffinity(0, sizeof set, &set) == 0, "sched_setaffinity");
}

/* What the readings before and after SENDUIPI take themselves: the least of some pairs around a NOP of its length. */
static unsigned around(void) {
  unsigned least = ~0u;
  for (int i = 0; i < 16; i++) {
    unsigned low, high, low2, high2;
    __asm__ volatile(
        "rdtsc\n mov %%eax, %0\n mov %%edx, %1\n nopl 0(%%rax)\n rdtsc\n"
        : "=&r"(low), "=&r"(high), "=&a"(low2), "=&d"(high2)
        :
        : "memory");
    if (low2 - low < least) least = low2 - low;
  }
  return least;
}

/* xorshift64*: when in a round the interrupt is sent. */
static unsigned skew(void) {
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return (unsigned)((random_state * 0x2545f4914f6cdd1dull) >> 40) % SKEW;
}

static void delay(unsigned long long cycles) {
  unsigned long long end = tsc() + cycles;
  while (tsc() < end) continue;
}

static void *sender(void *unused) {
  pin(1);
  int index = uintr_register_sender(descriptor, 0);
  must(index >= 0, "uintr_register_sender");
  unsigned settle = state >= BLOCKED_NONE ? SETTLE : 0;
  for (long i = 1; i <= rounds; i++) {
    unsigned wait = settle + skew();
    while (ready < i) continue;
    delay(wait);
    unsigned low, high, low2, high2;
    __asm__ volatile(
        "rdtsc\n mov %%eax, %0\n mov %%edx, %1\n .byte 0xf3, 0x0f, 0xc7, 0xf1\n rdtsc\n"
        : "=&r"(low), "=&r"(high), "=&a"(low2), "=&d"(high2)
        : "c"((unsigned long long)index)
        : "memory");
    sent = i;
    before[i] = (unsigned long long)high << 32 | low;
    after[i] = (unsigned long long)high2 << 32 | low2;
    while (taken < i) continue;
  }
  return unused;
}

/* Takes the receiver's CPU until the interrupt of the round has been sent. */
static void *competitor(void *unused) {
  pin(0);
  for (long i = 1; i <= rounds; i++) {
    while (begun < i) sched_yield();
    ready = i;
    while (sent < i) continue;
    sched_yield();
  }
  return unused;
}

static void receive(long i, int zeroes) {
  static char buffer[CALL_BYTES];
  struct timespec time = {0, 0};
  begun = i;
  if (state != DESCHEDULED) ready = i;
  switch (state) {
    case KERNEL:
      must(read(zeroes, buffer, sizeof buffer) == sizeof buffer, "read");
      break;
    case BLOCKED_NONE:
      time.tv_nsec = 20000;
      must(nanosleep(&time, NULL) == 0, "nanosleep");
      break;
    case BLOCKED_RECEIVER:
    case BLOCKED_SENDER:
      time.tv_sec = 10;
      must(nanosleep(&time, NULL) == -1 && errno == EINTR, "nanosleep");
      break;
    default:
      break;
  }
  while (taken < i)
    if (state == DESCHEDULED) sched_yield();
}

int main(int argc, char **argv) {
  while (argc == 5 && state < STATES && strcmp(argv[1], states[state].name) != 0) state++;
  if (argc != 5 || state == STATES) {
    fprintf(stderr, "usage: latency user|kernel|descheduled|blocked-none|blocked-receiver|blocked-sender REPETITIONS WARM-UP SEED\n");
    return 2;
  }
  long warm_up = atol(argv[3]);
  rounds = atol(argv[2]) + warm_up;
  if (rounds < 1 || rounds > MOST) {
    fprintf(stderr, "latency: between 1 and %d repetitions, with the warm-up\n", MOST);
    return 2;
  }
  random_state = strtoull(argv[4], NULL, 0) * 0x9e3779b97f4a7c15ull + 0x6a09e667f3bcc909ull;
  if (random_state == 0) random_state = 1;
  /* Touched before, so that no page fault is measured. */
  memset(before, 0xff, sizeof before), memset(after, 0xff, sizeof after), memset(began, 0xff, sizeof began);

  pin(0);
  must(uintr_register_handler(UINTR_ADDRESS(handler), states[state].flags) == 0, "uintr_register_handler");
  descriptor = uintr_create_fd(0, 0);
  must(descriptor >= 0, "uintr_create_fd");
  int zeroes = open("/dev/zero", O_RDONLY);
  must(zeroes >= 0, "/dev/zero");
  _stui();
  pthread_t sending, competing;
  if (state == DESCHEDULED) must(pthread_create(&competing, NULL, competitor, NULL) == 0, "pthread_create");
  must(pthread_create(&sending, NULL, sender, NULL) == 0, "pthread_create");
  for (long i = 1; i <= rounds; i++) receive(i, zeroes);
  pthread_join(sending, NULL);
  if (state == DESCHEDULED) pthread_join(competing, NULL);

  for (long i = warm_up + 1; i <= rounds; i++) printf("%ld %llu %llu %llu\n", i, before[i], after[i], began[i]);
  printf("taken %ld around %u\n", taken, around());
  return taken == rounds ? 0 : 1;
}
