// Paths of rings: uring CASE [ITERATIONS]. One iteration is one request, from its entry to its completion's being taken.
// Prints a checksum: how many requests completed as they should.

#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include "../include/uring.h"
#include "bench.h"

enum { ENTRIES = 64, BATCH = 32, BLOCK = 4096 };

static struct ring ring;
static char block[BLOCK];

static void open_ring(unsigned flags) {
  ring.params.flags = flags;
  ring.params.sq_thread_idle = 1000;
  if (ring_open(&ring, ENTRIES) != 0) exit(3);
}

static uint64_t take_all(int expected) {
  struct completion cqe;
  uint64_t good = 0;
  while (ring_take(&ring, &cqe)) good += cqe.res == expected;
  return good;
}

/* One call a request. */
static uint64_t do_nop(uint64_t n) {
  uint64_t good = 0;
  open_ring(0);
  for (uint64_t i = 0; i < n; i++) {
    ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, i);
    ring_submit(&ring, 1);
    good += take_all(0);
  }
  return good;
}

/* One call for 32 requests. */
static uint64_t do_nop_batch(uint64_t n) {
  uint64_t good = 0;
  open_ring(0);
  for (uint64_t i = 0; i < n; i += BATCH) {
    for (unsigned k = 0; k < BATCH; k++) ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, i + k);
    ring_submit(&ring, BATCH);
    good += take_all(0);
  }
  return good;
}

/* The kernel's thread finds the entry, on another processor if there is one; no calls. */
static uint64_t do_nop_sqpoll(uint64_t n) {
  uint64_t good = 0;
  open_ring(IORING_SETUP_SQPOLL);
  for (uint64_t i = 0; i < n; i++) {
    ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, i);
    ring_publish(&ring);
    uint64_t taken = 0;
    while (!(taken = take_all(0)))
      if (__atomic_load_n(ring.sq_flags, __ATOMIC_ACQUIRE) & IORING_SQ_NEED_WAKEUP) ring_enter(&ring, 0, 0, IORING_ENTER_SQ_WAKEUP);
    good += taken;
  }
  return good;
}

/* 4 KiB of a file in memory. */
static uint64_t do_read(uint64_t n) {
  char name[] = "/tmp/ring-bench-XXXXXX";
  uint64_t good = 0;
  int fd = mkstemp(name);
  if (fd < 0 || unlink(name) != 0 || write(fd, block, BLOCK) != BLOCK) exit(3);
  open_ring(0);
  for (uint64_t i = 0; i < n; i++) {
    ring_entry(&ring, IORING_OP_READ, fd, block, BLOCK, 0, i);
    ring_submit(&ring, 1);
    good += take_all(BLOCK);
  }
  return good;
}

static const struct {
  const char *name;
  uint64_t (*run)(uint64_t);
} cases[] = {{"nop", do_nop}, {"nop-batch", do_nop_batch}, {"nop-sqpoll", do_nop_sqpoll}, {"read-4k", do_read}};

int main(int argc, char **argv) {
  for (size_t i = 0; argc > 1 && i < sizeof cases / sizeof *cases; i++)
    if (strcmp(argv[1], cases[i].name) == 0) return finish(cases[i].run(iterations(argc - 1, argv + 1, 100000)));
  fprintf(stderr, "usage: uring CASE [ITERATIONS]; cases:");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) fprintf(stderr, " %s", cases[i].name);
  fprintf(stderr, "\n");
  return 2;
}
