// Collatz's sequences: a branch on a bit that is as good as random. One iteration: one step of a sequence.

#include "bench.h"

int main(int argc, char **argv) {
  uint64_t n = iterations(argc, argv, 10000000), checksum = 0, x = 1, start = 1;
  for (uint64_t i = 0; i < n; i++) {
    if (x & 1) {
      x = 3 * x + 1;
      checksum += i;
    } else {
      x >>= 1;
    }
    if (x == 1) x = start += 2;
  }
  return finish(checksum);
}
