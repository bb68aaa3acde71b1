// Ping-pong by eventfd, with one for each direction, and with one for both as some benchmarks have it: there a party may read what it
// has just written itself, which is counted ("own").

#include "ping_pong.h"
#include <stdint.h>
#include <sys/eventfd.h>

static int to[2], from[2];
static long seen;

static int make(void) {
  int made = eventfd(0, blocking ? 0 : EFD_NONBLOCK);
  must(made >= 0, "eventfd");
  return made;
}

static void prepare_two(void) { to[0] = from[1] = make(), to[1] = from[0] = make(); }
static void prepare_one(void) { to[0] = to[1] = from[0] = from[1] = make(); }

static void add_one(int party, char *message) {
  (void)message;
  uint64_t one = 1;
  must(write(to[party], &one, sizeof one) == sizeof one, "write");
}

static void take(int party, char *message) {
  (void)message;
  uint64_t value;
  while (read(from[party], &value, sizeof value) != sizeof value) must(errno == EAGAIN, "read");
}

static void take_and_compare(int party, char *message) {
  take(party, message);
  if (party == 1) return;
  long answered = shared->answered;
  if (answered == seen) shared->counted++;
  seen = answered;
}

/* The other party may be waiting for what this one has read. */
static void let_go(void) { add_one(0, NULL); }

static void report_own(void) { printf("own %ld\n", shared->counted); }

static const struct mechanism mechanisms[] = {
    {"eventfd-two", SPINS | BLOCKS, PROCESSES, prepare_two, NULL, add_one, take, NULL, NULL},
    {"eventfd-one", SPINS | BLOCKS, PROCESSES, prepare_one, NULL, add_one, take_and_compare, let_go, report_own},
};

int main(int argc, char **argv) { return PING_PONG(argc, argv, mechanisms); }
