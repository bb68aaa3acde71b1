// A dependent chain of 64-bit multiplications. One iteration: x *= i.

#include "bench.h"

int main(int argc, char **argv) {
  uint64_t n = iterations(argc, argv, 10000000), x = 1;
  for (uint64_t i = 1; i <= 2 * n; i += 2) x *= i;
  return finish(x);
}
