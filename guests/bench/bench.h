// A benchmark program: NAME [ITERATIONS]. Prints a checksum of its result, so that runs can be compared and nothing is optimised away.

#ifndef GUESTS_BENCH_H
#define GUESTS_BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static inline uint64_t iterations(int argc, char **argv, uint64_t otherwise) {
  return argc > 1 ? strtoull(argv[1], NULL, 10) : otherwise;
}

static inline int finish(uint64_t checksum) {
  printf("%016llx\n", (unsigned long long)checksum);
  return 0;
}

#endif
